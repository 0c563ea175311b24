"""Descriptions of the chosen pictures, in three levels, on a puzzle's page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from game.models import Candidate, Puzzle
from tests.game.admin.editing import State, actions, drawn, editor, fields, looker, told, url

__all__ = ["editor", "looker"]
pytestmark = pytest.mark.django_db
LEVELS = ["Something moves.", "An animal at speed.", "A fox on a bicycle."]


def rows(puzzle: Puzzle) -> list[Candidate]:
    return list(puzzle.candidates.filter(position__isnull=False).order_by("position"))


def posted(puzzle: Puzzle, *levels: str, place: int = 1) -> dict[str, Any]:
    """The page's form with these levels for the picture in a place."""
    form = {"candidates-TOTAL_FORMS": "6", "candidates-INITIAL_FORMS": "6"}
    for index, row in enumerate(rows(puzzle)):
        form |= {f"candidates-{index}-id": str(row.pk)}
        form |= {f"candidates-{index}-puzzle": str(puzzle.pk)}
    for name, level in zip(("vague", "clearer", "telling"), levels, strict=False):
        form[f"candidates-{place - 1}-{name}"] = level
    return fields(puzzle, **form)


def test_it_keeps_three_levels_of_a_picture(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    response = client.post(url("change", puzzle), posted(puzzle, *LEVELS, place=2), follow=True)
    assert [row.descriptions for row in rows(puzzle)] == [[], LEVELS, [], [], [], []]
    assert "names a hidden word" not in told(response)
    assert "candidate" in actions()[0].lower()
    page = client.get(url("change", puzzle)).content.decode()
    assert 'value="An animal at speed."' in page


def test_it_takes_descriptions_away(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    client.post(url("change", puzzle), posted(puzzle, *LEVELS))
    client.post(url("change", puzzle), posted(puzzle, "Something moves.", "", ""))
    assert rows(puzzle)[0].descriptions == ["Something moves."]


def test_it_warns_of_a_hidden_word_that_is_told_early(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    early = ["Something moves.", "Two foxes meet."]
    response = client.post(url("change", puzzle), posted(puzzle, *early), follow=True)
    assert "“Two foxes meet.” names a hidden word" in told(response)
    assert rows(puzzle)[0].descriptions == early


@pytest.mark.parametrize("gap", [("", "An animal."), ("Something.", "", "A fox.")])
def test_it_leaves_no_level_out(client: Client, editor: User, gap: tuple[str, ...]) -> None:
    puzzle = drawn(chosen=6)
    page = client.post(url("change", puzzle), posted(puzzle, *gap)).content.decode()
    assert "Fill in the vaguer description first." in page
    assert rows(puzzle)[0].descriptions == []


def test_it_limits_their_length(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    page = client.post(url("change", puzzle), posted(puzzle, "x" * 201)).content.decode()
    assert "at most 200 characters" in page


def test_it_offers_none_before_six_are_chosen(client: Client, editor: User) -> None:
    page = client.get(url("change", drawn())).content.decode()
    assert "First choose six pictures." in page
    assert "candidates-0-vague" not in page


def test_it_shows_them_to_those_who_may_only_look(client: Client, looker: User) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED)
    Candidate.objects.filter(pk=rows(puzzle)[0].pk).update(descriptions=LEVELS)
    page = client.get(url("change", puzzle)).content.decode()
    assert "<p>An animal at speed.</p>" in page
    assert "candidates-0-vague" not in page

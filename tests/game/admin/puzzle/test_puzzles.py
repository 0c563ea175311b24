"""Listing, writing, changing and deleting puzzles in the admin."""

import re
import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from game.admin import PuzzleAdmin
from game.drawing import claims
from game.editing import planning
from game.models import LooseFile, Puzzle
from tests import factories
from tests.game.admin.editing import (
    PROMPT,
    State,
    actions,
    coming,
    drawn,
    editor,
    fields,
    told,
    url,
)

__all__ = ["editor"]
pytestmark = pytest.mark.django_db


# The list


def test_it_lists_weeks_ahead_at_a_glance(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    drawing = factories.make_draft(None, "a cat on mars", state=State.WANTED, play_on=coming(31))
    claims.claim(drawing.pk)
    Puzzle.objects.filter(pk=drawing.pk).update(progress=42)
    page = client.get(url("changelist")).content.decode()
    assert PROMPT in page
    assert f"#{puzzle.number}" in page
    assert "in review" in page
    assert 'value="42"' in page
    chosen = puzzle.candidates.filter(position__isnull=False).values_list("pk", flat=True)
    for pk in chosen:
        assert reverse("admin:game_candidate_image", args=[pk]) in page
    assert page.count("candidates/") == 6


def test_it_lists_past_puzzles_when_asked(client: Client, editor: User) -> None:
    past = factories.make_puzzle(None, "a cat on mars", play_on=coming(-1))
    live = factories.make_puzzle(None, "a dog on the beach", play_on=coming(0))
    assert past.prompt not in (page := client.get(url("changelist")).content.decode())
    assert live.prompt in page
    assert ">live<" in page
    page = client.get(url("changelist"), {"when": "past"}).content.decode()
    assert past.prompt in page
    assert live.prompt not in page
    assert ">past<" in page
    page = client.get(url("changelist"), {"when": "all", "q": "mars"}).content.decode()
    assert past.prompt in page
    assert live.prompt not in page


def test_it_lists_what_was_played_last_first_among_the_past(client: Client, editor: User) -> None:
    for days in (-3, -1, -2):
        factories.make_draft(None, f"day {-days} of three", play_on=coming(days))
    page = client.get(url("changelist"), {"when": "past"}).content.decode()
    assert re.findall(r">day (\d) of three</a>", page) == ["1", "2", "3"]
    page = client.get(url("changelist"), {"when": "all"}).content.decode()
    assert re.findall(r">day (\d) of three</a>", page) == ["3", "2", "1"]


def test_it_lists_many_puzzles_with_few_queries(
    client: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for offset in range(6):
        drawn(play_on=coming(offset + 3))
    with django_assert_max_num_queries(12):
        client.get(url("changelist"))


# Writing prompts


def test_it_opens_a_new_puzzles_page(client: Client, editor: User) -> None:
    response = client.post(url("add"), {"prompt": f"  {PROMPT} ", "play_on": coming()})
    puzzle = Puzzle.objects.get()
    assert response["Location"] == url("change", puzzle)
    assert (puzzle.prompt, puzzle.state, puzzle.play_on) == (PROMPT, State.DRAFT, coming())
    assert "Have it drawn" in client.get(url("change", puzzle)).content.decode()


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "This field is required"),
        ("fox", "at least 2 words, this one has 1"),
        ("fox " * 30, "at most 12 words, this one has 30"),
        ("on the of", "only connecting words"),
        ("a fox " + "x" * 200, "at most 200 characters"),
    ],
)
def test_it_says_what_is_wrong_with_a_prompt(
    client: Client, editor: User, prompt: str, message: str
) -> None:
    page = client.post(url("add"), {"prompt": prompt}).content.decode()
    assert message in page
    assert not Puzzle.objects.exists()


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (coming(), "Another puzzle has that day already."),
        (coming(-1), "is over."),
        (coming(4000), "is too far off."),
    ],
)
def test_it_says_what_is_wrong_with_a_day(
    client: Client, editor: User, day: Any, message: str
) -> None:
    factories.make_draft(None, PROMPT, play_on=coming())
    page = client.post(url("add"), {"prompt": "a cat on mars", "play_on": day}).content.decode()
    assert message in page
    assert Puzzle.objects.count() == 1


def test_it_takes_no_day_before_the_first(client: Client, editor: User, settings: Any) -> None:
    settings.FIRST_DAY = coming(3)
    page = client.post(url("add"), {"prompt": PROMPT, "play_on": coming(2)}).content.decode()
    assert f"The first puzzle&#x27;s day is {date_format(settings.FIRST_DAY, 'l j F Y')}." in page
    assert not Puzzle.objects.exists()


def test_it_keeps_a_move_that_came_between_when_a_page_is_saved(
    client: Client, editor: User
) -> None:
    puzzle = drawn()
    opened = fields(puzzle, notes="Ask Ada.")
    planning.move(puzzle, coming(31))
    client.post(url("change", puzzle), opened)
    puzzle.refresh_from_db()
    assert (puzzle.play_on, puzzle.notes) == (coming(31), "Ask Ada.")
    assert actions()[-1] == "Changed Notes."


def test_it_finds_nothing_under_what_is_no_number(client: Client, editor: User) -> None:
    assert client.get("/admin/game/puzzle/²/change/", follow=True).status_code == 200


@pytest.mark.parametrize("days", [0, -3])
def test_it_locks_what_players_have(client: Client, editor: User, days: int) -> None:
    puzzle = drawn(play_on=coming(days), state=State.APPROVED, chosen=6)
    posted = fields(puzzle, prompt="a cat on mars", play_on=coming(60), notes="Well liked.")
    client.post(url("change", puzzle), posted)
    puzzle.refresh_from_db()
    assert (puzzle.prompt, puzzle.play_on) == (PROMPT, coming(days))
    assert puzzle.notes == "Well liked."
    assert client.post(url("delete", puzzle), {"post": "yes"}).status_code == 403
    page = client.get(url("change", puzzle)).content.decode()
    assert "Draw again" not in page
    assert 'name="prompt"' not in page


def test_it_drops_the_pictures_when_the_prompt_changes(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED)
    posted = fields(puzzle, prompt="a cat on mars", notes="new", play_on=coming(9))
    response = client.post(url("change", puzzle), posted, follow=True)
    puzzle.refresh_from_db()
    assert (puzzle.prompt, puzzle.state) == ("a cat on mars", State.DRAFT)
    assert (puzzle.notes, puzzle.play_on) == ("new", coming(9))
    assert puzzle.candidates.count() == 0
    assert "old prompt" in told(response)


@pytest.fixture
def claimed_while_saving(monkeypatch: pytest.MonkeyPatch) -> Puzzle:
    """A wanted puzzle that a worker claims between an editor's form being read and being saved."""
    puzzle = factories.make_draft(None, PROMPT, state=State.WANTED)
    clean = Puzzle.full_clean

    def clean_late(row: Puzzle, *args: Any, **kwargs: Any) -> None:
        claims.claim(puzzle.pk)
        clean(row, *args, **kwargs)

    monkeypatch.setattr(Puzzle, "full_clean", clean_late)
    return puzzle


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_it_says_so_when_two_editors_give_a_day_at_once(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    mine = None if is_new else factories.make_draft(None, PROMPT)
    save_model = PuzzleAdmin.save_model

    def take_day() -> None:
        factories.make_draft(None, "a cat on mars", play_on=coming())
        connection.close()

    def save_late(*args: Any, **kwargs: Any) -> None:
        if not Puzzle.objects.filter(play_on=coming()).exists():
            other = threading.Thread(target=take_day)
            other.start()
            other.join()
        save_model(*args, **kwargs)

    monkeypatch.setattr(PuzzleAdmin, "save_model", save_late)
    address = url("change", mine) if mine else url("add")
    posted = fields(Puzzle(prompt=PROMPT), play_on=coming(), notes="My own.")
    response = client.post(address, posted)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Another puzzle has that day already." in page
    assert "My own." in page
    assert Puzzle.objects.get(play_on=coming()).prompt == "a cat on mars"
    assert Puzzle.objects.count() == (1 if is_new else 2)


def test_it_does_not_undo_what_a_worker_writes(
    client: Client, editor: User, claimed_while_saving: Puzzle
) -> None:
    puzzle = claimed_while_saving
    client.post(url("change", puzzle), fields(puzzle, notes="new"))
    puzzle.refresh_from_db()
    assert (puzzle.notes, puzzle.state, puzzle.attempts) == ("new", State.DRAWING, 1)


def test_it_changes_no_prompt_that_a_worker_has_just_claimed(
    client: Client, editor: User, claimed_while_saving: Puzzle
) -> None:
    puzzle = claimed_while_saving
    posted = fields(puzzle, prompt="a cat on mars", notes="new")
    response = client.post(url("change", puzzle), posted, follow=True)
    assert "drawing" in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.prompt, puzzle.notes) == (PROMPT, "")


def test_it_deletes_a_puzzle_whose_files_are_loose_then(client: Client, editor: User) -> None:
    first, second = drawn(play_on=coming(3)), drawn(play_on=coming(4))
    client.post(url("delete", first), {"post": "yes"})
    client.post(
        url("changelist"),
        {"action": "delete_selected", "_selected_action": second.pk, "post": "yes"},
    )
    assert not Puzzle.objects.exists()
    assert LooseFile.objects.count() == 18

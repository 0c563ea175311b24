"""Accepted answers and corrected warmths on a puzzle's page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from game.models import Accepted, Correction, Puzzle
from game.playing import play, regrading
from tests import factories
from tests.game.admin.editing import State, coming, drawn, editor, fields, looker, sent, told, url

__all__ = ["editor", "looker", "sent"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def puzzle() -> Puzzle:
    return drawn(play_on=coming(0), state=State.APPROVED, chosen=6)


def ruling(puzzle: Puzzle, inline: str = "accepted", **row: object) -> dict[str, Any]:
    row = {"word": "bicycle", "text": "scooter", "puzzle": puzzle.pk} | row
    posted = {f"{inline}-0-{name}": value for name, value in row.items()}
    return fields(puzzle, **posted | {f"{inline}-TOTAL_FORMS": "1"})


def test_it_accepts_an_answer_when_the_puzzle_is_live(
    client: Client,
    editor: User,
    puzzle: Puzzle,
    sent: list[Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    player = factories.make_player()
    factories.take_guesses(player, puzzle, ["fox", "riding", "scooter", "moon"])
    with django_capture_on_commit_callbacks(execute=True):
        posted = ruling(puzzle, text=" Scoöter! ")
        response = client.post(url("change", puzzle), posted, follow=True)
    assert "graded anew" in told(response)
    accepted = Accepted.objects.get()
    assert (accepted.puzzle, accepted.word, accepted.text) == (puzzle, "bicycle", "scooter")
    assert sent == [puzzle.pk]
    regrading.regrade(puzzle)
    assert play.state(puzzle, player)["solved"]


def test_it_corrects_a_warmth_and_regrades_nobody(
    client: Client,
    editor: User,
    puzzle: Puzzle,
    sent: list[Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("change", puzzle), ruling(puzzle, "corrections", warmth=77))
    correction = Correction.objects.get()
    assert (correction.word, correction.text, correction.warmth) == ("bicycle", "scooter", 77)
    assert sent == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "bicycle"}, "the hidden word itself"),
        ({"text": "🦊"}, "letters from a to z"),
        ({"text": "..."}, "letters from a to z"),
        ({"text": "one two three four"}, "at most 3 words"),
        ({"word": "penguin"}, "Select a valid choice"),
        ({"word": "the"}, "Select a valid choice"),
    ],
)
def test_it_says_what_is_wrong_with_a_ruling(
    client: Client, editor: User, puzzle: Puzzle, row: dict[str, str], message: str
) -> None:
    page = client.post(url("change", puzzle), ruling(puzzle, **row)).content.decode()
    assert message in page
    assert not Accepted.objects.exists()


def test_it_removes_a_ruling_but_never_changes_one(
    client: Client, editor: User, puzzle: Puzzle, sent: list[Any]
) -> None:
    row = puzzle.accepted.create(word="bicycle", text="scooter")
    page = client.get(url("change", puzzle)).content.decode()
    assert "scooter" in page
    existing = {"accepted-INITIAL_FORMS": "1"}
    posted = ruling(puzzle, id=row.pk, text="tandem") | existing
    client.post(url("change", puzzle), posted)
    assert Accepted.objects.get().text == "scooter"
    client.post(url("change", puzzle), posted | {"accepted-0-DELETE": "on"})
    assert not Accepted.objects.exists()


def test_it_offers_no_rulings_before_the_prompt_is_written(client: Client, editor: User) -> None:
    assert "accepted-TOTAL_FORMS" not in client.get(url("add")).content.decode()


def test_it_lets_lookers_look_at_rulings_alone(
    client: Client, looker: User, puzzle: Puzzle
) -> None:
    puzzle.accepted.create(word="bicycle", text="scooter")
    page = client.get(url("change", puzzle)).content.decode()
    assert "scooter" in page
    assert client.post(url("change", puzzle), ruling(puzzle, text="tandem")).status_code == 403
    assert Accepted.objects.count() == 1

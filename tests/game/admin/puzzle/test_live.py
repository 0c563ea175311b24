"""Nothing goes live from a puzzle's page before the editor has agreed to it."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from game.editing import review
from game.rules import clock
from tests.game.admin.editing import State, actions, coming, drawn, editor, fields, url

__all__ = ["editor"]
pytestmark = pytest.mark.django_db


def hidden(page: str) -> dict[str, str]:
    """What pressing the button of a page that asks something sends."""
    form = page[page.index('class="planning"') :]
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }


@pytest.mark.parametrize("begun", [False, True])
def test_it_asks_before_it_puts_an_approved_puzzle_live(
    client: Client, editor: User, begun: bool
) -> None:
    day = timezone.localdate() if begun else clock.last_possible_day(timezone.now())
    puzzle = drawn(play_on=None, state=State.APPROVED, chosen=6)
    notes = 'Ask "Ada",\nthen <wait>.'
    sent = fields(puzzle, play_on=day, notes=notes, _continue="")
    page = client.post(url("change", puzzle), sent).content.decode()
    assert "goes live at once" in page
    assert f'href="{url("change", puzzle)}"' in page
    puzzle.refresh_from_db()
    assert (puzzle.play_on, puzzle.notes, actions()) == (None, "", [])
    client.post(url("change", puzzle), hidden(page))
    puzzle.refresh_from_db()
    assert (puzzle.play_on, puzzle.notes.replace("\r", "")) == (day, notes)
    assert review.is_public(puzzle)


@pytest.mark.parametrize("agreed", ["", "yes", "swap-1", "live swap-1"])
def test_it_puts_nothing_live_for_another_answer(client: Client, editor: User, agreed: str) -> None:
    puzzle = drawn(state=State.APPROVED, chosen=6)
    sent = fields(puzzle, play_on=coming(0), notes="Now!", agreed=agreed)
    assert "goes live at once" in client.post(url("change", puzzle), sent).content.decode()
    puzzle.refresh_from_db()
    assert (puzzle.play_on, puzzle.notes, actions()) == (coming(), "", [])


@pytest.mark.parametrize(
    ("state", "days", "changes"),
    [
        (State.APPROVED, 9, {}),
        (State.REVIEW, 0, {}),
        (State.REVIEW, 0, {"agreed": "live"}),
        (State.APPROVED, 0, {"prompt": "a cat on mars"}),
    ],
)
def test_it_asks_nothing_when_no_puzzle_goes_live(
    client: Client, editor: User, state: str, days: int, changes: dict[str, str]
) -> None:
    puzzle = drawn(state=state, chosen=6)
    sent = fields(puzzle, play_on=coming(days), **changes)
    assert client.post(url("change", puzzle), sent).status_code == 302
    puzzle.refresh_from_db()
    assert puzzle.play_on == coming(days)
    assert not review.is_public(puzzle)

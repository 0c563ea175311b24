"""How a day looks: one word for what stands on it."""

from datetime import date, timedelta
from itertools import product

import pytest

from game.admin import looks
from game.drawing.drawable import StudioError
from game.editing import planning
from tests import factories
from tests.game.admin.editing import State, coming

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 14)
DAYS = [None, *(TODAY + timedelta(days=n) for n in (-40, -1, 0, 1, 2, 40))]


@pytest.mark.parametrize("begun", [0, 1])
@pytest.mark.parametrize(("state", "day"), list(product([None, *State.values], DAYS)))
def test_it_says_how_every_day_looks(state: str | None, day: date | None, begun: int) -> None:
    """`begun`: whether tomorrow has begun somewhere on earth."""
    ahead = None if day is None else (day - TODAY).days
    if state is None:
        wanted = "empty"
    elif state == "draft":
        wanted = "draft" if day is None else "planned"
    elif state != "approved" or ahead is None or ahead > begun:
        wanted = state
    else:
        wanted = "live" if ahead >= 0 else "past"
    got = looks.look(state, day, TODAY, TODAY + timedelta(days=begun))
    assert got == wanted
    assert looks.LABELS[got]


def test_it_calls_live_or_past_what_nobody_can_move() -> None:
    for days in (-3, -1, 0, 1, 2, 3):
        puzzle = factories.make_draft(None, play_on=coming(days), state=State.APPROVED)
        try:
            planning.check([(puzzle, coming(30))])
            is_fixed = False
        except StudioError:
            is_fixed = True
        assert (looks.look_of(puzzle) in ("live", "past")) is is_fixed

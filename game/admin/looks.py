"""What a day looks like to editors: one word that says how its puzzle stands."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from game.models import Puzzle
from game.rules import clock

State = Puzzle.State
BUSY = (State.WANTED, State.DRAWING)
LABELS: dict[str, str | Promise] = {
    **dict(State.choices),
    "empty": _("empty"),
    "planned": _("planned"),
    "live": _("live"),
    "past": _("past"),
    # By a puzzle that is somebody else's secret.
    "taken": _("taken"),
}


def look(state: str | None, day: date | None, today: date, latest: date) -> str:
    """The stored state, or what it comes to on its day; no state is no puzzle.

    `today` is the site's day, `latest` the last day that has begun anywhere: an approved puzzle is
    live from the moment it is somebody's, until its day is over where the site is.
    """
    if state is None:
        return "empty"
    if state == State.DRAFT:
        return "planned" if day else "draft"
    if state != State.APPROVED or day is None or day > latest:
        return state
    return "past" if day < today else "live"


def look_of(puzzle: Puzzle, now: datetime | None = None) -> str:
    now = now or timezone.now()
    today, latest = timezone.localdate(now), clock.last_possible_day(now)
    return look(puzzle.state, puzzle.play_on, today, latest)


def status_of(puzzle: Puzzle) -> dict[str, Any]:
    look = look_of(puzzle)
    return {
        "state": look,
        "label": LABELS[look],
        "progress": puzzle.progress,
        "is_busy": puzzle.state in BUSY,
        "failure": puzzle.failure,
        "attempts": puzzle.attempts,
    }

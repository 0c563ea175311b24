"""The runway: how far the coming days are provided for."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from game.days import reserve
from game.models import Puzzle

State = Puzzle.State
# Time for editors to write, draw and approve one without haste.
ENOUGH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Runway:
    today: date
    approved: int
    in_review: int
    failed: int
    # Planned, and not drawn yet.
    undrawn: int
    reserve: int
    # The first day that nobody has planned a puzzle for.
    first_gap: date
    # The first day without a puzzle, if nobody approves another one.
    runs_out_on: date

    @property
    def is_short(self) -> bool:
        return self.runs_out_on - self.today < ENOUGH


def ahead(now: datetime | None = None) -> Runway:
    """From today on, with two queries however many puzzles there are."""
    today = timezone.localdate(now)
    planned = Puzzle.objects.filter(play_on__gte=today).values_list("play_on", "state")
    return measure(today, {day: state for day, state in planned if day}, reserve.puzzles().count())


def measure(today: date, planned: Mapping[date, str], reserve: int) -> Runway:
    """The same from the states of the planned puzzles by their days, from today on."""
    states = Counter(planned.values())
    approved = {day for day, state in planned.items() if state == State.APPROVED}
    return Runway(
        today=today,
        approved=states[State.APPROVED],
        in_review=states[State.REVIEW],
        failed=states[State.FAILED],
        undrawn=sum(states[state] for state in (State.DRAFT, State.WANTED, State.DRAWING)),
        reserve=reserve,
        first_gap=_first_day_without(planned, today),
        runs_out_on=_first_day_without(approved, today, reserve),
    )


def _first_day_without(days: Mapping[date, str] | set[date], day: date, stand_ins: int = 0) -> date:
    """A stand-in is there for each day that is missing, until they are used up."""
    while day in days or stand_ins:
        stand_ins -= day not in days
        day += timedelta(days=1)
    return day

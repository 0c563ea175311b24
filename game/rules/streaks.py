"""Streaks: puzzle days in a row that a player solved in time.

Pure Python. A play is in time when it began while its day was still today for somebody on earth.
Nobody's zone is kept, so that no journey, clock change or wrong device clock can cost a day; and
where the day comes first needs no check, because a puzzle can't be played before that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from itertools import count, takewhile

from game.rules import clock

FIRST_BADGES = (2, 5, 10, 15, 20, 35, 50, 75, 100)
BADGE_STEP = 50


@dataclass(frozen=True, slots=True)
class Day:
    """A day that had a puzzle, and how the player's play of it stands if it was begun."""

    on: date
    started_at: datetime | None = None
    is_finished: bool = False
    is_solved: bool = False

    @property
    def is_in_time(self) -> bool:
        return self.started_at is not None and self.started_at < clock.over_at(self.on)


@dataclass(frozen=True, slots=True)
class Run:
    """Puzzle days in a row that were solved in time."""

    length: int = 0
    first: date | None = None
    last: date | None = None

    def longer(self, day: date) -> "Run":
        return Run(self.length + 1, self.first or day, day)


@dataclass(frozen=True, slots=True)
class Rescue:
    """An earlier day that can still be solved in time, and the streak that this would make."""

    on: date
    is_begun: bool
    length: int


@dataclass(frozen=True, slots=True)
class Streaks:
    current: Run = Run()
    longest: Run = Run()
    rescue: Rescue | None = None


class Fate(Enum):
    SOLVED = "solved"
    OPEN = "open"  # it can still be solved in time
    MISSED = "missed"


def streaks(days: Sequence[Day], now: datetime, today: date) -> Streaks:
    """Judge the puzzle days, which come in their order; `today` is the player's own.

    A streak is alive while the day that would make it longer is open. Two can be, with an open day
    between them: then the longer one is the current one.
    """
    current, longest, gap = _runs(days, now, today)
    if gap is None:
        return Streaks(current, longest)
    saved = replace(gap, started_at=gap.started_at or now, is_finished=True, is_solved=True)
    joined = _runs([saved if day is gap else day for day in days], now, today)[0]
    return Streaks(current, longest, Rescue(gap.on, gap.started_at is not None, joined.length))


def badges(longest: int) -> list[int]:
    """The lengths of streak that earn a badge, up to the longest streak."""
    return list(takewhile(lambda length: length <= longest, _badges()))


def next_badge(longest: int) -> int:
    return next(length for length in _badges() if length > longest)


def _badges() -> Iterator[int]:
    yield from FIRST_BADGES
    yield from count(FIRST_BADGES[-1] + BADGE_STEP, BADGE_STEP)


def _runs(days: Sequence[Day], now: datetime, today: date) -> tuple[Run, Run, Day | None]:
    """The current and the longest run, and the first gap before today that can still be filled."""
    run, held, longest = Run(), Run(), Run()
    gap = None
    for day in days:
        fate = _fate(day, now)
        if fate is Fate.SOLVED:
            run = run.longer(day.on)
            longest = max(run, longest, key=_length)
        elif fate is Fate.OPEN:
            if run.length and gap is None and day.on < today:
                gap = day
            held, run = max(run, held, key=_length), Run()
        else:
            run, held, gap = Run(), Run(), None
    return max(run, held, key=_length), longest, gap


def _length(run: Run) -> int:
    return run.length


def _fate(day: Day, now: datetime) -> Fate:
    if day.is_solved and day.is_in_time:
        return Fate.SOLVED
    # What was begun in time may end whenever it likes.
    if not day.is_finished and (day.is_in_time or now < clock.over_at(day.on)):
        return Fate.OPEN
    return Fate.MISSED

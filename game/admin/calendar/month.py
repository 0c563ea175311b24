"""A month of the calendar: its days in weeks, and the puzzles that wait for a day."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import (
    Case,
    Exists,
    OuterRef,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone
from django.utils.functional import Promise

from game.admin.looks import LABELS, look
from game.drawing.candidates import CHOSEN, IN_PLACE
from game.editing import access
from game.models import Candidate, Puzzle, StandIn
from game.rules import clock, difficulty

State = Puzzle.State
BUSY = (State.WANTED, State.DRAWING)
# What is ready for a day comes first.
ORDER = (State.APPROVED, State.REVIEW, State.DRAWING, State.WANTED, State.DRAFT, State.FAILED)
LISTED = 24
# As far as the list of months goes; any other can be had by its address.
YEARS_AHEAD = 2


class Picture(NamedTuple):
    pk: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    look: str
    # Hidden when it is somebody else's secret: then only the day is known to be taken.
    puzzle: Puzzle | None
    is_in_month: bool
    is_today: bool
    is_over: bool
    is_stand_in: bool
    pictures: list[Picture]

    @property
    def label(self) -> str | Promise:
        return LABELS[self.look]

    @property
    def is_busy(self) -> bool:
        return self.look in BUSY

    @property
    def is_free(self) -> bool:
        is_too_early = self.is_over or self.day < settings.FIRST_DAY
        return self.look == "empty" and not is_too_early

    @property
    def difficulty(self) -> int | None:
        if self.puzzle is None:
            return None
        return self.puzzle.difficulty or difficulty.estimate(self.puzzle.prompt)

    @property
    def can_move(self) -> bool:
        return self.puzzle is not None and self.look not in ("live", "past")


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Day]]
    unplanned: list[tuple[Puzzle, list[Picture]]]
    has_more_unplanned: bool

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def parse(text: str) -> date:
    """The first day of a month like 2026-12; a ValueError for anything else."""
    first = date.fromisoformat(f"{text}-01")
    if not MINYEAR < first.year < MAXYEAR:
        raise ValueError(f"The year must lie between {MINYEAR} and {MAXYEAR}, not be {first.year}.")
    return first


def choices(shown: date) -> list[date]:
    """First days of the months to jump to, the shown one among them."""
    first, last = settings.FIRST_DAY, timezone.localdate()
    months = (
        date(year, month, 1)
        for year in range(first.year, last.year + YEARS_AHEAD + 1)
        for month in range(1, 13)
    )
    offered = {month for month in months if month >= first.replace(day=1)}
    return sorted(offered | {shown})


def days_shown(first: date) -> tuple[date, date]:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return weeks[0][0], weeks[-1][-1]


def load(first: date, user: access.Account, now: datetime | None = None) -> Month:
    """Five queries, however much is planned."""
    now = now or timezone.now()
    planned = _planned(first, user)
    unplanned = _unplanned(user)
    shown = [puzzle for puzzle in planned.values() if puzzle.is_visible]  # type: ignore[attr-defined]
    shown_pictures = pictures(*shown, *unplanned)
    stand_ins = set(
        StandIn.objects.filter(day__range=days_shown(first)).values_list("day", "puzzle")
    )
    weeks = [
        [_day(day, first, planned.get(day), shown_pictures, stand_ins, now) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    listed = [(puzzle, shown_pictures.get(puzzle.pk, [])) for puzzle in unplanned[:LISTED]]
    return Month(first, weeks, listed, len(unplanned) > LISTED)


def busy(first: date, user: access.Account) -> QuerySet[Puzzle]:
    """Those of the shown days that are waiting for their pictures."""
    visible = access.visible(user)
    return visible.filter(play_on__range=days_shown(first), state__in=BUSY)


def pictures(*puzzles: Puzzle) -> dict[int, list[Picture]]:
    """By the puzzles' ids: the chosen six in their order, or without a choice those on offer."""
    # Rows and not models, because a month has hundreds.
    rows = Candidate.objects.filter(puzzle__in=[puzzle.pk for puzzle in puzzles])
    found: dict[int, list[Picture]] = defaultdict(list)
    for puzzle, pk, position in rows.order_by("puzzle_id", *IN_PLACE).values_list(
        "puzzle_id", "pk", "position"
    ):
        found[puzzle].append(Picture(pk, position is not None))
    return {puzzle: each[:CHOSEN] for puzzle, each in found.items()}


def _planned(first: date, user: access.Account) -> dict[date, Puzzle]:
    is_visible = Exists(access.visible(user).filter(pk=OuterRef("pk")))
    puzzles = Puzzle.objects.filter(play_on__range=days_shown(first))
    return {
        puzzle.play_on: puzzle
        for puzzle in puzzles.annotate(is_visible=is_visible).defer("manifest", "notes")
        if puzzle.play_on
    }


def _unplanned(user: access.Account) -> list[Puzzle]:
    """One more than is listed, to tell whether there are more."""
    order = Case(*(When(state=state, then=Value(i)) for i, state in enumerate(ORDER)))
    puzzles = access.visible(user).filter(play_on=None).defer("manifest", "notes")
    return list(puzzles.order_by(order, "approved_at", "pk")[: LISTED + 1])


def _day(
    day: date,
    first: date,
    puzzle: Puzzle | None,
    shown_pictures: Mapping[int, list[Picture]],
    stand_ins: Iterable[tuple[date, int]],
    now: datetime,
) -> Day:
    today, latest = timezone.localdate(now), clock.last_possible_day(now)
    is_hidden = puzzle is not None and not puzzle.is_visible  # type: ignore[attr-defined]
    return Day(
        day=day,
        look="taken" if is_hidden else look(puzzle.state if puzzle else None, day, today, latest),
        puzzle=None if is_hidden else puzzle,
        is_in_month=day.month == first.month,
        is_today=day == today,
        is_over=day < today,
        is_stand_in=puzzle is not None and not is_hidden and (day, puzzle.pk) in stand_ins,
        pictures=shown_pictures.get(puzzle.pk, []) if puzzle else [],
    )

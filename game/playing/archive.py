"""Every puzzle whose day is over for a player, and what has come of it for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    When,
)
from django.utils import timezone

from game.days import reserve
from game.models import Player, Puzzle
from game.rules import clock

# About a month.
A_PAGE = 30
# Of puzzles beside a player's own plays of them.
UNFINISHED = Q(mine__finished_at=None)


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    play_on: date
    is_begun: bool
    is_finished: bool
    # In which try; None when it isn't solved.
    solved_in: int | None
    best_score: int
    # Only for who has finished it.
    prompt: str | None
    # How many of a hundred who finished it solved it; None before anyone was counted.
    solvers: int | None

    @property
    def month(self) -> date:
        return self.play_on.replace(day=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a player has come with all of it."""

    puzzles: int
    finished: int

    @property
    def left(self) -> int:
        return self.puzzles - self.finished


def standing(day: date, player: Player | None) -> Standing:
    counted = _with_plays(day, player).aggregate(
        puzzles=Count("pk"), finished=Count("mine__finished_at")
    )
    return Standing(**counted)


def page(day: date, player: Player | None, number: str, *, is_unplayed: bool) -> "Page[Entry]":
    """The newest first; a number that makes no sense gives the nearest page that does."""
    puzzles = _with_plays(day, player).order_by("-play_on")
    if is_unplayed:
        puzzles = puzzles.filter(UNFINISHED)
    shown: Page[Any] = Paginator(_columns(puzzles), A_PAGE).get_page(number)
    shown.object_list = [_entry(row) for row in shown.object_list]
    return shown


def next_unplayed(day: date, player: Player | None) -> int | None:
    """The number of the newest one that the player hasn't finished."""
    left = _with_plays(day, player).filter(UNFINISHED)
    newest = left.order_by("-play_on").only("play_on").first()
    return newest.number if newest else None


def over_at(puzzle: Puzzle) -> datetime:
    """When its day ends where it ends last: from then on it counts for nobody's streak."""
    if puzzle.play_on is None:
        raise ValueError(f"puzzle {puzzle.pk} is not planned for a day")
    return clock.over_at(puzzle.play_on)


def is_over(puzzle: Puzzle) -> bool:
    return timezone.now() >= over_at(puzzle)


def has_finished(player: Player | None, puzzle: Puzzle) -> bool:
    if player is None or not player.pk:
        return False
    return puzzle.plays.filter(player=player, finished_at__isnull=False).exists()


def _with_plays(day: date, player: Player | None) -> QuerySet[Puzzle]:
    # Nobody has the id 0; the plays of those who were forgotten have none.
    mine = FilteredRelation("plays", condition=Q(plays__player=player.pk or 0 if player else 0))
    past = reserve.playable().filter(play_on__gte=settings.FIRST_DAY, play_on__lt=day)
    return past.annotate(mine=mine)


def _columns(puzzles: QuerySet[Puzzle]) -> QuerySet[Any, Any]:
    # What isn't theirs to know doesn't leave the database.
    prompt = Case(When(mine__finished_at__isnull=False, then=F("prompt")))
    return puzzles.annotate(known_prompt=prompt).values(
        "play_on",
        "known_prompt",
        "mine__started_at",
        "mine__finished_at",
        "mine__solved_in",
        "mine__best_score",
        "figures__plays",
        "figures__solved",
    )


def _entry(row: dict[str, Any]) -> Entry:
    plays, solved = row["figures__plays"], row["figures__solved"]
    return Entry(
        number=(row["play_on"] - settings.FIRST_DAY).days + 1,
        play_on=row["play_on"],
        is_begun=row["mine__started_at"] is not None,
        is_finished=row["mine__finished_at"] is not None,
        solved_in=row["mine__solved_in"],
        best_score=row["mine__best_score"] or 0,
        prompt=row["known_prompt"],
        solvers=round(100 * solved / plays) if plays else None,
    )

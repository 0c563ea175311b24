"""The night: having drawn what the coming days need, by the workers or in this process."""

import logging
import random
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from time import sleep

from django.conf import settings
from django.utils import timezone

from game.days import reserve, schedule
from game.drawing import claims, drawable, forecast, studio, tables
from game.editing import review, starters
from game.files import pairing, sweeping
from game.models import Puzzle
from game.playing import cards
from game.rules import clock

logger = logging.getLogger(__name__)

DAYS = 14
FIRST_DELAY, LONGEST_DELAY = 10.0, 600.0


@dataclass(slots=True)
class Night:
    """What a night has done, and the days that it leaves without a puzzle."""

    drawn: int
    failed: int
    gaps: list[date]

    def as_json(self) -> dict[str, object]:
        gaps = [day.isoformat() for day in self.gaps]
        return {"drawn": self.drawn, "failed": self.failed, "gaps": gaps}


def run(days: int = DAYS, report: claims.Report | None = None, *, is_again: bool = False) -> Night:
    """Draw all of it here, with one loading of the model; what fails is tried again after a while.

    Each claim counts an attempt, so that as many rounds as there are attempts leave nothing open.
    """
    sweep_up()
    failed = prepare(days, is_again=is_again)
    drawn: list[int] = []
    seen: studio.Seen = {}
    for attempt in range(claims.ATTEMPTS):
        batches = list(batches_waiting())
        if attempt and batches:
            sleep(delay(attempt - 1))
        for batch in batches:
            outcome = studio.draw_many(batch, report)
            drawn += outcome.drawn
            seen |= outcome.seen
            failed += sum(failure.is_final for failure in outcome.failures.values())
    reserve.fill_days()
    warm(drawn, seen)
    return Night(len(drawn), failed, schedule.gaps(timezone.localdate(), days))


def sweep_up() -> None:
    """Of the night alone: a start must not sweep what an operator is about to put right."""
    try:
        sweeping.sweep()
        cards.sweep()
    except pairing.Stranger as stranger:
        logger.error("Nothing is swept up. %s", stranger)


def prepare(days: int = DAYS, *, is_again: bool = False) -> int:
    """Ask for every draft of the coming days, and say how many of them can't be drawn."""
    starters.replace_published()
    states = [Puzzle.State.DRAFT, Puzzle.State.FAILED] if is_again else [Puzzle.State.DRAFT]
    refused = 0
    # A draft with pictures was sent back: it waits for somebody to change it.
    due = schedule.planned(timezone.localdate(), days).filter(state__in=states)
    for puzzle in due.exclude(state=Puzzle.State.DRAFT, candidates__isnull=False).distinct():
        # An editor may be at the same puzzle at the same moment; then it is theirs.
        with suppress(review.NotNow):
            refused += not _want(puzzle)
    return refused


def _want(puzzle: Puzzle) -> bool:
    try:
        review.want(puzzle)
    except drawable.Undrawable as why:
        logger.warning("Puzzle %s can't be drawn: %s", puzzle.pk, why)
        review.refuse(puzzle, why)
        return False
    return True


def batches_waiting() -> Iterator[list[int]]:
    """All that waits, soonest day first: also what an editor asked for, or a dead worker left,
    whose message was lost. A day that has begun somewhere doesn't wait for the rest of a batch."""
    begun = clock.last_possible_day(timezone.now())
    waiting = list(claims.waiting().order_by("play_on").values_list("pk", "play_on"))
    urgent = [pk for pk, day in waiting if day and day <= begun]
    yield from ([pk] for pk in urgent)
    yield from _batches(pk for pk, day in waiting if pk not in urgent)


def _batches(puzzle_pks: Iterable[int]) -> Iterator[list[int]]:
    left = list(puzzle_pks)
    for start in range(0, len(left), settings.NIGHT_BATCH):
        yield left[start : start + settings.NIGHT_BATCH]


def warm(puzzle_pks: Iterable[int], seen: studio.Seen | None = None) -> None:
    """Make what wants the drawn pictures or their words, so that no lease has to last for it."""
    puzzles = Puzzle.objects.filter(pk__in=puzzle_pks)
    tables.warm_words(*puzzles)
    forecast.make(*puzzles, seen=seen)


def delay(retries: int) -> float:
    """Seconds before the next attempt: doubled each time, and spread."""
    longest = min(FIRST_DELAY * 2.0**retries, LONGEST_DELAY)
    return longest / 2 + jitter(longest / 2)


def jitter(seconds: float) -> float:
    return random.uniform(0, seconds)  # noqa: S311 - spreads load, guards nothing

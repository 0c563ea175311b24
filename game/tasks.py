"""What the queues carry: one drawing on “studio”, the nightly round on the default queue.

A message is only a hint that a puzzle may be waiting. It can be lost, doubled or late: the claim in
game.studio decides who draws, and the next night finds what was forgotten.
"""

import logging
import random
from contextlib import suppress
from functools import partial
from typing import Any, TypedDict

from celery import Task, shared_task
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from game import review, schedule, studio
from game.models import Puzzle

logger = logging.getLogger(__name__)

DAYS = 7
# Nine candidates take a minute or two on two slow cores.
SOFT_LIMIT, HARD_LIMIT = 15 * 60, 16 * 60
FIRST_DELAY, LONGEST_DELAY = 10.0, 600.0


class Night(TypedDict):
    queued: int
    drawn: int
    failed: int
    gaps: list[str]


def enqueue(puzzle_pk: int) -> None:
    """Only on commit: a fast worker would not see the row yet."""
    transaction.on_commit(partial(draw_puzzle.delay, puzzle_pk))


@shared_task(
    bind=True,
    name="game.tasks.draw_puzzle",
    acks_late=True,
    reject_on_worker_lost=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
    # Attempts are counted on the row, where every message about the puzzle sees them.
    max_retries=None,
)
def draw_puzzle(self: "Task[Any, Any]", puzzle_id: int) -> None:
    try:
        if studio.draw(puzzle_id):
            return
    except studio.DrawingFailed as failure:
        if not failure.is_final:
            raise self.retry(exc=failure, countdown=delay(self.request.retries)) from failure
        return
    except (OperationalError, InterfaceError) as error:
        raise self.retry(exc=error, countdown=delay(self.request.retries)) from error
    # Somebody else has it. Should they die, no other message might be left to notice.
    left = studio.lease_left(puzzle_id)
    if left is not None:
        raise self.retry(countdown=left.total_seconds() + jitter(5.0))


@shared_task(
    name="game.tasks.night",
    acks_late=True,
    soft_time_limit=5 * 60,
    time_limit=6 * 60,
    autoretry_for=(OperationalError, InterfaceError),
    max_retries=8,
    retry_backoff=10,
    retry_backoff_max=600,
    retry_jitter=True,
)
def night() -> None:
    logger.info("Night: %s", keep_days_drawn())


def keep_days_drawn() -> Night:
    """Have everything drawn that the coming days need and that nobody has drawn yet."""
    today = timezone.localdate()
    for puzzle in schedule.due(today, DAYS).filter(state=Puzzle.State.DRAFT):
        # An editor may be at the same puzzle at the same moment; then it is theirs.
        with suppress(review.NotNow):
            _want(puzzle)
    # Also what an editor asked for, or a dead worker left, whose message was lost.
    waiting = list(studio.waiting().order_by("play_on").values_list("pk", flat=True))
    for pk in waiting:
        enqueue(pk)
    studio.sweep()
    coming = schedule.planned(today, DAYS)
    return Night(
        queued=len(waiting),
        drawn=coming.filter(state__in=[Puzzle.State.REVIEW, Puzzle.State.APPROVED]).count(),
        failed=coming.filter(state=Puzzle.State.FAILED).count(),
        gaps=[day.isoformat() for day in schedule.gaps(today, DAYS)],
    )


def _want(puzzle: Puzzle) -> None:
    try:
        review.want(puzzle)
    except studio.Undrawable as why:
        logger.warning("Puzzle %s can't be drawn: %s", puzzle.pk, why)
        review.refuse(puzzle, why)


def delay(retries: int) -> float:
    longest = min(FIRST_DELAY * 2.0**retries, LONGEST_DELAY)
    return longest / 2 + jitter(longest / 2)


def jitter(seconds: float) -> float:
    return random.uniform(0, seconds)  # noqa: S311 - spreads load, guards nothing

"""What the queues carry: drawings on “studio”, the night and its report on the default queue.

A message is only a hint that a puzzle may be waiting. It can be lost, doubled or late:
game.drawing.claims decides who draws, and the next night finds what was forgotten.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone

from game.days import reserve, schedule
from game.drawing import claims, forecast, studio, tables
from game.easel import line, orders, worker
from game.models import Puzzle
from game.nights import chores, night, report, stray_times
from game.players import newcomers
from game.playing import figures, regrading

logger = logging.getLogger(__name__)

# Nine candidates take a minute or two on two slow cores, and a batch has to end before the
# broker hands its message to a second worker.
SOFT_LIMIT, HARD_LIMIT = 15 * 60, 16 * 60
BATCH_SOFT_LIMIT, BATCH_HARD_LIMIT = 50 * 60, 51 * 60
# Of tasks that have minutes, and that are begun again while the database is away.
PATIENT: dict[str, Any] = {
    "acks_late": True,
    "soft_time_limit": 5 * 60,
    "time_limit": 6 * 60,
    "autoretry_for": claims.OUTAGES,
    "max_retries": 8,
    "retry_backoff": 10,
    "retry_backoff_max": 600,
    "retry_jitter": True,
}


def enqueue(puzzle_pk: int) -> None:
    """Only on commit: a fast worker would not see the row yet."""
    transaction.on_commit(partial(draw_puzzle.delay, puzzle_pk))


def enqueue_regrading(puzzle: Puzzle) -> None:
    """Should the queue not answer, the next night finds what is ungraded."""
    # No partial: Django can't name one in the log, and fails by that.
    transaction.on_commit(lambda: regrade_puzzle.delay(puzzle.pk), robust=True)


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
            return night.warm([puzzle_id])
    except studio.DrawingFailed as failure:
        if not failure.is_final:
            raise self.retry(exc=failure, countdown=night.delay(self.request.retries)) from failure
        return None
    except claims.OUTAGES as error:
        raise self.retry(exc=error, countdown=night.delay(self.request.retries)) from error
    # Somebody else has it. Should they die, no other message might be left to notice.
    left = claims.lease_left(puzzle_id)
    if left is not None:
        raise self.retry(countdown=after(left))
    return None


@shared_task(
    bind=True,
    name="game.tasks.draw_batch",
    acks_late=True,
    reject_on_worker_lost=True,
    soft_time_limit=BATCH_SOFT_LIMIT,
    time_limit=BATCH_HARD_LIMIT,
    max_retries=None,
)
def draw_batch(self: "Task[Any, Any]", puzzle_ids: Sequence[int]) -> None:
    """Draw several puzzles in one go. Each that doesn't come of it goes on by itself."""
    try:
        outcome = studio.draw_many(puzzle_ids)
        for puzzle_id in puzzle_ids:
            failure = outcome.failures.get(puzzle_id)
            left = claims.lease_left(puzzle_id)
            if failure and not failure.is_final:
                draw_puzzle.apply_async((puzzle_id,), countdown=night.delay(0))
            elif left is not None:
                draw_puzzle.apply_async((puzzle_id,), countdown=after(left))
        night.warm(outcome.drawn, outcome.seen)
    except claims.OUTAGES as error:
        raise self.retry(exc=error, countdown=night.delay(self.request.retries)) from error


def after(lease: timedelta) -> float:
    return lease.total_seconds() + night.jitter(5.0)


@shared_task(
    name="game.tasks.warm_puzzle",
    acks_late=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
)
def warm_puzzle(puzzle_id: int) -> None:
    night.warm([puzzle_id])


@shared_task(
    name="game.tasks.forecast_puzzle",
    acks_late=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
)
def forecast_puzzle(puzzle_id: int) -> None:
    for puzzle in Puzzle.objects.filter(pk=puzzle_id):
        forecast.make(puzzle)


@shared_task(
    name="game.tasks.regrade_puzzle",
    **PATIENT,
)
def regrade_puzzle(puzzle_id: int) -> None:
    """Let an answer that was accepted later count for those who have played already."""
    for puzzle in Puzzle.objects.filter(pk=puzzle_id):
        regrading.regrade(puzzle)
        figures.count(puzzle)


@shared_task(
    name="game.tasks.count_figures",
    soft_time_limit=9 * 60,
    time_limit=10 * 60,
)
def count_figures() -> None:
    """Whatever one leaves uncounted is due for the next."""
    # Counted plays and figures are told apart by their times.
    stray_times.put_back()
    for puzzle in figures.due():
        figures.count(puzzle)


@shared_task(
    name="game.tasks.night",
    **PATIENT,
)
def begin_night() -> None:
    def begin() -> None:
        logger.info("Night: %d drawings begun", keep_days_drawn())
        logger.info("Night: %d old orders deleted", orders.thin())
        logger.info("Night: %d players let go who never came back", newcomers.thin())

    if chores.do_once("night", begin):
        night.sweep_up()
    else:
        logger.info("The night was begun already. To draw by hand: make night")


def keep_days_drawn(days: int = night.DAYS) -> int:
    """Have everything drawn by the workers that the coming days need; how many puzzles that is."""
    night.prepare(days)
    batches = list(night.batches_waiting())
    for batch in batches:
        enqueue(batch[0]) if len(batch) == 1 else enqueue_batch(batch)
    for puzzle in regrading.ungraded():
        regrade_puzzle.delay(puzzle.pk)  # whose message was lost
    # A worker that was killed after its drawing left the words cold, the pictures unlooked at.
    for puzzle in schedule.drawn(timezone.localdate(), days):
        if tables.missing_words(puzzle) or puzzle.forecast is None:
            warm_puzzle.delay(puzzle.pk)
    return sum(map(len, batches))


def enqueue_batch(puzzle_pks: Sequence[int]) -> None:
    transaction.on_commit(partial(draw_batch.delay, list(puzzle_pks)))


def ring_easel() -> None:
    """Should the queue not answer, the next minute rings again for whoever still waits."""
    transaction.on_commit(lambda: paint_orders.delay(), robust=True)


@shared_task(
    name="game.tasks.paint_orders",
    acks_late=True,
    reject_on_worker_lost=True,
    soft_time_limit=SOFT_LIMIT,
    time_limit=HARD_LIMIT,
)
def paint_orders() -> None:
    """One loop. Then the bell again, so that a day's puzzle that waits comes in between."""
    if worker.paint_next() and line.is_anybody_waiting():
        ring_easel()


@shared_task(name="game.tasks.look_after_easel", soft_time_limit=50, time_limit=60)
def look_after_easel() -> None:
    """Orders whose bell was lost, or whose worker died."""
    if line.is_anybody_waiting():
        ring_easel()


@shared_task(name="game.tasks.fill_days", soft_time_limit=50, time_limit=60)
def fill_days() -> None:
    reserve.fill_days()


@shared_task(
    name="game.tasks.report_morning",
    acks_late=True,
    soft_time_limit=5 * 60,
    time_limit=6 * 60,
    # Also a mail server that doesn't answer.
    autoretry_for=(*claims.OUTAGES, OSError),
    max_retries=8,
    retry_backoff=60,
    retry_backoff_max=3600,
    retry_jitter=True,
)
def report_morning() -> None:
    chores.do_once("report", report.send)

"""Who draws a puzzle. A conditional UPDATE claims the row for a lease, every report of progress
extends the lease, and whatever ends a claim needs it to be still ours.

Leases are counted by the database's clock alone: those of the workers' hosts may differ, or jump.
"""

import logging
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection, models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from game.models import Puzzle

logger = logging.getLogger(__name__)

ATTEMPTS = 3
# A worker can be killed for reasons of its own, so it takes more of that to blame the prompt.
MOST_CLAIMS = 12
# Longer than the longest silence of a healthy worker; as long as a dead one's puzzle waits.
LEASE = timedelta(minutes=2)
REPORT_EVERY = 1.0
OUTAGES = (OperationalError, InterfaceError)
# For a database that is restarted; a lease lasts longer.
PATIENCE, PAUSE = 45.0, 0.5

SEED = models.PositiveBigIntegerField()

State = Puzzle.State
Report = Callable[[float, str], None]
T = TypeVar("T")


class LostClaimError(Exception):
    """Somebody else has the puzzle now: our lease ran out, or it was deleted or rewritten."""


def waiting(now: datetime | None = None) -> QuerySet[Puzzle]:
    """Puzzles that any worker may claim: asked for, or left behind by a dead worker."""
    stale = Q(state=State.DRAWING, leased_until__lt=now or Now())
    return Puzzle.objects.filter(Q(state=State.WANTED) | stale)


def lease_left(puzzle_pk: int) -> timedelta | None:
    """How long the puzzle is still somebody's; None when nobody is drawing it."""
    drawing = Puzzle.objects.filter(pk=puzzle_pk, state=State.DRAWING)
    left = drawing.values_list(F("leased_until") - Now(), flat=True).first()
    return None if left is None else max(left, timedelta())


def claim(puzzle_pk: int, now: datetime | None = None, lease: timedelta = LEASE) -> Puzzle | None:
    """Take the puzzle for one lease; None when it isn't waiting or somebody was faster."""
    mine = waiting(now).filter(pk=puzzle_pk)
    # Attempts count from the claim on, so that a prompt that kills its worker ends as failed too.
    mine.filter(attempts__gte=MOST_CLAIMS).update(
        state=State.FAILED, claim=None, leased_until=None, failure=_("The worker died each time.")
    )
    token = uuid.uuid4()

    def take() -> Puzzle | None:
        """Or find what was taken before the connection broke that should have said so."""
        mine.update(
            state=State.DRAWING,
            claim=token,
            leased_until=(now or Now()) + lease,
            progress=0,
            attempts=F("attempts") + 1,
            # An editor's or, a claim ago, ours. The generator counts on from it, one a picture.
            seed=Coalesce("seed", secrets.randbits(62), output_field=SEED),
        )
        return Puzzle.objects.filter(pk=puzzle_pk, claim=token).first()

    return outlast_outage(take)


def held(*puzzles: Puzzle) -> QuerySet[Puzzle]:
    """Those of the puzzles that are still ours."""
    return Puzzle.objects.filter(
        pk__in=[puzzle.pk for puzzle in puzzles],
        claim__in=[puzzle.claim for puzzle in puzzles],
        state=State.DRAWING,
    )


def fail(puzzle: Puzzle, failure: str, *, is_final: bool) -> None:
    _end(puzzle, state=State.FAILED if is_final else State.WANTED, failure=failure)


def give_back(*puzzles: Puzzle) -> None:
    """Nobody should have to wait for the lease of a worker that is told to stop."""
    _end(*puzzles, state=State.WANTED)


def _end(*puzzles: Puzzle, **changes: str) -> None:
    free = {"claim": None, "leased_until": None, "progress": 0}
    outlast_outage(lambda: held(*puzzles).update(**free, **changes))


class Heartbeat:
    """Writes progress into the rows that are `ours`, and with it extends their leases, at most
    every REPORT_EVERY seconds."""

    def __init__(
        self, ours: QuerySet[Any], report: Report | None = None, lease: timedelta = LEASE
    ) -> None:
        self.ours = ours
        self.report = report
        self.lease = lease
        self.written_at = -REPORT_EVERY

    def __call__(self, fraction: float, stage: str) -> None:
        if self.report:
            self.report(fraction, stage)
        if monotonic() - self.written_at < REPORT_EVERY:
            return
        self.written_at = monotonic()
        # 100 is for stored pictures.
        if not self._write(min(int(fraction * 100), 99)):
            raise LostClaimError

    def _write(self, percent: int) -> bool:
        """Whether any of them is still ours, as far as we can know."""
        try:
            return bool(self.ours.update(progress=percent, leased_until=Now() + self.lease))
        except OUTAGES as error:
            # The lease outlasts a restart of the database; storing will show whose it is by then.
            logger.warning("Progress could not be written: %s", error)
            drop_dead_connection()
            return True


def outlast_outage(work: Callable[[], T]) -> T:
    """Do it again while the database is away: minutes of drawing must not be lost to seconds."""
    deadline = monotonic() + PATIENCE
    while True:
        drop_dead_connection()
        try:
            return work()
        except OUTAGES:
            # A transaction that encloses all this is lost.
            if connection.in_atomic_block or monotonic() > deadline:
                raise
        sleep(PAUSE)


def drop_dead_connection() -> None:
    """Django does so between tasks, but the database may be restarted in the middle of one."""
    if not connection.in_atomic_block:
        close_old_connections()

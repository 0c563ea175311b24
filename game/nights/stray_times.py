"""Times in the future that a fast clock left behind, put back to now.

Whoever compares them with now would wait for that future: beat, chores, leases, locked accounts,
streaks. “Now” is the database's, as for leases: the clocks of the hosts may differ.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet
from django.db.models.functions import Now
from django_celery_beat.models import PeriodicTask
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from game.drawing import claims
from game.models import Batch, Chore, Figures, LooseFile, MoveCode, Play, Player, Puzzle
from game.nights import chores
from game.players import moving

logger = logging.getLogger(__name__)

NONE = timedelta()
# Hosts that run by NTP are nearer together than this.
TOLERANCE = timedelta(minutes=5)
MOST_IN_A_BATCH = 64


@dataclass(frozen=True, slots=True)
class Kind:
    """A column of times, how far ahead they may lie, and how far from now they are put back to."""

    model: type[Model]
    field: str
    farthest: timedelta = NONE
    back_to: timedelta = NONE

    @property
    def name(self) -> str:
        return f"{self.model._meta.model_name}.{self.field}"


KINDS = (
    Kind(PeriodicTask, "last_run_at"),
    # So that what was done for other days than these can be done again at once.
    Kind(Chore, "done_at", back_to=-2 * chores.APART),
    Kind(Puzzle, "leased_until", farthest=claims.LEASE * MOST_IN_A_BATCH),
    Kind(Puzzle, "created_at"),
    Kind(Puzzle, "drawn_at"),
    Kind(Puzzle, "approved_at"),
    Kind(Batch, "started_at"),
    Kind(Batch, "ended_at"),
    Kind(Figures, "counted_at"),
    # Late by a clock that was fast would end a streak.
    Kind(Play, "started_at"),
    Kind(Play, "finished_at"),
    Kind(Player, "created_at"),
    Kind(MoveCode, "expires_at", farthest=moving.LIFETIME),
    Kind(LooseFile, "since"),
    Kind(LooseFile, "trashed_at"),
    # These keep people out, or let them in, for longer than they should.
    Kind(AccessAttempt, "attempt_time"),
    Kind(TOTPDevice, "throttling_failure_timestamp"),
    Kind(StaticDevice, "throttling_failure_timestamp"),
    Kind(
        Session,
        "expire_date",
        farthest=(lifetime := timedelta(seconds=settings.SESSION_COOKIE_AGE)),
        back_to=lifetime,
    ),
)


def found() -> dict[str, int]:
    """How many there are, by the names of their columns."""
    counts = {kind.name: _strays(kind).count() for kind in KINDS}
    return {name: count for name, count in counts.items() if count}


def put_back() -> dict[str, int]:
    """Put all of them back, and say so in the log. The same counts as `found`."""
    counts = {
        kind.name: _strays(kind).update(**{kind.field: Now() + kind.back_to}) for kind in KINDS
    }
    changed = {name: count for name, count in counts.items() if count}
    for name, count in changed.items():
        logger.warning("%s: %d times in the future were put back; a clock was fast", name, count)
    return changed


def _strays(kind: Kind) -> QuerySet[Model]:
    limit = Now() + kind.farthest + TOLERANCE
    return kind.model._default_manager.filter(**{f"{kind.field}__gt": limit})

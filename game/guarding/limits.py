"""How often something may happen at an address in a while, counted in Redis for all processes."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    period: timedelta

    def left(self, now: float) -> int:
        """Seconds until the running period is over. Periods are the same for everyone."""
        length = int(self.period.total_seconds())
        return length - int(now) % length

    def key(self, name: str, address: str | None, now: float) -> str:
        """No address is kept as it is."""
        length = int(self.period.total_seconds())
        source = salted_hmac("game.limits", f"{name} {address}", algorithm="sha256").hexdigest()
        return f"sixpix:limit:{name}:{length}:{int(now) // length}:{source[:32]}"


@dataclass(frozen=True, slots=True)
class Place:
    """What was counted by `take`: nothing, if Redis was away."""

    keys: tuple[str, ...] = ()
    # Above zero, a limit was reached: so many seconds are left of it.
    wait: int = 0
    # How many more the nearest limit allows, and the seconds until it begins anew.
    left: int = 0
    reset: int = 0


def take(name: str, address: str | None, limits: Sequence[Limit]) -> Place:
    """Count one more, in one step with saying whether that is too many.

    Without Redis nobody is kept out.
    """
    now = timezone.now().timestamp()
    keys = tuple(limit.key(name, address, now) for limit in limits)
    try:
        with _redis().pipeline(transaction=True) as pipe:
            for key, limit in zip(keys, limits, strict=True):
                pipe.incr(key)
                pipe.expire(key, limit.period)
            counts = pipe.execute()[::2]
    except redis.RedisError as error:
        logger.warning("%s are not limited: %s", name, error)
        return Place()
    waits = [
        limit.left(now) for limit, count in zip(limits, counts, strict=True) if count > limit.most
    ]
    left, nearest = min(
        ((limit.most - count, limit) for limit, count in zip(limits, counts, strict=True)),
        key=lambda each: each[0],
    )
    return Place(keys, max(waits, default=0), max(left, 0), nearest.left(now))


def give_back(place: Place) -> None:
    """It came to nothing after all."""
    try:
        with _redis().pipeline(transaction=True) as pipe:
            for key in place.keys:
                pipe.decr(key)
            pipe.execute()
    except redis.RedisError as error:
        logger.warning("A count is one too high for a while: %s", error)


@cache
def _redis() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=None
    )

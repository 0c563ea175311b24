"""How many wrong codes came from an address lately, counted in the cache of all processes."""

import logging
from datetime import timedelta

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# So many that nobody gets there by mistyping, for whom all others behind an address would wait; and
# so few of the 30**8 codes that trying them at random finds one of a thousand in a dozen years.
MOST = 1_000
PERIOD = timedelta(minutes=10)


def are_too_many(address: str | None) -> bool:
    """Codes are long enough to be safe without this, so that without Redis nobody is kept out."""
    try:
        return int(cache.get(_key(address), 0)) >= MOST
    except RedisError as error:
        logger.warning("Wrong codes are not counted: %s", error)
        return False


def count(address: str | None) -> None:
    """Add one; the count of an address ends a while after its first."""
    key = _key(address)
    try:
        cache.add(key, 0, PERIOD.total_seconds())
        cache.incr(key)
    except ValueError:
        pass  # it ended just now
    except RedisError as error:
        logger.warning("A wrong code was not counted: %s", error)


def _key(address: str | None) -> str:
    """No address is kept as it is; `addresses.counted_as` says what counts as one."""
    return salted_hmac("game.wrong_codes", address or "", algorithm="sha256").hexdigest()

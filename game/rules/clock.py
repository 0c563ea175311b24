"""Whose day is it: puzzle days begin at a player's own midnight.

Pure Python; every `now` is an aware datetime.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

EARLIEST_OFFSET = timedelta(hours=-12)
LATEST_OFFSET = timedelta(hours=14)


@cache
def _known_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_in_range(zone: ZoneInfo, now: datetime) -> bool:
    offset = now.astimezone(zone).utcoffset()
    return offset is not None and EARLIEST_OFFSET <= offset <= LATEST_OFFSET


def zone(name: str | None, fallback: ZoneInfo, now: datetime) -> ZoneInfo:
    """Look up a zone that a browser named; whatever is wrong with the name gives the fallback."""
    # ZoneInfo opens files by name, so a stranger's text only gets that far once it is known.
    if name is None or name not in _known_names():
        return fallback
    found = ZoneInfo(name)
    return found if _is_in_range(found, now) else fallback


def day_for(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def next_rollover(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which the next day begins in a zone."""
    tomorrow = day_for(now, zone) + timedelta(days=1)
    # Where clocks jump over midnight, fold=0 reads it with the offset before the jump: that is
    # the very moment of the jump, which is when the new day begins.
    return datetime.combine(tomorrow, time.min, tzinfo=zone).astimezone(UTC)


def first_possible_day(now: datetime) -> date:
    """Return the earliest day that it still is for anyone."""
    return (now.astimezone(UTC) + EARLIEST_OFFSET).date()


def last_possible_day(now: datetime) -> date:
    """Return the latest day that it can be for anyone."""
    return (now.astimezone(UTC) + LATEST_OFFSET).date()


def over_at(day: date) -> datetime:
    """Return the moment, in UTC, at which a day is over for everyone."""
    return datetime.combine(day + timedelta(days=1), time.min, UTC) - EARLIEST_OFFSET

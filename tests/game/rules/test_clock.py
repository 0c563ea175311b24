from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules import clock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones())


@pytest.mark.parametrize("name", ["America/New_York", "Etc/GMT+12", "Pacific/Kiritimati", "UTC"])
def test_it_finds_a_zone_when_its_name_is_known(name: str) -> None:
    assert clock.zone(name, BERLIN, NOON).key == name


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        " ",
        "Mars/Olympus",
        "America",
        "europe/berlin ",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe/Berlin\x00",
        "\ud800",
        "🦊",
        "x" * 10_000,
    ],
)
def test_it_falls_back_when_a_zone_name_is_bad(name: str | None) -> None:
    assert clock.zone(name, BERLIN, NOON) is BERLIN


def test_it_holds_zones_to_the_range_of_the_date_line() -> None:
    # Juneau kept Asia's date until 1867, at more than 14 hours ahead.
    assert clock.zone("America/Juneau", BERLIN, datetime(1860, 1, 1, tzinfo=UTC)) is BERLIN
    assert clock.zone("America/Juneau", BERLIN, NOON).key == "America/Juneau"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Etc/GMT+12", date(2026, 11, 22)),
        ("UTC", date(2026, 11, 22)),
        ("Pacific/Auckland", date(2026, 11, 23)),
        ("Pacific/Kiritimati", date(2026, 11, 23)),
    ],
)
def test_it_knows_the_day_when_zones_differ(name: str, day: date) -> None:
    assert clock.day_for(NOON, ZoneInfo(name)) == day


def test_it_turns_the_day_when_midnight_strikes_in_the_zone() -> None:
    midnight = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert clock.day_for(midnight - timedelta(microseconds=1), BERLIN) == date(2026, 11, 22)
    assert clock.day_for(midnight, BERLIN) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("name", "now", "rollover"),
    [
        ("UTC", "2026-11-22T12:00", "2026-11-23T00:00"),
        ("UTC", "2026-11-23T00:00", "2026-11-24T00:00"),
        # A day of 23 hours, then one of 25.
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T23:00"),
        # Havana springs forward over its own midnight: the day begins at 01:00.
        ("America/Havana", "2026-03-07T12:00", "2026-03-08T05:00"),
        # And falls back to it: the day has begun at the first of two midnights.
        ("America/Havana", "2026-10-31T12:00", "2026-11-01T04:00"),
        ("America/Havana", "2026-11-01T04:30", "2026-11-02T05:00"),
        ("America/Havana", "2026-11-01T05:30", "2026-11-02T05:00"),
        # Samoa went to bed on the 29th and got up on the 31st.
        ("Pacific/Apia", "2011-12-30T00:00", "2011-12-30T10:00"),
        # Half hours, and a shift of half an hour.
        ("Australia/Lord_Howe", "2026-04-04T14:00", "2026-04-05T13:30"),
    ],
)
def test_it_knows_the_next_rollover_when_clocks_change(name: str, now: str, rollover: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert clock.next_rollover(moment, ZoneInfo(name)) == datetime.fromisoformat(rollover).replace(
        tzinfo=UTC
    )


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_it_rolls_over_exactly_when_the_day_turns(now: datetime, name: str) -> None:
    zone = clock.zone(name, BERLIN, now)
    rollover = clock.next_rollover(now, zone)
    assert now < rollover <= now + timedelta(hours=26)
    assert clock.day_for(rollover, zone) == clock.day_for(now, zone) + timedelta(days=1)
    assert clock.day_for(rollover - timedelta(microseconds=1), zone) == clock.day_for(now, zone)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_it_bounds_every_day_on_earth_by_the_last_possible_day(now: datetime, name: str) -> None:
    last = clock.last_possible_day(now)
    assert clock.day_for(now, clock.zone(name, BERLIN, now)) <= last
    assert clock.day_for(now, ZoneInfo("Pacific/Kiritimati")) == last


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_it_bounds_every_day_on_earth_by_the_first_possible_day(now: datetime, name: str) -> None:
    first = clock.first_possible_day(now)
    assert clock.day_for(now, clock.zone(name, BERLIN, now)) >= first
    assert clock.day_for(now, ZoneInfo("Etc/GMT+12")) == first
    # A day is over when none before it is anyone's, to the moment.
    assert clock.over_at(first - timedelta(days=1)) <= now < clock.over_at(first)

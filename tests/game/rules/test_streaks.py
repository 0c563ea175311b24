from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules import clock, streaks
from game.rules.streaks import Day, Rescue, Run

FIRST = date(2026, 11, 1)
BAKER = ZoneInfo("Etc/GMT+12")  # where every day ends last
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")  # where it comes first
ZONES = sorted(available_timezones())


def on(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def at(number: int, hour: float = 12) -> datetime:
    return datetime.combine(on(number), time.min, UTC) + timedelta(hours=hour)


def days(story: str, first: int = 1) -> list[Day]:
    """A letter a day: solved, late, failed, begun and not ended, begun late, not played."""
    return [Day(on(first + n), *_play(letter, first + n)) for n, letter in enumerate(story)]


def _play(letter: str, number: int) -> tuple[datetime | None, bool, bool]:
    in_time, late = at(number, 20), at(number, 48)
    return {
        "S": (in_time, True, True),
        "L": (late, True, True),
        "F": (in_time, True, False),
        "B": (in_time, False, False),
        "b": (late, False, False),
        "-": (None, False, False),
    }[letter]


def lengths(story: str, now: datetime, today: date | None = None) -> tuple[int, int]:
    found = streaks.streaks(days(story), now, today or now.date())
    return found.current.length, found.longest.length


@pytest.mark.parametrize(
    ("story", "current", "longest"),
    [
        ("", 0, 0),
        ("S", 1, 1),
        ("SSSSS", 5, 5),
        ("SS-SS", 2, 2),
        ("SSSFS", 1, 3),
        ("SSSLS", 1, 3),
        # Today isn't solved yet, or is being played: the streak waits.
        ("SSS-", 3, 3),
        ("SSSB", 3, 3),
        ("SSSF", 0, 3),
        ("FFFF", 0, 0),
    ],
)
def test_it_counts_days_in_a_row_when_the_day_is_late(
    story: str, current: int, longest: int
) -> None:
    # In the afternoon of the last day in UTC no day before it is open anywhere.
    now = at(max(len(story), 1), 18)
    assert lengths(story, now) == (current, longest)


def test_it_says_from_when_to_when_the_days_go() -> None:
    found = streaks.streaks(days("SSSFSS"), at(6, 21), on(6))
    assert found.current == Run(2, on(5), on(6))
    assert found.longest == Run(3, on(1), on(3))


def test_it_counts_a_play_to_the_last_moment_of_its_day_on_earth() -> None:
    end = datetime.combine(on(3), time.min, BAKER)
    for moment, is_counted in ((end - timedelta(microseconds=1), True), (end, False)):
        day = Day(on(2), moment, is_finished=True, is_solved=True)
        assert (streaks.streaks([day], at(9), on(9)).longest.length == 1) is is_counted


def test_it_keeps_a_streak_alive_while_the_next_day_is_open_somewhere() -> None:
    end = clock.over_at(on(4))
    story = "SSS-"
    assert lengths(story, end - timedelta(seconds=1)) == (3, 3)
    assert lengths(story, end) == (0, 3)


def test_it_offers_a_rescue_when_yesterday_is_open_somewhere() -> None:
    morning = at(5, 9)
    assert streaks.streaks(days("SSS--"), morning, on(5)).rescue == Rescue(on(4), False, 4)
    assert streaks.streaks(days("SSSB-"), morning, on(5)).rescue == Rescue(on(4), True, 4)
    # Today was solved first: both streaks are alive, and yesterday joins them.
    found = streaks.streaks(days("SSS-S"), morning, on(5))
    assert (found.current.length, found.rescue) == (3, Rescue(on(4), False, 5))
    # After noon UTC it is too late, there was nothing to save, or it is their today.
    assert streaks.streaks(days("SSS--"), at(5, 12), on(5)).rescue is None
    assert streaks.streaks(days("SSF--"), morning, on(5)).rescue is None
    assert streaks.streaks(days("SSS-"), morning, on(4)).rescue is None


def test_it_lets_a_play_end_whenever_it_began_in_time() -> None:
    weeks_later = at(30)
    assert lengths("SSSB", weeks_later) == (3, 3)
    assert lengths("SSSBS", weeks_later) == (3, 3)
    assert lengths("SSSSS", weeks_later) == (5, 5)
    # Begun too late, failed, or with a day missed after it, it keeps nothing alive.
    assert lengths("SSSb", weeks_later) == (0, 3)
    assert lengths("SSSFS", weeks_later) == (1, 3)
    assert lengths("SSSB-S", weeks_later) == (1, 3)


@pytest.mark.parametrize(
    "homes",
    [
        # Round the world, over the date line both ways, and back on the same day.
        ["UTC", "Etc/GMT+12", "Pacific/Kiritimati", "Etc/GMT+12", "Pacific/Kiritimati", "UTC"],
        ["Pacific/Kiritimati", "Pacific/Kiritimati", "Etc/GMT+12", "Etc/GMT+12", "UTC", "UTC"],
        ["Europe/Berlin"] * 6,
        ["Australia/Lord_Howe", "America/Havana"] * 3,
    ],
)
@pytest.mark.parametrize("first", [date(2026, 3, 5), date(2026, 3, 26), date(2026, 10, 22)])
def test_it_costs_no_day_when_a_player_travels(homes: list[str], first: date) -> None:
    """Each day's puzzle is begun in the last minute of its day, wherever the player is then."""
    played: list[Day] = []
    for number, name in enumerate(homes):
        day = first + timedelta(days=number)
        noon = datetime.combine(day, time(12), ZoneInfo(name))
        begun = clock.next_rollover(noon, ZoneInfo(name)) - timedelta(minutes=1)
        played.append(Day(day, begun, is_finished=True, is_solved=True))
        found = streaks.streaks(
            played, max(one.started_at for one in played if one.started_at), day
        )
        assert found.current.length == len(played)


def test_it_skips_a_day_that_a_zone_skipped() -> None:
    # Samoa had no 30 December 2011; its puzzle was open elsewhere, and from there in Samoa, too.
    samoa = ZoneInfo("Pacific/Apia")
    before, after = datetime(2011, 12, 30, 9, tzinfo=UTC), datetime(2011, 12, 30, 11, tzinfo=UTC)
    assert clock.day_for(before, samoa) == date(2011, 12, 29)
    assert clock.day_for(after, samoa) == date(2011, 12, 31)
    played = [
        Day(date(2011, 12, 29), before, is_finished=True, is_solved=True),
        Day(date(2011, 12, 30)),
        Day(date(2011, 12, 31), after, is_finished=True, is_solved=True),
    ]
    found = streaks.streaks(played, after, date(2011, 12, 31))
    assert found.rescue == Rescue(date(2011, 12, 30), False, 3)


# The same by brute force: every stretch of days is looked at, and zones are asked by name.

moments = st.integers(0, 30 * 24 * 4).map(
    lambda quarter: at(1, -14) + timedelta(minutes=15) * quarter
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Day], datetime, date]:
    now = draw(moments)
    zone = ZoneInfo(draw(st.sampled_from(["Etc/GMT+12", "UTC", "Pacific/Kiritimati"])))
    known = [on(n) for n in range(1, 31) if on(n) <= clock.last_possible_day(now)]
    # Some days had no puzzle.
    kept = [day for day in known if draw(st.integers(0, 9))]
    return [draw(_days(day, now)) for day in kept], now, clock.day_for(now, zone)


@st.composite
def _days(draw: st.DrawFn, day: date, now: datetime) -> Day:
    opens = datetime.combine(day, time.min, KIRITIMATI).astimezone(UTC)
    if draw(st.integers(0, 5)) == 0:
        return Day(day)
    # Mostly soon; sometimes long after.
    hours = draw(st.one_of(st.integers(0, 49), st.integers(0, 300)))
    started_at = min(opens + timedelta(hours=hours), now)
    is_finished = draw(st.integers(0, 5)) > 0
    return Day(day, started_at, is_finished, is_finished and draw(st.integers(0, 5)) > 0)


def is_today_somewhere(day: date, moment: datetime) -> bool:
    return moment.astimezone(BAKER).date() <= day <= moment.astimezone(KIRITIMATI).date()


def slow_fate(day: Day, now: datetime) -> str:
    is_in_time = day.started_at is not None and is_today_somewhere(day.on, day.started_at)
    if day.is_solved and is_in_time:
        return "solved"
    if day.is_finished:
        return "missed"
    return "open" if is_in_time or is_today_somewhere(day.on, now) else "missed"


def slow_lengths(history: Sequence[Day], now: datetime) -> tuple[int, int]:
    fates = [slow_fate(day, now) for day in history]
    current = longest = 0
    for start in range(len(fates)):
        for end in range(start + 1, len(fates) + 1):
            if set(fates[start:end]) != {"solved"}:
                continue
            longest = max(longest, end - start)
            is_whole = end == len(fates) or fates[end] == "open"
            if is_whole and "missed" not in fates[end:]:
                current = max(current, end - start)
    return current, longest


def slow_rescue(history: Sequence[Day], now: datetime, today: date) -> date | None:
    fates = [slow_fate(day, now) for day in history]
    for place in range(1, len(fates)):
        is_gap = fates[place - 1] == "solved" and fates[place] == "open"
        if is_gap and "missed" not in fates[place:] and history[place].on < today:
            return history[place].on
    return None


@given(histories())
def test_it_finds_what_the_slow_way_finds(story: tuple[list[Day], datetime, date]) -> None:
    history, now, today = story
    found = streaks.streaks(history, now, today)
    assert (found.current.length, found.longest.length) == slow_lengths(history, now)
    rescue = slow_rescue(history, now, today)
    assert (found.rescue.on if found.rescue else None) == rescue
    if found.rescue:
        saved = [solve(day, now) if day.on == rescue else day for day in history]
        assert found.rescue.length == slow_lengths(saved, now)[0]


def solve(day: Day, now: datetime) -> Day:
    return replace(day, started_at=day.started_at or now, is_finished=True, is_solved=True)


@given(histories(), st.data())
def test_it_never_takes_anything_away_when_a_day_is_solved(
    story: tuple[list[Day], datetime, date], data: st.DataObject
) -> None:
    history, now, today = story
    left = [day for day in history if slow_fate(day, now) == "open"]
    if not left:
        return
    chosen = data.draw(st.sampled_from(left))
    before = streaks.streaks(history, now, today)
    solved = [solve(day, now) if day is chosen else day for day in history]
    after = streaks.streaks(solved, now, today)
    assert after.current.length >= before.current.length
    assert after.longest.length >= before.longest.length


@given(st.data())
def test_it_counts_every_day_when_each_was_begun_on_a_local_today(data: st.DataObject) -> None:
    """Wherever on earth each of them was begun, and whatever the clocks did there."""
    first = data.draw(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
    played = []
    for number in range(data.draw(st.integers(1, 12))):
        day = first + timedelta(days=number)
        noon = datetime.combine(day, time(12), UTC)
        zone = clock.zone(data.draw(st.sampled_from(ZONES)), BAKER, noon)
        begins = clock.next_rollover(
            datetime.combine(day - timedelta(days=1), time(12), zone), zone
        )
        ends = clock.next_rollover(datetime.combine(day, time(12), zone), zone)
        seconds = data.draw(st.integers(0, int((ends - begins).total_seconds()) - 1))
        started_at = begins + timedelta(seconds=seconds)
        played.append(Day(day, started_at, is_finished=True, is_solved=True))
    now = max(day.started_at for day in played if day.started_at)
    found = streaks.streaks(played, now, played[-1].on)
    assert found.current == found.longest == Run(len(played), played[0].on, played[-1].on)


@pytest.mark.parametrize(
    ("longest", "badges", "following"),
    [
        (0, [], 2),
        (1, [], 2),
        (2, [2], 5),
        (34, [2, 5, 10, 15, 20], 35),
        (35, [2, 5, 10, 15, 20, 35], 50),
        (100, [2, 5, 10, 15, 20, 35, 50, 75, 100], 150),
        (260, [2, 5, 10, 15, 20, 35, 50, 75, 100, 150, 200, 250], 300),
    ],
)
def test_it_gives_badges_by_the_longest_streak(
    longest: int, badges: list[int], following: int
) -> None:
    assert streaks.badges(longest) == badges
    assert streaks.next_badge(longest) == following

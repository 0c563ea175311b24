"""Proposals by the curve of the week."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.editing import autoplan
from game.editing.autoplan import DAY, Choice

MONDAY = date(2026, 11, 2)
NOTHING: frozenset[str] = frozenset()
CHOICES = st.lists(
    st.tuples(st.integers(1, 5), st.frozensets(st.sampled_from("abcdef"), max_size=3)), max_size=7
).map(lambda each: [Choice(key, level, words) for key, (level, words) in enumerate(each)])
DAYS = st.sets(st.integers(0, 20).map(lambda n: MONDAY + timedelta(days=n)), max_size=7)


def week(start: date = MONDAY, days: int = 7) -> list[date]:
    return [start + timedelta(days=n) for n in range(days)]


def choice(key: int, level: int, words: str = "") -> Choice:
    return Choice(key, level, frozenset(words.split()))


def propose(free: list[date], *choices: Choice) -> dict[date, int]:
    return {day: each.key for day, each in autoplan.propose(free, choices, {}).items()}


def propose_slowly(
    free: set[date], choices: list[Choice], taken: dict[date, frozenset[str]]
) -> dict[date, Choice]:
    """The rule as it is written, one placement at a time from the start."""
    days = sorted(free)[: len(choices)]
    plan: dict[date, Choice] = {}
    for steps in range(20):
        for day in days:
            for each in choices:
                if day in plan or each in plan.values():
                    continue
                beside = [plan.get(near) for near in (day - DAY, day + DAY)]
                words = [near.words for near in beside if near]
                words += [taken.get(near, NOTHING) for near in (day - DAY, day + DAY)]
                misfit = abs(each.difficulty - autoplan.CURVE[day.weekday()])
                if misfit + sum(len(each.words & other) for other in words) <= steps:
                    plan[day] = each
    return plan


@given(
    DAYS,
    CHOICES,
    st.dictionaries(
        DAYS.map(lambda d: min(d, default=MONDAY)), st.frozensets(st.sampled_from("abcdef"))
    ),
)
def test_it_proposes_what_the_rule_says(
    free: set[date], choices: list[Choice], taken: dict[date, frozenset[str]]
) -> None:
    taken = {day: words for day, words in taken.items() if day not in free}
    plan = autoplan.propose(free, choices, taken)
    assert plan == propose_slowly(free, choices, taken)
    # Each puzzle once, on free days alone, as many as there are of either, earliest days first.
    assert len({each.key for each in plan.values()}) == len(plan)
    assert list(plan) == sorted(free)[: len(choices)]


def test_it_follows_the_curve_over_a_week() -> None:
    levels = [5, 4, 3, 3, 2, 2, 1]
    plan = propose(week(), *(choice(key, level) for key, level in enumerate(levels)))
    assert [levels[key] for key in plan.values()] == list(autoplan.CURVE)


def test_it_climbs_from_monday_to_saturday() -> None:
    weekdays = [autoplan.wanted(day) for day in week()]
    assert weekdays[:6] == sorted(weekdays[:6])
    assert weekdays[0] < weekdays[6] < weekdays[5]


def test_it_takes_the_nearest_difficulty_when_none_fits() -> None:
    assert propose([MONDAY], choice(1, 4), choice(2, 2), choice(3, 5)) == {MONDAY: 2}


def test_it_keeps_the_same_subjects_apart() -> None:
    tuesday, wednesday, thursday = week()[1:4]
    foxes = [choice(1, 2, "fox ride bicycle"), choice(2, 2, "fox eat pizza"), choice(3, 3, "cat")]
    plan = propose([tuesday, wednesday, thursday], *foxes, choice(4, 2, "dog"))
    assert plan == {tuesday: 1, wednesday: 4, thursday: 3}


@pytest.mark.parametrize("beside", [-DAY, DAY])
def test_it_looks_at_the_days_that_are_taken(beside: timedelta) -> None:
    taken = {MONDAY + beside: frozenset({"fox"})}
    plan = autoplan.propose([MONDAY], [choice(1, 1, "fox"), choice(2, 1, "cat")], taken)
    assert plan[MONDAY].key == 2


@pytest.mark.parametrize("beside", [-DAY, DAY])
def test_it_rather_leaves_a_day_free_than_has_a_neighbours_relation_again(
    beside: timedelta,
) -> None:
    riding, eating = frozenset({"relation riding"}), frozenset({"relation eating"})
    one, two = Choice(1, 1, NOTHING, riding), Choice(2, 5, NOTHING, eating)
    planned = {MONDAY + beside: riding}
    assert autoplan.propose([MONDAY], [one], {}, planned) == {}
    assert autoplan.propose([MONDAY], [one, two], {}, planned) == {MONDAY: two}
    both = autoplan.propose([MONDAY, MONDAY + DAY], [one, one], {})
    assert list(both) == [MONDAY], "nor one after the other in the same plan"


def test_it_plans_later_what_fits_on_none_of_the_first_days() -> None:
    alike = [Choice(key, 1, NOTHING, frozenset({"riding"})) for key in range(3)]
    plan = autoplan.propose(week(), alike, {})
    assert list(plan) == [MONDAY, MONDAY + 2 * DAY, MONDAY + 4 * DAY]
    assert [each.key for each in plan.values()] == [0, 1, 2]


def test_it_leaves_days_empty_when_there_are_too_few() -> None:
    assert list(propose(week(), choice(1, 5))) == [MONDAY]
    assert propose([], choice(1, 5)) == {}
    assert propose(week()) == {}


def test_it_plans_a_year_of_many_quickly() -> None:
    words = [frozenset({f"n{n % 97}", f"v{n % 7}", f"p{n % 21}"}) for n in range(2000)]
    many = [Choice(key, key % 5 + 1, each) for key, each in enumerate(words)]
    plan = autoplan.propose(week(days=365), many, {})
    misfits = sum(autoplan.wanted(day) != each.difficulty for day, each in plan.items())
    beside = sum(bool(plan[day].words & plan[day + DAY].words) for day in week(days=364))
    assert (len(plan), misfits, beside) == (365, 0, 0)

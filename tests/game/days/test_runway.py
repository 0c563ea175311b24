"""How far the coming days are provided for."""

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.days import runway, schedule
from game.models import Puzzle
from tests import factories

State = Puzzle.State
TODAY = date(2026, 12, 1)


def day(number: int) -> date:
    return TODAY + timedelta(days=number - 1)


def test_it_counts_what_is_planned_by_state() -> None:
    states = [State.APPROVED] * 4 + [State.REVIEW] * 3 + [State.FAILED, State.WANTED]
    states += [State.DRAWING, State.DRAFT]
    planned = {day(number): state for number, state in enumerate(states, start=1)}
    measured = runway.measure(TODAY, planned, reserve=2)
    assert (measured.approved, measured.in_review, measured.failed) == (4, 3, 1)
    assert (measured.undrawn, measured.reserve) == (3, 2)


@pytest.mark.parametrize(("reserve", "number"), [(0, 3), (1, 5), (2, 7), (3, 8)])
def test_it_knows_which_day_runs_out_first(reserve: int, number: int) -> None:
    planned: dict[date, str] = {day(each): State.APPROVED for each in (1, 2, 4, 6)}
    planned[day(3)] = State.REVIEW
    assert runway.measure(TODAY, planned, reserve).runs_out_on == day(number)


def slow_first_gap(planned: dict[date, str]) -> date:
    return min(day(number) for number in range(1, 40) if day(number) not in planned)


def slow_end(planned: dict[date, str], reserve: int) -> date:
    """Live through the days one by one, with the reserve in hand."""
    for number in range(1, 80):
        if planned.get(day(number)) != State.APPROVED:
            if not reserve:
                return day(number)
            reserve -= 1
    raise AssertionError("The days last longer than they can.")


@pytest.mark.parametrize("seed", range(40))
def test_it_measures_like_somebody_who_counts_the_days(seed: int) -> None:
    chance = random.Random(seed)
    numbers = [number for number in range(1, 31) if chance.random() < chance.choice((0.5, 0.97))]
    planned: dict[date, str] = {day(each): chance.choice(State.values) for each in numbers}
    reserve = chance.randrange(6)
    measured = runway.measure(TODAY, planned, reserve)
    assert measured.first_gap == slow_first_gap(planned)
    assert measured.runs_out_on == slow_end(planned, reserve)


@pytest.mark.parametrize(("days", "is_short"), [(0, True), (6, True), (7, False), (30, False)])
def test_it_says_when_time_gets_short(days: int, is_short: bool) -> None:
    planned: dict[date, str] = {day(each): State.APPROVED for each in range(1, days + 1)}
    assert runway.measure(TODAY, planned, 0).is_short is is_short


@pytest.mark.django_db
def test_it_looks_at_coming_days_alone_with_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    today = timezone.localdate()
    for offset, state in ((-1, State.APPROVED), (0, State.APPROVED), (1, State.REVIEW)):
        factories.make_draft(None, play_on=today + timedelta(days=offset), state=state)
    factories.make_draft(None, play_on=today + timedelta(days=3), state=State.FAILED)
    factories.make_puzzle(None)  # the reserve
    factories.make_draft(None)
    with django_assert_num_queries(2):
        measured = runway.ahead()
    assert (measured.approved, measured.in_review, measured.failed) == (1, 1, 1)
    assert measured.reserve == 1
    assert measured.first_gap == schedule.gaps(today, 30)[0] == today + timedelta(days=2)
    assert measured.runs_out_on == today + timedelta(days=2)

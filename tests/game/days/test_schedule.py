from datetime import timedelta

import pytest
from django.db import IntegrityError
from pytest_django import Settings

from game.days import schedule
from game.models import Puzzle
from tests import factories

pytestmark = pytest.mark.django_db
State = Puzzle.State


def test_it_finds_days_without_a_puzzle() -> None:
    factories.make_draft(1)
    factories.make_draft(3)
    factories.make_draft(None)
    assert schedule.gaps(factories.day(1), 4) == [factories.day(2), factories.day(4)]


def test_it_plans_in_order_around_taken_days() -> None:
    theirs = factories.make_draft(2, "the moon at night")
    planned = schedule.plan(["a red fox", "a blue cat", "a dog"], factories.day(1))
    assert [(puzzle.prompt, puzzle.number) for puzzle in planned] == [
        ("a red fox", 1),
        ("a blue cat", 3),
        ("a dog", 4),
    ]
    theirs.refresh_from_db()
    assert theirs.number == 2


def test_it_names_the_first_planned_day_that_comes_before_the_first(settings: Settings) -> None:
    factories.make_puzzle(3)
    factories.make_draft(2, is_auto_approved=True)
    assert schedule.first_day_problem() == []
    before, settings.FIRST_DAY = factories.day(3), factories.day(4)
    assert schedule.first_day_problem() == [
        f"FIRST_DAY is {settings.FIRST_DAY}, but a puzzle is on {before}, which would be none of "
        f"the game's days. Set FIRST_DAY to {before} or earlier."
    ]


def test_it_looks_again_when_somebody_takes_a_day_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free_days = schedule.free_days
    rounds: list[object] = []

    def slow_look(start: object) -> object:
        days = free_days(factories.day(1))
        first = next(days)
        if not rounds:
            factories.make_draft(1)
        rounds.append(first)
        return iter([first, *(first + timedelta(days=n) for n in range(1, 4))])

    monkeypatch.setattr(schedule, "free_days", slow_look)
    planned = schedule.plan(["a red fox", "a blue cat"], factories.day(1))
    assert len(rounds) == 2
    assert [puzzle.number for puzzle in planned] == [2, 3]
    assert Puzzle.objects.count() == 3


def test_it_never_keeps_two_puzzles_on_one_day() -> None:
    factories.make_draft(1)
    with pytest.raises(IntegrityError):
        factories.make_draft(1)


def test_it_finds_what_is_not_ready_soonest_first() -> None:
    for number, state in (
        (0, State.DRAFT),
        (3, State.DRAFT),
        (1, State.WANTED),
        (7, State.DRAFT),
        (8, State.DRAFT),
        (2, State.REVIEW),
        (4, State.APPROVED),
        (5, State.FAILED),
        (None, State.WANTED),
    ):
        factories.make_draft(number, state=state)
    day = factories.day(1)
    assert [puzzle.number for puzzle in schedule.unready(day, 7)] == [1, 2, 3, 5, 7]
    assert [puzzle.number for puzzle in schedule.drawn(day, 7)] == [2, 4]

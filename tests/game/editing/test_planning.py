"""Giving puzzles their days, alone and with others at it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from game.days import reserve
from game.drawing.drawable import StudioError
from game.editing import planning, review
from game.models import Puzzle
from game.rules import clock
from tests import factories

pytestmark = pytest.mark.django_db
State = Puzzle.State


def coming(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def planned(days: int | None, state: str = State.DRAFT, prompt: str = factories.PROMPT) -> Puzzle:
    play_on = None if days is None else coming(days)
    return factories.make_draft(None, prompt, play_on=play_on, state=state)


def day_of(puzzle: Puzzle) -> date | None:
    return Puzzle.objects.get(pk=puzzle.pk).play_on


@pytest.mark.parametrize("state", State.values)
def test_it_moves_a_puzzle_and_nothing_else_of_it(state: str) -> None:
    is_drawing = state == State.DRAWING
    lease: dict[str, Any] = {"claim": uuid4(), "leased_until": timezone.now()} if is_drawing else {}
    puzzle = factories.make_draft(None, play_on=coming(5), state=state, **lease)
    before = Puzzle.objects.filter(pk=puzzle.pk).values().get()
    planning.move(puzzle, coming(9))
    assert puzzle.play_on == coming(9)
    after = Puzzle.objects.filter(pk=puzzle.pk).values().get()
    assert after == before | {"play_on": coming(9)}


def test_it_keeps_what_a_worker_writes_meanwhile() -> None:
    puzzle = planned(5)
    Puzzle.objects.filter(pk=puzzle.pk).update(progress=40, notes="Written by another.")
    planning.move(puzzle, coming(6))
    puzzle.refresh_from_db()
    assert (puzzle.progress, puzzle.notes) == (40, "Written by another.")


def test_it_plans_and_unplans() -> None:
    puzzle = planned(None, State.APPROVED)
    planning.move(puzzle, coming(4))
    assert day_of(puzzle) == coming(4)
    planning.unplan(puzzle)
    assert day_of(puzzle) is None
    assert Puzzle.objects.get(pk=puzzle.pk).state == State.APPROVED


def test_it_swaps_two_puzzles() -> None:
    one, two = planned(5), planned(6, State.APPROVED)
    planning.move(one, coming(6), two)
    assert (day_of(one), day_of(two)) == (coming(6), coming(5))
    assert (one.play_on, two.play_on) == (coming(6), coming(5))


@pytest.mark.parametrize("days", [None, -2])
def test_it_leaves_the_other_without_a_day_when_there_is_none_to_give(days: int | None) -> None:
    one, two = planned(days), planned(6)
    planning.move(one, coming(6), two)
    assert (day_of(one), day_of(two)) == (coming(6), None)


def test_it_plans_a_year_in_any_order_with_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = [Puzzle(prompt=f"a red fox {n}", play_on=coming(n + 3)) for n in range(200)]
    rows += [Puzzle(prompt=f"a blue cat {n}") for n in range(165)]
    puzzles = Puzzle.objects.bulk_create(rows)
    # Each goes to a day that another one had.
    pairs = [(puzzle, coming(3 + n)) for n, puzzle in enumerate(reversed(puzzles))]
    with django_assert_max_num_queries(12):
        planning.plan(pairs)
    wanted = {puzzle.pk: coming(3 + n) for n, puzzle in enumerate(reversed(puzzles))}
    assert dict(Puzzle.objects.values_list("pk", "play_on")) == wanted


def test_it_plans_nothing_when_asked_for_nothing() -> None:
    planning.plan([])
    assert not Puzzle.objects.exists()


@pytest.mark.parametrize("days", [-1, -400])
def test_it_refuses_days_that_are_over(days: int) -> None:
    puzzle = planned(5)
    with pytest.raises(planning.NotThatDay, match="is over"):
        planning.move(puzzle, coming(days))
    assert day_of(puzzle) == coming(5)


def test_it_refuses_days_that_no_calendar_shows() -> None:
    with pytest.raises(planning.NotThatDay, match="is too far off"):
        planning.move(planned(5), date.max)


def test_it_refuses_days_before_the_first(settings: Settings) -> None:
    settings.FIRST_DAY = coming(10)
    with pytest.raises(planning.NotThatDay, match="The first puzzle's day is"):
        planning.move(planned(20), coming(9))


@pytest.mark.parametrize("days", [0, -1, -30])
def test_it_leaves_what_is_live_or_past_on_its_day(days: int) -> None:
    live, puzzle = planned(days, State.APPROVED), planned(5)
    for attempt in (
        partial(planning.move, live, coming(8)),
        partial(planning.unplan, live),
        partial(planning.plan, [(puzzle, coming(9)), (live, coming(10))]),
    ):
        with pytest.raises(review.NotNow, match="live or past"):
            attempt()
    assert (day_of(live), day_of(puzzle)) == (coming(days), coming(5))


def test_it_never_swaps_with_what_is_live() -> None:
    live, puzzle = planned(0, State.APPROVED), planned(5)
    with pytest.raises(review.NotNow):
        planning.move(puzzle, coming(0), live)
    assert (day_of(live), day_of(puzzle)) == (coming(0), coming(5))


def test_it_takes_an_unapproved_puzzle_off_a_day_that_was_missed() -> None:
    puzzle = planned(-1, State.REVIEW)
    planning.move(puzzle, coming(5))
    assert day_of(puzzle) == coming(5)


def test_it_tells_what_goes_live_at_once() -> None:
    latest = clock.last_possible_day(timezone.now())
    approved, draft = planned(None, State.APPROVED), planned(None)
    assert planning.goes_live(approved, latest)
    assert not planning.goes_live(approved, latest + timedelta(days=1))
    assert not planning.goes_live(draft, latest)


# What others do meanwhile


def test_it_refuses_a_day_that_somebody_has_taken() -> None:
    puzzle, theirs = planned(5), planned(6)
    with pytest.raises(planning.Meanwhile, match="has another puzzle by now"):
        planning.move(puzzle, coming(6))
    assert (day_of(puzzle), day_of(theirs)) == (coming(5), coming(6))


def test_it_refuses_to_move_what_somebody_has_moved() -> None:
    puzzle = planned(5)
    seen = Puzzle.objects.get(pk=puzzle.pk)
    planning.move(puzzle, coming(7))
    with pytest.raises(planning.Meanwhile, match="was moved by somebody else"):
        planning.move(seen, coming(8))
    assert day_of(puzzle) == coming(7)


def test_it_refuses_to_swap_with_what_has_left_the_day() -> None:
    one, two = planned(5), planned(6)
    seen = Puzzle.objects.get(pk=two.pk)
    planning.move(two, coming(7))
    with pytest.raises(planning.Meanwhile):
        planning.move(one, coming(6), seen)
    assert (day_of(one), day_of(two)) == (coming(5), coming(7))


def test_it_refuses_what_is_deleted_meanwhile() -> None:
    puzzle, other = planned(5), planned(6)
    Puzzle.objects.filter(pk=puzzle.pk).delete()
    with pytest.raises(planning.Meanwhile):
        planning.move(puzzle, coming(6), other)
    assert day_of(other) == coming(6)


def test_it_lets_other_database_faults_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("the server is gone")

    monkeypatch.setattr(planning, "_lock", fail)
    with pytest.raises(OperationalError):
        planning.move(planned(5), coming(6))


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run all calls from threads that start together; give their results or refusals."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return call()
        except StudioError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def fresh(puzzle: Puzzle) -> Puzzle:
    return Puzzle.objects.get(pk=puzzle.pk)


@pytest.mark.django_db(transaction=True)
def test_it_gives_a_day_once_when_many_want_it() -> None:
    puzzles = [planned(20 + n) for n in range(5)]
    results = at_once(*(partial(planning.move, puzzle, coming(5)) for puzzle in puzzles))
    assert [result for result in results if result is None] == [None]
    assert sum(isinstance(result, planning.Meanwhile) for result in results) == 4
    assert sum(day_of(puzzle) == coming(5) for puzzle in puzzles) == 1
    assert sum(day_of(puzzle) == coming(20 + n) for n, puzzle in enumerate(puzzles)) == 4


@pytest.mark.django_db(transaction=True)
def test_it_swaps_once_when_two_editors_swap_the_same_two() -> None:
    one, two = planned(5), planned(6)
    results = at_once(
        partial(planning.move, fresh(one), coming(6), fresh(two)),
        partial(planning.move, fresh(two), coming(5), fresh(one)),
    )
    assert sorted(str(result is None) for result in results) == ["False", "True"]
    assert (day_of(one), day_of(two)) == (coming(6), coming(5))


@pytest.mark.django_db(transaction=True)
def test_it_loses_no_puzzle_when_many_swap_in_a_ring() -> None:
    ring = [planned(5 + n) for n in range(5)]
    at_once(
        *(
            partial(planning.move, fresh(puzzle), coming(5 + (n + 1) % 5), fresh(ring[(n + 1) % 5]))
            for n, puzzle in enumerate(ring)
        )
    )
    assert sorted(filter(None, map(day_of, ring))) == [coming(5 + n) for n in range(5)]


@pytest.mark.django_db(transaction=True)
def test_it_plans_all_or_nothing_when_two_plan_the_same_days() -> None:
    ours, theirs = ([planned(None) for _ in range(10)] for _ in range(2))
    days = [coming(n) for n in range(5, 15)]
    results = at_once(
        partial(planning.plan, list(zip(ours, days, strict=True))),
        partial(planning.plan, list(zip(theirs, reversed(days), strict=True))),
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, planning.Meanwhile) for result in results) == 1
    held = [sum(day_of(puzzle) is not None for puzzle in each) for each in (ours, theirs)]
    assert sorted(held) == [0, 10]


@pytest.mark.django_db(transaction=True)
def test_it_refuses_when_two_hold_what_the_other_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadlock, made for certain: each has its own day written before it wants the other's."""
    one, two = planned(None), planned(None)
    written, barrier = planning._write, Barrier(2)

    def write(locked: planning.Pairs) -> None:
        (puzzle, day), *_rest = locked
        written([(puzzle, day)])
        barrier.wait(timeout=60)
        other = coming(6) if day == coming(5) else coming(5)
        written([(puzzle, other)])

    monkeypatch.setattr(planning, "_write", write)
    results = at_once(
        partial(planning.move, one, coming(5)), partial(planning.move, two, coming(6))
    )
    assert sum(isinstance(result, planning.Meanwhile) for result in results) >= 1
    assert len({day_of(one), day_of(two)}) == 2


@pytest.mark.django_db(transaction=True)
def test_it_lets_the_reserve_pass_over_what_somebody_is_planning() -> None:
    first, second = factories.make_puzzle(None), factories.make_puzzle(None)
    is_held, is_filled = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Puzzle.objects.select_for_update().get(pk=first.pk)
            is_held.set()
            assert is_filled.wait(timeout=60)

    def fill() -> object:
        assert is_held.wait(timeout=60)
        try:
            return reserve.fill(coming(0))
        finally:
            is_filled.set()

    _held, stand_in = at_once(hold, fill)
    assert stand_in is not None
    assert (day_of(first), day_of(second)) == (None, coming(0))

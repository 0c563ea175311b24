"""Tries that come at the same instant, each from a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from game import play
from game.models import Play, Try
from tests import factories
from tests.factories import WRONG

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run all calls from threads that start together; give their results or errors."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return call()
        except play.PlayError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("number", [1, 2])
def test_it_records_one_when_different_tries_come_at_the_same_instant(number: int) -> None:
    puzzle, player = factories.make_puzzle(candidates=0), factories.make_player()
    factories.take_guesses(player, puzzle, *[WRONG] * (number - 1))
    results = at_once(
        *(
            partial(play.take_guess, player, puzzle, number, ["", "", "", word])
            for word in ("cow", "pig", "hen", "owl", "bat", "ant")
        )
    )
    assert sum(isinstance(result, play.WrongTry) for result in results) == 5
    assert sum(isinstance(result, dict) for result in results) == 1
    assert Try.objects.count() == number
    assert Play.objects.count() == 1


@pytest.mark.parametrize("number", [1, 6])
def test_it_answers_both_when_the_same_try_comes_twice_at_the_same_instant(number: int) -> None:
    puzzle, player = factories.make_puzzle(candidates=0), factories.make_player()
    factories.take_guesses(player, puzzle, *[WRONG] * (number - 1))
    results = at_once(*[lambda: play.take_guess(player, puzzle, number, ["", "", "", "owl"])] * 6)
    assert [result for result in results if result != play.state(puzzle, player)] == []
    assert Try.objects.count() == number


def test_it_records_six_when_a_player_sends_all_numbers_many_times_at_once() -> None:
    puzzle, player = factories.make_puzzle(candidates=0), factories.make_player()

    def storm() -> None:
        for turn in range(12):
            state = play.state(puzzle, player)
            if state["finished"]:
                return
            try:
                play.take_guess(player, puzzle, state["next_try"], ["", "", "", f"z{turn:02}"])
            except (play.WrongTry, play.Finished):
                pass

    at_once(*[storm] * 6)
    assert list(Try.objects.order_by("number").values_list("number", flat=True)) == [*range(1, 7)]
    assert Play.objects.get().finished_at is not None

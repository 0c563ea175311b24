"""Tries that come at the same instant, each from a connection of its own."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from game.models import Play, Try
from game.players import identity
from game.playing import play
from tests import factories
from tests.factories import WRONG

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run all calls from threads that start together; give their results or errors."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
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
    factories.take_guesses(player, puzzle, *factories.WRONGS[: number - 1])
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
    factories.take_guesses(player, puzzle, *factories.WRONGS[: number - 1])
    results = at_once(*[lambda: play.take_guess(player, puzzle, number, ["", "", "", "owl"])] * 6)
    assert [result for result in results if result != play.state(puzzle, player)] == []
    assert Try.objects.count() == number


def test_it_records_six_when_a_player_sends_all_numbers_many_times_at_once() -> None:
    puzzle, player = factories.make_puzzle(candidates=0), factories.make_player()

    def storm(own: int) -> None:
        for turn in range(12):
            state = play.state(puzzle, player)
            if state["finished"]:
                return
            try:
                play.take_guess(player, puzzle, state["next_try"], ["", "", "", f"{own}{turn:02}"])
            except (play.WrongTry, play.Finished):
                pass

    at_once(*[partial(storm, own) for own in range(6)])
    assert list(Try.objects.order_by("number").values_list("number", flat=True)) == [*range(1, 7)]
    assert Play.objects.get().finished_at is not None


# So many at a time; PostgreSQL lets a hundred in.
THREADS, REQUESTS = 20, 200


@pytest.fixture
def today(settings: Settings) -> str:
    """The address that tries go to."""
    settings.FIRST_DAY = timezone.localdate()
    factories.make_puzzle(1, candidates=6)
    return "/puzzle/1/tries/"


def first_try(url: str) -> str:
    """The cookie of a player who has just begun."""
    client = Client()
    sent = {"try": 1, "words": WRONG}
    assert client.post(url, sent, content_type="application/json").status_code == 200
    return client.cookies[identity.COOKIE].value


def send(url: str, cookie: str, number: int, words: list[str], *, is_form: bool = False) -> Any:
    """From a browser of its own: the whole site answers, from its middleware to its database."""
    client = Client()
    client.cookies[identity.COOKIE] = cookie
    if is_form:
        fields = {f"word-{index}": word for index, word in enumerate(words)}
        return client.post(url, {"try": str(number)} | fields)
    return client.post(url, {"try": number, "words": words}, content_type="application/json")


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run many calls from a few threads that start together and go on as fast as they can."""
    barrier = Barrier(THREADS)

    def run(own: list[Callable[[], Any]]) -> list[Any]:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return [call() for call in own]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        shares = [list(calls[first::THREADS]) for first in range(THREADS)]
        return [answer for answers in pool.map(run, shares) for answer in answers]


def test_it_records_six_of_two_hundred_tries_that_come_together(today: str) -> None:
    cookie = first_try(today)
    calls = [
        partial(send, today, cookie, 2 + turn % 5, ["", "", "", f"z{turn:02}"[-3:]])
        for turn in range(REQUESTS)
    ]
    # In whatever order they arrive, the next one is among those that follow.
    answers = together(*calls)
    while not Play.objects.get().finished_at:
        answers += together(*calls)
    assert {answer.status_code for answer in answers} == {200, 409}
    assert sum(answer.status_code == 200 for answer in answers) >= 5
    assert list(Try.objects.order_by("number").values_list("number", flat=True)) == [*range(1, 7)]


@pytest.mark.parametrize("number", [1, 2, 6])
def test_it_records_a_try_once_when_it_is_sent_twenty_times_both_ways(
    today: str, number: int
) -> None:
    cookie = first_try(today)
    for earlier in range(2, number):
        assert send(today, cookie, earlier, factories.WRONGS[earlier - 1]).status_code == 200
    words = WRONG if number == 1 else ["", "owl", "", ""]
    as_json = [partial(send, today, cookie, number, words)] * 10
    as_form = [partial(send, today, cookie, number, words, is_form=True)] * 10
    answers = together(*[call for pair in zip(as_json, as_form, strict=True) for call in pair])
    told = {answer.content for answer in answers if answer.status_code == 200}
    assert len(told) == 1
    assert json.loads(told.pop())["tries"][-1]["words"] == words
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [302] * 10
    assert Try.objects.count() == number

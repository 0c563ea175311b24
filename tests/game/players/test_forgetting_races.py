"""Forgetting a player while tries, moves, codes, counts and regradings are on their way.

Each from a connection of its own. What the page says holds whoever comes first, and nobody meets
an error.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from game.models import Figures, MoveCode, Play, Player, Puzzle, Try
from game.players import identity, moving, privacy
from game.playing import figures, play, regrading
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.playing.test_play_races import at_once, today

__all__ = ["today"]
pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 60
SENTENCE = "a zebra and a secret cat"


def told(one: Try) -> str:
    return f"{one.sentence} {' '.join(one.words)}"


def quietly(call: Callable[[], Any]) -> Any:
    """Refusals are answers; everything else that is raised is a page that failed."""
    try:
        return call()
    except (play.PlayError, moving.WrongCode) as refusal:
        return refusal


def shuffled(*calls: Callable[[], Any]) -> list[Callable[[], Any]]:
    return random.Random().sample([partial(quietly, call) for call in calls], len(calls))


def own(player: Player) -> Player:
    """As each request has it: a row of its own in memory."""
    return Player.objects.get(pk=player.pk)


def check_promises() -> None:
    """Tries of nobody hold no words of a sentence; every other play has somebody."""
    blanked = Try.objects.filter(play__player=None)
    assert [told(one) for one in blanked if "zebra" in told(one) or "secret" in told(one)] == []


@pytest.mark.parametrize("number", [1, 2])
def test_it_leaves_no_sentence_when_tries_arrive_at_the_same_instant(number: int) -> None:
    puzzle = factories.make_puzzle(candidates=0)
    for _round in range(ROUNDS):
        player = factories.make_player()
        factories.take_guesses(player, puzzle, *factories.WRONGS[: number - 1])
        tries = [
            partial(play.take_sentence, own(player), puzzle, number, SENTENCE)
            for _twice in range(2)
        ]
        at_once(*shuffled(partial(privacy.forget, own(player)), *tries))
        assert not Player.objects.filter(pk=player.pk).exists()
    assert not Play.objects.exclude(player=None).exists()
    check_promises()


def test_it_holds_no_puzzle_while_a_first_try_waits_for_its_player() -> None:
    """Whoever forgets the player holds the puzzle next: each would wait for the other."""
    puzzle, player = factories.make_puzzle(candidates=0), factories.make_player()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Player.objects.select_for_update().get(pk=player.pk)
            waiting = pool.submit(at_once, partial(play.take_guess, own(player), puzzle, 1, WRONG))
            wait_until_one_waits()
            Puzzle.objects.select_for_update(nowait=True, no_key=True).get(pk=puzzle.pk)
        [state] = waiting.result()
    assert state == play.state(puzzle, player)
    assert Puzzle.objects.get().frozen_board is not None


def wait_until_one_waits() -> None:
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_it_forgets_and_moves_in_one_order() -> None:
    puzzle, other = factories.make_puzzle(1, candidates=0), factories.make_puzzle(2, candidates=0)
    for _round in range(ROUNDS):
        here, there = factories.make_player(), factories.make_player()
        for player in (here, there):
            play.take_sentence(player, puzzle, 1, SENTENCE)
        codes = {here: moving.make_code(here), there: moving.make_code(there)}
        at_once(
            *shuffled(
                partial(moving.move, codes[here], own(there)),
                partial(moving.move, codes[there], own(here)),
                partial(privacy.forget, own(here)),
                partial(moving.make_code, own(here)),
                partial(privacy.share_guesses, own(here), False),
                partial(play.take_sentence, own(there), puzzle, 2, SENTENCE),
                partial(play.take_guess, own(there), other, 1, WRONG),
            )
        )
        assert Player.objects.count() <= 1
        assert not MoveCode.objects.exclude(player__in=Player.objects.all()).exists()
        check_promises()
        Player.objects.all().delete()
        Play.objects.all().delete()


def test_it_brings_no_word_back_by_regrading_or_counting() -> None:
    puzzle = factories.make_puzzle(candidates=0)
    for turn in range(ROUNDS):
        player = factories.make_player()
        play.take_sentence(player, puzzle, 1, "a red zebra and a big secret")
        factories.take_guesses(player, puzzle, ANSWERS)
        puzzle.accepted.create(word="cat", text=f"secret{'s' * turn}")
        at_once(
            *shuffled(
                partial(privacy.forget, own(player)),
                partial(regrading.regrade, puzzle),
                partial(figures.count, puzzle),
                partial(figures.count, puzzle),
            )
        )
        check_promises()
        for due in figures.due():
            figures.count(due)
        assert "zebra" not in str(Figures.objects.get(puzzle=puzzle).wrong)
        Play.objects.all().delete()


def test_it_fails_no_page_when_everything_comes_at_once(today: str) -> None:
    for _round in range(ROUNDS // 4):
        client = Client()
        answer = client.post(today, {"try": 1, "sentence": SENTENCE}, "application/json")
        assert answer.status_code == 200
        cookie = client.cookies[identity.COOKIE].value

        def send(cookie: str, url: str, data: dict[str, Any], kind: str = MULTIPART_CONTENT) -> int:
            browser = Client()
            browser.cookies[identity.COOKIE] = cookie
            return browser.post(url, data, kind).status_code

        post = partial(send, cookie)
        statuses = at_once(
            partial(post, "/privacy/forget/", {}),
            partial(post, today, {"try": 2, "sentence": SENTENCE}, kind="application/json"),
            partial(post, today, {"try": 1, "sentence": SENTENCE}, kind="application/json"),
            partial(post, "/record/code/", {}),
            partial(post, "/privacy/sharing/", {"share": "no"}),
        )
        assert {
            status for status in statuses if not isinstance(status, int) or status >= 500
        } == set()
        check_promises()


def test_it_counts_anew_without_the_words_of_somebody_forgotten() -> None:
    puzzle = factories.make_puzzle(candidates=0)
    player = factories.make_player()
    play.take_sentence(player, puzzle, 1, "a red zebra and a big secret")
    factories.take_guesses(player, puzzle, ANSWERS)
    figures.count(puzzle)
    assert "zebra" in str(Figures.objects.get().wrong)
    privacy.forget(player)
    assert list(figures.due()) == [puzzle]
    figures.count(Puzzle.objects.get())
    assert Figures.objects.get().wrong == []
    assert Figures.objects.get().words == [["red", 1], ["fox", 1], ["big", 1], ["cat", 1]]

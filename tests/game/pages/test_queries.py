"""How often a request asks the database, with transactions that begin and end for real."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from game.models import Play, Puzzle, Try
from game.playing import figures
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.pages.visits import noon_of_day_three, puzzle, send, send_form
from tests.game.rules.warmths import store_table

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db(transaction=True)

Prepare = Callable[[Client], object]

PAGE, TRY = 4, 8
TRANSACTION = ("BEGIN", "COMMIT")
YESTERDAY = "/puzzle/2/tries/"


@contextmanager
def at_most(most: int, *, besides: tuple[str, ...] = ()) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [query["sql"] for query in captured if query["sql"] not in besides]
    assert 0 < len(asked) <= most, "\n".join(asked)


def tell(client: Client, *guesses: list[str], url: str = "/puzzle/3/tries/") -> None:
    for number, words in enumerate(guesses, start=1):
        assert send(client, {"try": number, "words": words}, url).status_code == 200


def hint(client: Client) -> None:
    tell(client, WRONG)
    assert client.post("/puzzle/3/hint/", {"word": "1"}).status_code == 302


def come_back(client: Client) -> None:
    factories.make_puzzle(2)
    tell(client, ANSWERS, url=YESTERDAY)


def leave_a_streak_at_risk(client: Client) -> None:
    """The day before yesterday is solved, yesterday only begun."""
    factories.make_puzzle(1)
    factories.make_puzzle(2)
    tell(client, ANSWERS, url="/puzzle/1/tries/")
    tell(client, WRONG, url=YESTERDAY)
    for days, number in ((2, 1), (1, 2)):
        then = timezone.now() - timedelta(days=days)
        Play.objects.filter(puzzle__play_on=factories.day(number)).update(started_at=then)


STATES: dict[str, Prepare] = {
    "new": lambda client: None,
    "returning": come_back,
    "at risk": leave_a_streak_at_risk,
    "playing": lambda client: tell(client, WRONG, ["red", "", "big", "dog"]),
    "hinted": hint,
    "solved": lambda client: tell(client, WRONG, ANSWERS),
    "unsolved": lambda client: tell(client, *factories.WRONGS),
}


@pytest.mark.parametrize("state", STATES)
def test_it_asks_four_times_for_a_page(client: Client, puzzle: Puzzle, state: str) -> None:
    factories.lose(factories.make_player(), puzzle)
    STATES[state](client)
    for _with_figures in range(2):
        for url in ("/", "/?mode=hard", "/puzzle/3/"):
            with at_most(PAGE):
                page = client.get(url)
            assert page.status_code == 200
        figures.count(puzzle)
    assert ("No. 2" in page.content.decode()) is (state == "at risk")


@pytest.mark.parametrize("guesses", [[], [WRONG], [WRONG, ANSWERS]])
def test_it_asks_four_times_for_a_page_of_the_archive(
    client: Client, puzzle: Puzzle, guesses: list[list[str]]
) -> None:
    factories.make_puzzle(2)
    tell(client, *guesses, url=YESTERDAY)
    with at_most(PAGE):
        assert client.get("/puzzle/2/").status_code == 200


# What comes before the try, its number, and its words.
TRIES: dict[str, tuple[Prepare, int, list[str]]] = {
    "first": (STATES["new"], 1, WRONG),
    "first and last": (STATES["new"], 1, ANSWERS),
    "first of today": (come_back, 1, WRONG),
    "first and last of today": (come_back, 1, ANSWERS),
    "third": (STATES["playing"], 3, ["", "", "", "owl"]),
    "solving": (STATES["playing"], 3, ["", "fox", "", "cat"]),
    "after the hint": (hint, 2, WRONG),
    "solving after the hint": (hint, 2, ANSWERS),
    "losing": (lambda client: tell(client, *factories.WRONGS[:5]), 6, factories.WRONGS[5]),
    "again": (STATES["playing"], 2, ["red", "", "big", "dog"]),
    "out of step": (STATES["playing"], 5, WRONG),
    "too late": (STATES["solved"], 3, WRONG),
}


@pytest.mark.parametrize("is_first_of_all", [False, True])
@pytest.mark.parametrize("case", TRIES)
def test_it_asks_eight_times_for_a_try(
    client: Client, puzzle: Puzzle, case: str, is_first_of_all: bool
) -> None:
    for word in ANSWERS:
        store_table(word, dog=71)
        puzzle.accepted.create(word=word, text="wolf")
        puzzle.corrections.create(word=word, text="owl", warmth=12)
    if not is_first_of_all:
        factories.lose(factories.make_player(), puzzle)
    prepare, number, words = TRIES[case]
    prepare(client)
    with at_most(TRY, besides=TRANSACTION):
        send(client, {"try": number, "words": words})


@pytest.mark.parametrize("case", ["first", "first of today", "third", "solving", "losing"])
def test_it_asks_eight_times_for_an_everyday_try_with_its_transaction(
    client: Client, puzzle: Puzzle, case: str
) -> None:
    factories.lose(factories.make_player(), puzzle)
    prepare, number, words = TRIES[case]
    prepare(client)
    made = Try.objects.count()
    with at_most(TRY):
        assert send(client, {"try": number, "words": words}).status_code == 200
    assert Try.objects.count() == made + 1


def test_it_asks_eight_times_for_a_try_when_it_is_a_form(client: Client, puzzle: Puzzle) -> None:
    for number, words in enumerate([*factories.WRONGS[:2], ANSWERS], start=1):
        with at_most(TRY, besides=TRANSACTION):
            assert send_form(client, number, words).status_code == 302


def test_it_goes_on_with_nobodys_play_for_no_stranger(client: Client, puzzle: Puzzle) -> None:
    tell(client, WRONG)
    Play.objects.update(player=None)
    for stranger in (Client(), client):
        assert send(stranger, {"try": 2, "words": ANSWERS}).status_code == 409
        assert stranger.post("/puzzle/3/hint/", {"word": "1"}).status_code == 409
    assert Try.objects.count() == 1

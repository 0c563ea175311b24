"""What a finished play is shown: ranks, the film, and what several players guessed."""

from typing import Any

import pytest
from django.test import Client

from game.models import Figures, Puzzle
from game.playing import figures, play, reveal
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.rules.warmths import store_table

pytestmark = pytest.mark.django_db

Rows = list[tuple[str, str, int, int | None]]


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(1)


def with_figures(puzzle: Puzzle, *rows: Any, plays: int = 500) -> reveal.Reveal:
    words = [[word, 9] for word in ("red", "fox", "big", "cat")]
    # From as many places as there were plays, unless a row says another number.
    wrong = [[*row, row[2]] if len(row) == 4 else list(row) for row in rows]
    Figures.objects.create(puzzle=puzzle, plays=plays, words=words, wrong=wrong)
    return reveal.of(puzzle)


def told(rows: list[reveal.Wrong]) -> list[str]:
    return [wrong.guess for wrong in rows]


def film(puzzle: Puzzle, rank: int) -> None:
    puzzle.candidates.filter(rank=rank).update(film="films/ab/film.webp")


def test_it_goes_from_the_best_ranked_picture_on(puzzle: Puzzle) -> None:
    shown = reveal.of(puzzle)
    assert [one.rank for one in (shown.first, *shown.others)] == [1, 2, 3, 4, 5, 6]
    assert shown.count == 9


@pytest.mark.parametrize("rank", [1, 4, 8])
def test_it_begins_with_the_picture_that_has_a_film(puzzle: Puzzle, rank: int) -> None:
    film(puzzle, rank)
    shown = reveal.of(puzzle)
    assert shown.first.rank == rank
    assert [one.rank for one in shown.others] == [n for n in range(1, 7) if n != rank]


def test_it_shows_no_guesses_before_any_were_counted(puzzle: Puzzle) -> None:
    shown = reveal.of(puzzle)
    assert (shown.wrong, shown.furthest) == ({}, [])


def test_it_shows_only_words_that_many_tried_from_many_places(puzzle: Puzzle) -> None:
    shown = with_figures(
        puzzle,
        ("cat", "dog", 10, 60),
        ("cat", "lion", 9, 60),
        ("cat", "tiger", 40, 60, 9),
        # As it was counted before sources were.
        ("cat", "bear", 90, 60, 0),
        ("fox", "joe smith", 90, None),
        ("fox", "xqzzy", 90, None),
        ("fox", "012", 90, None),
    )
    assert {word: told(rows) for word, rows in shown.wrong.items()} == {"cat": ["dog"]}


@pytest.mark.parametrize(("plays", "is_shown"), [(500, True), (501, False)])
def test_it_shows_what_one_in_fifty_tried(puzzle: Puzzle, plays: int, is_shown: bool) -> None:
    shown = with_figures(puzzle, ("cat", "dog", 10, 60), plays=plays)
    assert bool(shown.wrong) is is_shown


def test_it_shows_nothing_that_three_players_put_there(puzzle: Puzzle) -> None:
    """Each plays to the end from a browser of its own, all from one address."""
    for word in ("jew", "ape", "dog"):
        for _player in range(4):
            browser = Client()
            for number, words in enumerate([["", "", "", word], ANSWERS], start=1):
                sent = {"try": number, "words": words}
                answer = browser.post(f"/puzzle/{puzzle.number}/tries/", sent, "application/json")
                assert answer.status_code == 200
    figures.count(puzzle)
    row = Figures.objects.get()
    assert [(plays, sources) for _w, _g, plays, _warmth, sources in row.wrong] == [(4, 1)] * 3
    assert reveal.of(Puzzle.objects.get()).wrong == {}


def test_it_shows_the_most_frequent_by_word_in_the_order_of_the_board(puzzle: Puzzle) -> None:
    guesses = ("dog", "bear", "horse", "lion", "hen", "bee")
    rows: Rows = [("cat", guess, 90 - n, 50) for n, guess in enumerate(guesses)]
    shown = with_figures(puzzle, *rows, ("fox", "owl", 15, 40))
    assert list(shown.wrong) == ["fox", "cat"]
    assert told(shown.wrong["cat"]) == ["dog", "bear", "horse", "lion", "hen"]


def test_it_shows_the_coldest_of_all_as_furthest(puzzle: Puzzle) -> None:
    shown = with_figures(
        puzzle,
        ("cat", "dog", 20, 71),
        ("cat", "bus", 19, 0),
        ("fox", "pen", 18, 0),
        ("fox", "ink", 17, None),
        ("big", "tea", 16, 2),
        ("red", "ice", 15, 3),
        ("red", "mud", 12, 0),
    )
    assert told(shown.furthest) == ["bus", "pen", "tea"]


def test_it_names_the_word_that_most_found_when_enough_have_played(puzzle: Puzzle) -> None:
    assert reveal.of(puzzle).best_known is None
    row = Figures.objects.create(
        puzzle=puzzle, plays=reveal.FEWEST - 1, words=[["red", 1], ["fox", 2]], wrong=[]
    )
    assert reveal.of(puzzle).best_known is None
    row.plays = reveal.FEWEST + 10
    row.save()
    puzzle.refresh_from_db()
    assert reveal.of(puzzle).best_known == ("fox", 200 // (reveal.FEWEST + 10))


def test_it_shows_what_was_really_guessed(puzzle: Puzzle) -> None:
    store_table("cat", dog=64)
    for source in range(reveal.FEWEST):
        player = factories.make_player()
        for number, words in enumerate([WRONG, ANSWERS], start=1):
            play.take_guess(player, puzzle, number, words, source=source)
    figures.count(puzzle)
    shown = reveal.of(Puzzle.objects.get())
    expected: dict[str, Any] = {"cat": [("cat", WRONG[-1], 10, 64, 10)]}
    assert shown.wrong == expected

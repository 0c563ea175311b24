"""What a finished play is shown: ranks, the film, and what several players guessed."""

from typing import Any

import pytest

from game import figures, reveal
from game.models import Figures, Puzzle
from tests import factories
from tests.factories import WRONG
from tests.game.warmths import store_table

pytestmark = pytest.mark.django_db

Rows = list[tuple[str, str, int, int | None]]


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(1)


def with_figures(puzzle: Puzzle, *rows: tuple[str, str, int, int | None]) -> reveal.Reveal:
    words = [[word, 9] for word in ("red", "fox", "big", "cat")]
    Figures.objects.create(puzzle=puzzle, plays=9, words=words, wrong=[list(row) for row in rows])
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


def test_it_shows_only_words_that_three_players_tried(puzzle: Puzzle) -> None:
    shown = with_figures(
        puzzle,
        ("cat", "dog", 3, 60),
        ("cat", "rat", 2, 60),
        ("fox", "joe smith", 9, None),
        ("fox", "xqzzy", 9, None),
        ("fox", "012", 9, None),
    )
    assert {word: told(rows) for word, rows in shown.wrong.items()} == {"cat": ["dog"]}


def test_it_shows_the_most_frequent_by_word_in_the_order_of_the_board(puzzle: Puzzle) -> None:
    guesses = ("dog", "rat", "cow", "pig", "hen", "bee")
    rows: Rows = [("cat", guess, 90 - n, 50) for n, guess in enumerate(guesses)]
    shown = with_figures(puzzle, *rows, ("fox", "owl", 5, 40))
    assert list(shown.wrong) == ["fox", "cat"]
    assert told(shown.wrong["cat"]) == ["dog", "rat", "cow", "pig", "hen"]


def test_it_shows_the_coldest_of_all_as_furthest(puzzle: Puzzle) -> None:
    shown = with_figures(
        puzzle,
        ("cat", "dog", 20, 71),
        ("cat", "bus", 9, 0),
        ("fox", "pen", 8, 0),
        ("fox", "ink", 7, None),
        ("big", "tea", 6, 2),
        ("red", "ice", 5, 3),
        ("red", "mud", 2, 0),
    )
    assert told(shown.furthest) == ["bus", "pen", "tea"]


def test_it_shows_what_was_really_guessed(puzzle: Puzzle) -> None:
    store_table("cat", dog=64)
    for _ in range(3):
        factories.lose(factories.make_player(), puzzle)
    figures.count(puzzle)
    shown = reveal.of(Puzzle.objects.get())
    expected: dict[str, Any] = {"cat": [("cat", WRONG[-1], 3, 64)]}
    assert shown.wrong == expected

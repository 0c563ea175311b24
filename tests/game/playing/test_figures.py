"""What everyone's plays come to: counted play by play here, in a stream there."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from game.models import Figures, Play, Player, Puzzle, Try
from game.nights import tasks
from game.playing import figures, play, regrading, telling
from game.rules import boards
from game.rules.boards import Verdict
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.rules.warmths import store_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(1, candidates=0)


def finish(puzzle: Puzzle, *guesses: list[str], is_hard: bool = False) -> Play:
    """Play to the end: what is left of the six tries guesses nothing new.

    Today that would cost no try, and a play went on; plays of before are counted all the same.
    """
    player = factories.make_player()
    for number, words in enumerate(guesses, start=1):
        play.take_guess(player, puzzle, number, words, is_hard=is_hard)
    played = Play.objects.get(player=player, puzzle=puzzle)
    if played.finished_at is None:
        last = played.tries.latest("number")
        for number in range(last.number + 1, boards.TRIES + 1):
            last.pk, last.number = None, number
            last.save(force_insert=True)
        played.finished_at, played.best_score = timezone.now(), last.score
        played.save()
    return played


def counted(puzzle: Puzzle) -> Figures:
    figures.count(puzzle)
    return Figures.objects.get(puzzle=puzzle)


def by_hand(puzzle: Puzzle) -> dict[str, Any]:
    """Slow and obvious: every play by itself, each try as players are told of it."""
    found: Counter[int] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    solved: Counter[int] = Counter()
    plays = Play.objects.filter(puzzle=puzzle).exclude(finished_at=None)
    for one in plays:
        board = puzzle.board(one.is_hard)
        hidden = [place for place, word in enumerate(board) if not word.is_given]
        tries = telling.until_solved(list(one.tries.order_by("number")))
        if telling.is_solved(tries[-1]):
            solved[len(tries)] += 1
        right, missed = set(), set()
        for each in tries:
            for place, guess, mark in zip(hidden, each.words, telling.marks(each), strict=True):
                if mark.is_right:
                    right.add(place)
                elif mark.verdict is Verdict.WRONG:
                    missed.add((board[place].text, guess))
        found.update(right)
        wrong.update(missed)
    words = [(place, word.text) for place, word in enumerate(puzzle.board()) if not word.is_given]
    texts = {text for _place, text in words}
    return {
        "plays": plays.count(),
        "solved": solved.total(),
        "distribution": [solved[tries] for tries in range(1, 7)],
        "words": [[text, found[place]] for place, text in words],
        "wrong": {(*pair, plays) for pair, plays in wrong.items() if pair[0] in texts},
    }


def as_told(row: Figures) -> dict[str, Any]:
    names = ("plays", "solved", "distribution", "words")
    wrong = {(word, guess, plays) for word, guess, plays, *_rest in row.wrong}
    return {name: getattr(row, name) for name in names} | {"wrong": wrong}


def test_it_counts_finished_plays_alone(puzzle: Puzzle) -> None:
    finish(puzzle, ANSWERS)
    finish(puzzle, ["red", "", "", ""], ["", "dog", "", "dog"], ANSWERS)
    finish(puzzle, ["red", "owl", "", ""])
    factories.take_guesses(factories.make_player(), puzzle, ["", "", "", "rat"])
    row = counted(puzzle)
    assert (row.plays, row.solved, row.distribution) == (3, 2, [1, 0, 1, 0, 0, 0])
    assert row.words == [["red", 3], ["fox", 2], ["big", 2], ["cat", 2]]
    assert row.wrong == [
        ["cat", "dog", 1, None, 0],
        ["fox", "dog", 1, None, 0],
        ["fox", "owl", 1, None, 0],
    ]


def test_it_counts_as_slowly_by_hand(puzzle: Puzzle) -> None:
    finish(puzzle, ANSWERS)
    finish(puzzle, ["tan", "cat", "big", "dog"], ["red", "dog", "", ""], ANSWERS)
    finish(puzzle, ["a", "red", "ape", "but", "a", "big", "dog"], is_hard=True)
    finish(puzzle, ["", "dog", "", "dog"], ["", "dog", "", "rat"])
    finish(puzzle, ["", "owl", "fat", "dog"])
    assert as_told(counted(puzzle)) == by_hand(puzzle)


def test_it_counts_a_guess_once_a_play_and_the_most_frequent_first(puzzle: Puzzle) -> None:
    finish(puzzle, ["", "", "", "dog"])
    finish(puzzle, ["", "", "", "dog"], ["", "", "", "rat"])
    finish(puzzle, ["", "ape", "", "rat"])
    finish(puzzle, ["", "ape", "", "rat"])
    rows = [(guess, plays) for _word, guess, plays, *_rest in counted(puzzle).wrong]
    assert rows == [("rat", 3), ("dog", 2), ("ape", 2)]


def test_it_leaves_out_right_words_in_a_wrong_place(puzzle: Puzzle) -> None:
    finish(puzzle, ["fox", "cat", "", ""], ["", "foe", "", ""], ANSWERS)
    assert [row[:2] for row in counted(puzzle).wrong] == [["fox", "foe"]]


def test_it_counts_only_words_that_everyone_had_to_find(puzzle: Puzzle) -> None:
    finish(puzzle, ["o", "tan", "fox", "but", "o", "big", "cat"], is_hard=True)
    row = counted(puzzle)
    assert row.words == [["red", 0], ["fox", 1], ["big", 1], ["cat", 1]]
    assert [pair[:2] for pair in row.wrong] == [["red", "tan"]]


def test_it_tells_the_warmth_of_a_guess(puzzle: Puzzle) -> None:
    store_table("cat", dog=64)
    puzzle.corrections.create(word="cat", text="cow", warmth=31)
    finish(puzzle, ["", "", "", "dog"], ["", "", "", "cow"], ["", "", "", "pyx"])
    warmths = {guess: warmth for _word, guess, _plays, warmth, _sources in counted(puzzle).wrong}
    assert warmths == {"dog": 64, "cow": 31, "pyx": None}


def test_it_leaves_out_what_is_not_for_showing() -> None:
    puzzle = factories.make_puzzle(1, "a tiger near a hotel", candidates=0)
    for guess in ("penis", "01234", "gmail", "lions"):
        finish(puzzle, [guess, "", ""])
    assert [row[1] for row in counted(puzzle).wrong] == ["lions"]


def test_it_keeps_the_most_frequent_of_many_guesses() -> None:
    puzzle = factories.make_puzzle(1, "a cat", candidates=0)
    words = [str(number) for number in range(100, 140)]
    for words_of_one in (words[n : n + 6] for n in range(0, 36, 6)):
        finish(puzzle, *[[word] for word in words_of_one])
    finish(puzzle, [words[30]])
    row = counted(puzzle)
    assert len(row.wrong) == figures.MOST_A_WORD
    assert row.wrong[0] == ["cat", words[30], 2, None, 0]


def test_it_counts_the_same_when_it_counts_again(puzzle: Puzzle) -> None:
    finish(puzzle, ["", "", "", "dog"], ANSWERS)
    first = counted(puzzle)
    again = counted(puzzle)
    assert again.pk == first.pk
    assert as_told(again) == as_told(first)
    assert again.counted_at > first.counted_at
    finish(puzzle, ANSWERS)
    assert counted(puzzle).plays == 2


def test_it_keeps_the_plays_of_players_who_asked_to_be_forgotten(puzzle: Puzzle) -> None:
    finish(puzzle, ANSWERS)
    Player.objects.all().delete()
    assert counted(puzzle).plays == 1


def test_it_counts_nothing_of_a_puzzle_that_nobody_finished(puzzle: Puzzle) -> None:
    row = counted(puzzle)
    assert as_told(row) == by_hand(puzzle)
    assert (row.plays, row.wrong) == (0, [])


# What is due


def test_it_is_due_when_a_play_has_ended_since(puzzle: Puzzle) -> None:
    assert list(figures.due()) == []
    factories.take_guesses(factories.make_player(), puzzle, WRONG)
    assert list(figures.due()) == []
    ended = finish(puzzle, ANSWERS)
    assert list(figures.due()) == [puzzle]
    figures.count(puzzle)
    Play.objects.update(finished_at=timezone.now() - figures.LEEWAY - timedelta(seconds=1))
    assert list(figures.due()) == []
    # As if it had been recorded while the count ran.
    ended.finished_at = timezone.now() - figures.LEEWAY / 2
    ended.save()
    assert list(figures.due()) == [puzzle]


def test_it_counts_what_is_due_as_a_task(puzzle: Puzzle) -> None:
    other = factories.make_puzzle(2, candidates=0)
    factories.make_puzzle(3, candidates=0)
    finish(puzzle, ANSWERS)
    finish(other, ANSWERS)
    tasks.count_figures()
    assert set(Figures.objects.values_list("puzzle", "solved")) == {(puzzle.pk, 1), (other.pk, 1)}


def test_it_counts_anew_after_regrading(puzzle: Puzzle) -> None:
    finish(puzzle, ["red", "fox", "big", "dog"])
    assert counted(puzzle).wrong == [["cat", "dog", 1, None, 0]]
    puzzle.accepted.create(word="cat", text="dog")
    tasks.regrade_puzzle(puzzle.pk)
    row = Figures.objects.get(puzzle=puzzle)
    assert (row.solved, row.distribution[0], row.wrong) == (1, 1, [])
    assert row.words[-1] == ["cat", 1]
    assert as_told(row) == by_hand(puzzle)


def test_it_leaves_out_tries_after_the_one_that_solves(puzzle: Puzzle) -> None:
    """An answer accepted later can solve a play before its last try."""
    finish(puzzle, ["red", "fox", "big", "dog"], ["red", "fox", "big", "rat"], ANSWERS)
    puzzle.accepted.create(word="cat", text="dog")
    regrading.regrade(puzzle)
    assert Try.objects.count() == 3
    row = counted(puzzle)
    assert (row.distribution, row.wrong) == ([1, 0, 0, 0, 0, 0], [])
    assert len(row.distribution) == boards.TRIES
    assert as_told(row) == by_hand(puzzle)


def test_it_counts_from_how_many_sources_a_guess_came(puzzle: Puzzle) -> None:
    for source in (7, 7, 8, None):
        player = factories.make_player()
        for number, words in enumerate([WRONG, ANSWERS], start=1):
            play.take_guess(player, puzzle, number, words, source=source)
    assert counted(puzzle).wrong == [["cat", "dog", 4, None, 2]]

"""Tries that are refused: each says why, and changes nothing."""

import pytest

from game.models import Player, Puzzle
from game.playing import play
from tests import factories
from tests.factories import ANSWERS, WRONG

pytestmark = pytest.mark.django_db


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle()


@pytest.fixture
def player() -> Player:
    return factories.make_player()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, ["red", "fox", "", ""]),
        (1, ["", "fox", "", ""]),
        (2, ["", "fax", "", ""]),
        (2, ["rod", "fox", "", ""]),
        (4, ["", "", "big", ""]),
        (7, ["", "", "big", ""]),
        (0, ["", "", "big", ""]),
        (-1, ["", "", "big", ""]),
        (10**30, ["", "", "big", ""]),
    ],
)
def test_it_refuses_a_try_when_its_number_is_not_the_next(
    puzzle: Puzzle, player: Player, number: int, words: list[str]
) -> None:
    factories.take_guesses(player, puzzle, ["red", "", "", ""], ["", "fox", "", ""])
    before = factories.playing_rows()
    with pytest.raises(play.WrongTry, match="isn't your next try") as caught:
        play.take_guess(player, puzzle, number, words)
    assert (caught.value.status, caught.value.code) == (409, "wrong_try")
    assert factories.playing_rows() == before


@pytest.mark.parametrize("number", [0, 2, 6, 7])
def test_it_refuses_a_first_try_when_its_number_is_not_one(puzzle: Puzzle, number: int) -> None:
    for player in (Player(), factories.make_player()):
        before = factories.playing_rows()
        with pytest.raises(play.WrongTry):
            play.take_guess(player, puzzle, number, WRONG)
        assert factories.playing_rows() == before


@pytest.mark.parametrize("number", [1, 2, 6, 7, 8])
@pytest.mark.parametrize("tries", [[WRONG] * 6, [WRONG, ANSWERS]])
def test_it_refuses_another_try_when_the_play_is_finished(
    puzzle: Puzzle, player: Player, tries: list[list[str]], number: int
) -> None:
    factories.take_guesses(player, puzzle, *tries)
    before = factories.playing_rows()
    with pytest.raises(play.Finished, match="finished") as caught:
        play.take_guess(player, puzzle, number, ["", "", "", "cow"])
    assert (caught.value.status, caught.value.code) == (409, "finished")
    assert factories.playing_rows() == before


# Bad input


BAD_WORDS: list[tuple[object, str]] = [
    (None, "list of words"),
    ("red", "list of words"),
    ({"0": "red"}, "list of words"),
    (["red"] * 10_000, "list of words"),
    (["", None, "", ""], "must be text"),
    (["", 7, "", ""], "must be text"),
    (["", ["fox"], "", ""], "must be text"),
    ([], "needed 4, given 0"),
    (["", "fox", ""], "needed 4, given 3"),
    (["", "fox", "", "", ""], "needed 4, given 5"),
    (["", "", "", ""], "at least one word"),
    ([" ", "...", "\n", "\u200b"], "at least one word"),
    (["", "x" * 10_000, "", ""], "at most 64 characters"),
    (["", "x" * 64, "", ""], "Word 3 .*needed 3, given 64"),
    (["", "ox", "", ""], "Word 3 .*needed 3, given 2"),
    (["", "", "", "a b"], "Word 7 is a single word"),
    (["", "🦊🦊🦊", "", ""], "Word 3 may hold only"),
    (["", "fo\x00", "", ""], "Word 3 may hold only"),
    (["", "\x1b[3", "", ""], "Word 3 may hold only"),
    (["", "\ud800ox", "", ""], "Word 3 may hold only"),
    (["", "кот", "", ""], "Word 3 may hold only"),
]
FOUND_WORDS = [
    (["red", "", "", ""], "at least one word"),
    (["rod", "fox", "", ""], "Word 2 is already found"),
]
BAD_NUMBERS: list[object] = [None, "2", 2.0, True, [2], {}]


@pytest.mark.parametrize(("words", "message"), [*BAD_WORDS, *FOUND_WORDS])
def test_it_refuses_a_try_when_its_words_are_malformed(
    puzzle: Puzzle, player: Player, words: object, message: str
) -> None:
    factories.take_guesses(player, puzzle, ["red", "", "", ""])
    before = factories.playing_rows()
    with pytest.raises(play.BadGuess, match=message) as caught:
        play.take_guess(player, puzzle, 2, words)
    assert (caught.value.status, caught.value.code) == (422, "bad_guess")
    assert caught.value.message == str(caught.value)
    assert factories.playing_rows() == before
    # And the right one is still taken.
    play.take_guess(player, puzzle, 2, ["", "fox", "", ""])


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_it_refuses_a_try_when_its_number_is_malformed(
    puzzle: Puzzle, player: Player, number: object
) -> None:
    factories.take_guesses(player, puzzle, WRONG)
    before = factories.playing_rows()
    with pytest.raises(play.BadGuess, match="number of the try"):
        play.take_guess(player, puzzle, number, ["", "fox", "", ""])
    assert factories.playing_rows() == before


@pytest.mark.parametrize("words", [words for words, _ in BAD_WORDS])
def test_it_leaves_no_player_behind_when_a_first_try_is_malformed(
    puzzle: Puzzle, words: object
) -> None:
    player = Player()
    with pytest.raises(play.BadGuess):
        play.take_guess(player, puzzle, 1, words)
    assert factories.playing_rows() == [[], [], []]
    # Nor would its cookie name a row that was rolled back.
    assert not player.pk

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
@pytest.mark.parametrize("tries", [factories.WRONGS, [WRONG, ANSWERS]])
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


# What would tell nothing costs nothing


AGAIN = "You have tried exactly that before"


def test_it_takes_no_try_that_was_made_before(puzzle: Puzzle, player: Player) -> None:
    factories.take_guesses(player, puzzle, ["", "owl", "", "dog"], ["red", "cow", "", ""])
    before = factories.playing_rows()
    # Word for word, with a found word sent again, or put together from earlier tries.
    for words in (["", "owl", "", "dog"], ["red", "owl", "", ""], ["", "cow", "", "dog"]):
        with pytest.raises(play.BadGuess, match=AGAIN):
            play.take_guess(player, puzzle, 3, words)
    assert factories.playing_rows() == before
    assert play.take_guess(player, puzzle, 3, ["", "dog", "", "owl"])["next_try"] == 4


def test_it_takes_no_sentence_that_was_made_before(puzzle: Puzzle, player: Player) -> None:
    play.take_sentence(player, puzzle, 1, "a dog and an owl")
    with pytest.raises(play.BadGuess, match=AGAIN):
        play.take_sentence(player, puzzle, 2, "The dog and the owl!")
    assert play.take_sentence(player, puzzle, 2, "an owl and a dog")["next_try"] == 3


@pytest.mark.parametrize("made", [[], [WRONG]])
def test_it_takes_no_word_that_is_none(
    puzzle: Puzzle, player: Player, made: list[list[str]]
) -> None:
    factories.take_guesses(player, puzzle, *made)
    before = factories.playing_rows()
    with pytest.raises(play.BadGuess, match=r"“qxz” is in no word list\. Nothing was spent\."):
        play.take_guess(player, puzzle, len(made) + 1, ["", "fox", "qxz", ""])
    with pytest.raises(play.BadGuess, match="“xyzzy” is in no word list"):
        play.take_sentence(player, puzzle, len(made) + 1, "a xyzzy and a fox")
    assert factories.playing_rows() == before


def test_it_takes_what_could_be_the_answer_in_whatever_list_it_is(player: Player) -> None:
    puzzle = factories.make_puzzle(1, "a zorblax near a penguin", candidates=0)
    puzzle.accepted.create(word="penguin", text="pingvin")
    state = play.take_guess(player, puzzle, 1, ["zorblax", "", "pinguin"])
    assert [mark["verdict"] for mark in state["tries"][0]["marks"]] == ["exact", "empty", "exact"]


def test_it_makes_no_player_of_a_first_try_that_is_no_word(puzzle: Puzzle) -> None:
    stranger = Player()
    with pytest.raises(play.BadGuess):
        play.take_guess(stranger, puzzle, 1, ["", "qxz", "", ""])
    assert not stranger.pk
    assert not Player.objects.exists()

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from game.rules import boards
from tests.game.rules.boards import FOX, letters_by_definition

LETTERS = st.sampled_from("abc")
SAME_LENGTH = st.integers(1, 8).flatmap(
    lambda size: st.tuples(*[st.text(LETTERS, min_size=size, max_size=size)] * 2)
)


# Letters


@pytest.mark.parametrize(
    ("guess", "answer", "marks"),
    [
        ("fox", "fox", "ccc"),
        ("cat", "dog", "aaa"),
        ("god", "dog", "pcp"),
        ("speed", "abide", "aapap"),
        ("speed", "erase", "pappa"),
        ("speed", "steal", "cacaa"),
        ("speed", "crepe", "apcpa"),
        ("lolly", "hello", "apcca"),
        ("eerie", "creep", "pppaa"),
        ("7up", "up7", "ppp"),
    ],
)
def test_it_marks_letters_when_some_repeat(guess: str, answer: str, marks: str) -> None:
    assert boards.mark_letters(guess, answer) == marks


@given(SAME_LENGTH)
@example(("aab", "baa"))
def test_it_marks_letters_as_defined_when_words_are_random(pair: tuple[str, str]) -> None:
    assert boards.mark_letters(*pair) == letters_by_definition(*pair)


@given(SAME_LENGTH)
def test_it_never_marks_a_letter_more_often_than_the_answer_has_it(pair: tuple[str, str]) -> None:
    guess, answer = pair
    marks = boards.mark_letters(guess, answer)
    for letter in set(guess):
        told = sum(m in "cp" for g, m in zip(guess, marks, strict=True) if g == letter)
        assert told == min(guess.count(letter), answer.count(letter))


def test_it_refuses_to_mark_letters_when_lengths_differ() -> None:
    with pytest.raises(ValueError, match="3 letters for an answer of 5"):
        boards.mark_letters("cat", "tiger")


# The board


@pytest.mark.parametrize(
    ("prompt", "open_words"),
    [
        ("a fox riding a bicycle on the moon", ("fox", "riding", "bicycle", "moon")),
        ("a cat under a tree", ("cat", "under", "tree")),
        ("a cat next to a tree", ("cat", "tree")),
        ("the next cat", ("next", "cat")),
        ("a hat on top of a cat", ("hat", "cat")),
        ("a spinning top on a table", ("spinning", "top", "table")),
        ("a boat in front of a house", ("boat", "house")),
        ("the front of a house", ("front", "house")),
        ("a boat in Front Of a house", ("boat", "house")),
        ("Two t-shirts", ("two", "t", "shirts")),
        ("a cat and a cat", ("cat", "cat")),
    ],
)
def test_it_gives_connecting_words_when_a_board_is_laid(
    prompt: str, open_words: tuple[str, ...]
) -> None:
    assert boards.open_words(boards.board(prompt)) == open_words


def test_it_opens_every_word_when_given_words_are_hidden() -> None:
    board = boards.board("a cat on top of a tree", hides_given=True)
    assert boards.open_words(board) == ("a", "cat", "on", "top", "of", "a", "tree")


def test_it_shows_lengths_alone_when_words_are_open() -> None:
    assert boards.shape(boards.board("A fox in the snow")) == [
        {"given": "a"},
        {"length": 3},
        {"given": "in"},
        {"given": "the"},
        {"length": 4},
    ]


# Prompts


@pytest.mark.parametrize(
    "prompt",
    [
        "red fox",
        "a fox",
        "the fox’s café, at “noon”",
        " ".join(["fox"] * 12),
        "a " + "x" * 16,
        "a fox".ljust(200),
        "in 1984",
    ],
)
def test_it_accepts_a_prompt_when_it_can_be_played(prompt: str) -> None:
    boards.validate_prompt(prompt)


@pytest.mark.parametrize(
    ("prompt", "code", "message"),
    [
        ("", "words", "at least 2 words, this one has 0"),
        ("…!", "words", "at least 2 words, this one has 0"),
        ("fox", "words", "at least 2 words, this one has 1"),
        (" ".join(["fox"] * 13), "words", "at most 12 words, this one has 13"),
        (" ".join(["fox"] * 30), "words", "at most 12 words, this one has 30"),
        ("a fox".ljust(201), "length", "at most 200 characters, this one has 201"),
        ("a fox " * 2000, "length", "at most 200 characters, this one has 12000"),
        ("a " + "x" * 17, "word_length", "at most 16 letters, the longest here has 17"),
        ("on the", "connecting", "only connecting words"),
        ("next to the", "connecting", "only connecting words"),
        ("a fox 🦊", "letters", "only letters"),
        ("a fox\x00", "letters", "only letters"),
        ("рыжая лиса", "letters", "only letters"),
    ],
)
def test_it_refuses_a_prompt_when_it_cannot_be_played(prompt: str, code: str, message: str) -> None:
    with pytest.raises(boards.PromptError, match=message) as caught:
        boards.validate_prompt(prompt)
    assert caught.value.code == code
    assert caught.value.template % caught.value.numbers == str(caught.value)


# A try


def test_it_reads_a_try_when_words_are_written_in_any_way() -> None:
    assert boards.read_guess(FOX, ["BIG", "fäx", "", " dog! "]) == ("big", "fax", "", "dog")


def test_it_keeps_found_words_when_they_are_sent_empty_or_again() -> None:
    for sent in ("", "Fox!"):
        assert boards.read_guess(FOX, ["red", sent, "", ""], found={1}) == ("red", "fox", "", "")


@pytest.mark.parametrize(
    ("guesses", "code", "message"),
    [
        ([], "count", "needed 4, given 0"),
        (["red", "fox", "big"], "count", "needed 4, given 3"),
        (["red"] * 10_000, "count", "needed 4, given 10000"),
        (["", "", "", ""], "empty", "at least one word"),
        (["", "...", "", ""], "empty", "at least one word"),
        (["", "", "", "tiger"], "length", "Word 7 .*: letters needed 3, given 5"),
        (["red", "ox", "", ""], "length", "Word 3 .*: letters needed 3, given 2"),
        (["x" * 10_000, "", "", ""], "length", "Word 2 .*: letters needed 3, given 10000"),
        (["a b", "", "", ""], "spaces", "Word 2 is a single word"),
        (["red", "🦊🦊🦊", "", ""], "letters", "Word 3 may hold only"),
        (["", "", "", "fo\x00"], "letters", "Word 7 may hold only"),
        (["red", "кот", "", ""], "letters", "Word 3 may hold only"),
    ],
)
def test_it_refuses_a_try_when_it_is_malformed(guesses: list[str], code: str, message: str) -> None:
    with pytest.raises(boards.GuessError, match=message) as caught:
        boards.read_guess(FOX, guesses)
    assert caught.value.code == code


def test_it_refuses_a_try_when_a_found_word_is_changed() -> None:
    with pytest.raises(boards.GuessError, match="Word 3 is already found"):
        boards.read_guess(FOX, ["red", "fax", "", ""], found={1})


def test_it_refuses_a_try_when_it_only_repeats_found_words() -> None:
    with pytest.raises(boards.GuessError, match="at least one word"):
        boards.read_guess(FOX, ["", "fox", "", ""], found={1})

"""What counts as a word, before a try is spent on it."""

import pytest

from game.rules import boards
from game.words import vocabulary
from game.words.freezing import known as freezing_known
from game.words.known import is_known
from generator.world.words.suggestions import suggest


@pytest.mark.parametrize(
    "word",
    [
        "fox",
        "maracas",
        "riding",
        "mars",
        "einstein",
        "hogwarts",
        "colour",
        "color",
        "tv",
        "axolotl",
    ],
)
def test_it_knows_words_names_and_their_forms(word: str) -> None:
    assert is_known(word)


@pytest.mark.parametrize("word", ["xyzzy", "qqq", "asdf", "zzzzzz", "qwrtpsdf", "foxfoxfox"])
def test_it_knows_no_row_of_letters(word: str) -> None:
    assert not is_known(word)


@pytest.mark.parametrize("word", ["7", "12", "007", "7up", "2nd"])
def test_it_knows_what_has_a_digit(word: str) -> None:
    assert is_known(word)


@pytest.mark.parametrize("word", ["elephent", "bicylce", "acordion", "volcanoe"])
def test_it_knows_a_long_word_with_a_slip(word: str) -> None:
    assert is_known(word)


def test_it_knows_all_words_that_warmth_is_told_for() -> None:
    assert [word for word in vocabulary.words() if not is_known(word)] == []


def test_it_knows_every_word_of_prompts_of_the_world() -> None:
    prompts = suggest(7, 300)
    words = {word.text for prompt in prompts for word in boards.board(prompt)}
    assert len(words) > 100
    assert [word for word in sorted(words) if not is_known(word)] == []


def test_it_reads_a_list_as_a_board_would() -> None:
    lines = ["Fox", "fox's", "café", "co-op", "incomprehensibleness", "Éclair", ""]
    assert [*freezing_known.words_of(lines)] == ["fox", "cafe", "eclair"]

"""Known words that are spelt like another, against asking difflib of each of them."""

import difflib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.world.words.grammar import vocabulary_words
from generator.world.words.spelling import nearest_words

KNOWN = sorted(vocabulary_words())
WORDS = st.one_of(
    st.text(string.ascii_letters, max_size=20),
    st.text("aeirst", max_size=16),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """A known word with up to three letters lost, and as many others put in."""
    letters = list(draw(st.sampled_from(KNOWN)))
    for _each in range(draw(st.integers(0, 3))):
        letters.pop(draw(st.integers(0, len(letters) - 1)))
        letters.insert(draw(st.integers(0, len(letters))), draw(st.sampled_from("aeinorstxyz'é")))
    return "".join(letters)


@given(misspelt() | WORDS, st.integers(1, 5))
def test_it_finds_what_comparing_with_every_known_word_finds(word: str, count: int) -> None:
    slowly = difflib.get_close_matches(word.lower(), KNOWN, n=count, cutoff=0.6)
    assert nearest_words(word, count) == slowly


@pytest.mark.parametrize(
    "word", ["", "a", "x" * 27, "x" * 28, "x" * 29, "x" * 64, "butterfly" * 30]
)
def test_it_finds_what_there_is_when_a_word_is_very_short_or_long(word: str) -> None:
    assert nearest_words(word) == difflib.get_close_matches(word, KNOWN, n=3, cutoff=0.6)


def test_it_offers_near_words_when_one_is_misspelt() -> None:
    assert nearest_words("bycicle")[0] == "bicycle"
    assert "guitar" in nearest_words("Giutar")
    assert nearest_words("zzzzzz") == []

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.words.text import is_readable, normalise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A Fox,  riding\ta bicycle!", "a fox riding a bicycle"),
        ("Café Ångström naïve", "cafe angstrom naive"),
        ("cafe\u0301", "cafe"),
        ("Straße Øresund Æther Łódź İstanbul", "strasse oresund aether lodz istanbul"),
        ("ǽ", "ae"),
        ("the fox’s t-shirt", "the foxs t shirt"),
        ("rock ’n’ roll", "rock n roll"),
        ("２ cats", "2 cats"),
        ("ﬁsh", "fish"),
        ("fo\u200bx \ufefffo\u00adx", "fox fox"),
        ("fox🦊dog", "fox dog"),
        ("\x00\x1b[31mred", "31mred"),
        ("лиса", ""),
        ("", ""),
    ],
)
def test_it_normalises_text_when_it_has_more_than_plain_letters(text: str, words: str) -> None:
    assert normalise(text) == words


@given(st.text())
def test_it_normalises_to_plain_words_when_given_any_text(text: str) -> None:
    words = normalise(text)
    assert normalise(words) == words
    assert is_readable(words)
    assert set(words) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert words == " ".join(words.split())


@given(st.text(st.sampled_from("abcäößéøÆ'’-., 12")))
def test_it_reads_the_same_words_when_case_or_composition_changes(text: str) -> None:
    words = normalise(text)
    for twin in (
        text.upper(),
        text.lower(),
        unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFC", text),
    ):
        assert normalise(twin) == words


@pytest.mark.parametrize("text", ["fox", "FOX.", "“fox”", "fóx", "fo\u200bx", "t-shirt", "", "ß\n"])
def test_it_finds_text_readable_when_only_dress_is_lost(text: str) -> None:
    assert is_readable(text)


@pytest.mark.parametrize(
    "text", ["🦊", "fox🦊", "fo\x00x", "\x1b", "лиса", "狐", "½", "\ud800", "²€"]
)
def test_it_finds_text_unreadable_when_content_would_be_lost(text: str) -> None:
    assert not is_readable(text)


def test_it_reads_long_text_when_it_has_10000_characters() -> None:
    assert normalise("é" * 10_000) == "e" * 10_000
    assert normalise("🦊" * 10_000) == ""

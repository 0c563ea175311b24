import sys
import time
from pathlib import Path

import pytest

from generator.reading.normaliser import Normaliser, NormaliserError, WordSplitter

WORDS = "the\nof\nsun\nset\nsunset\nin\n1\n2\n's\nfox\n"


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("".join(f"{word} 9\n" for word in WORDS.split()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("prompt", "normalised"),
    [
        ("A Fox!", " a fox"),
        ("", " "),
        ("1,234,567 foxes; 3.14, e.g. this", " 1234567 foxes, 3.14, e.g, this"),
        ("on 12/25/2020 and/or", " on 12/25/2020 and, or"),
        ("well-known - dash", " well known, dash"),
        ("50% & $5", " 50 % & $ 5"),
        ("it's 'quoted'", ' it\'s " quoted "'),
        ("<b>bold</b> http://a.b/c end", " bold end"),
        ("[12] noted [3]", " noted"),
        ("I ❤️ ½ café", " i, red heart, 1/2 cafe"),
        ("sooooo VIII 1111", " so viii 1111"),
        ("&amp;lt;i&amp;gt;x", " x"),
        ("snake_case back\\slash", " snake case back slash"),
        ("<person>, <person> and <person>", " people"),
        ("<person> waves", " a person waves"),
    ],
)
def test_it_normalises_as_dalle_mini_does(prompt: str, normalised: str) -> None:
    assert Normaliser(None)(prompt) == normalised


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("sunset", ["sunset"]),
        ("thefoxinthesun", ["the", "fox", "in", "the", "sun"]),
        ("12", ["12"]),
        ("fox12", ["fox", "12"]),
        ("fox's", ["fox's"]),
        ("foxzz", ["fox", "z", "z"]),
        ("zzfox", ["z", "z", "f", "o", "x"]),
        ("TheFox", ["The", "Fox"]),
        ("", []),
    ],
)
def test_it_splits_a_hashtag_into_words(words: Path, run: str, found: list[str]) -> None:
    assert WordSplitter(words)(run) == found


def test_it_prefers_words_nearer_the_top(tmp_path: Path) -> None:
    """ab + c costs ln 1 + ln 4, a + bc ln 2 + ln 3."""
    path = tmp_path / "words.txt"
    path.write_text("ab\na\nbc\nc\n")

    assert WordSplitter(path)("abc") == ["ab", "c"]


def test_it_splits_hashtags_with_a_list_alone(words: Path) -> None:
    assert Normaliser(words)("#SunsetInTheSun_fox now") == " sunset in the sun fox now"
    assert Normaliser(None)("#SunsetInTheSun_fox now") == " sunsetinthesun fox now"


def test_it_names_the_packages_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ftfy", None)

    with pytest.raises(NormaliserError, match="needs the packages ftfy, emoji and Unidecode"):
        Normaliser(None)


def test_it_names_the_list_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(NormaliserError, match=r"gone\.txt cannot be read"):
        Normaliser(tmp_path / "gone.txt")


@pytest.mark.parametrize("prompt", ["<person>" + " " * 50_000, "a" + " \t" * 25_000 + "b"])
def test_it_takes_no_longer_than_the_prompt_is_long(prompt: str) -> None:
    normalise = Normaliser(None)
    normalise("warm")
    started = time.process_time()
    normalise(prompt)
    assert time.process_time() - started < 1

"""The 30,000 words that a guess's warmth is told for: frozen, sorted, known by their number.

Made by `python -m game.words.freeze`. Each word is a base form and stands for all its forms.
"""

import gzip
import hashlib
from bisect import bisect_left
from functools import cache
from pathlib import Path

from game.words.forms import base

WORDS = Path(__file__).with_name("words.txt.gz")


@cache
def words() -> tuple[str, ...]:
    return tuple(gzip.decompress(WORDS.read_bytes()).decode("ascii").split())


@cache
def fingerprint() -> str:
    """Numbers mean the same words exactly when this is the same."""
    return hashlib.sha256(" ".join(words()).encode("ascii")).hexdigest()


def load() -> None:
    """Read all that `find` and the forms of words need: a third of a second, 25 MB."""
    words()
    base("words")


def find(word: str) -> int | None:
    """The number of a word, or else of its base form; None if the vocabulary holds neither."""
    number = _number(word)
    return _number(base(word)) if number is None else number


def _number(word: str) -> int | None:
    known = words()
    number = bisect_left(known, word)
    return number if number < len(known) and known[number] == word else None

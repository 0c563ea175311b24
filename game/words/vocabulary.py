"""The words that a guess's warmth is told for: frozen, known by their number.

Made by `python -m game.words.freeze`. Each word is a base form and stands for all its forms. A
number never changes: words are only ever added, a sorted block at a time, so that what was stored
by number for fewer words can still be read.
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
def sizes() -> tuple[int, ...]:
    """How many words there were after each time that some were added, all of them last."""
    known = words()
    ends = [place for place in range(1, len(known)) if known[place] < known[place - 1]]
    return (*ends, len(known))


def fingerprint(size: int | None = None) -> str:
    """Numbers mean the same words exactly when this is the same."""
    return hashlib.sha256(" ".join(words()[:size]).encode("ascii")).hexdigest()


def load() -> None:
    """Read all that `find` and the forms of words need: a third of a second, 25 MB."""
    words()
    base("words")


def find(word: str) -> int | None:
    """The number of a word, or else of its base form; None if the vocabulary holds neither."""
    number = _number(word)
    return _number(base(word)) if number is None else number


def holds(word: str) -> bool:
    """Whether it is one of the words itself, not only one of their forms."""
    return _number(word) is not None


def _number(word: str) -> int | None:
    known, end = words(), 0
    for size in sizes():
        start, end = end, size
        number = bisect_left(known, word, start, end)
        if number < end and known[number] == word:
            return number
    return None

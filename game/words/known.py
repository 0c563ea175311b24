"""A large list of English words and names: what a try may hold without being refused for nothing.

`known.txt.gz` is SCOWL at its size 70 ("huge"), American and British, as `python -m
game.words.freezing.known` writes it from two lists of words.
"""

import gzip
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from game.words import vocabulary
from game.words.forms import SLIP_LENGTH, is_word

KNOWN = Path(__file__).with_name("known.txt.gz")


def is_known(word: str) -> bool:
    """Tell of a normalised word whether a player may well have meant it.

    Numbers are words here, and so is a long word with one slip: it counts as the right one where
    it stands for that. Nothing of this depends on a puzzle, so that no refusal tells of one.
    """
    return (
        any(map(str.isdigit, word))
        or is_listed(word)
        or (len(word) >= SLIP_LENGTH and any(map(_is_usual, _slips(word))))
    )


def is_listed(word: str) -> bool:
    """Tell of a normalised word whether it is in a list, letter by letter."""
    return f"\n{word}\n".encode() in _listed() or vocabulary.find(word) is not None or is_word(word)


@cache
def _listed() -> bytes:
    # In one piece: as 280,000 strings it would take ten times the memory, and a look-up in it is
    # still less than a millisecond.
    return b"\n" + gzip.decompress(KNOWN.read_bytes()) + b"\n"


def _is_usual(word: str) -> bool:
    return len(word) >= SLIP_LENGTH and vocabulary.holds(word)


def _slips(word: str) -> Iterator[str]:
    """All that one letter added, left out, changed or swapped with its neighbour makes of it."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in string.ascii_lowercase:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]

"""Known words that are spelt like another: difflib's answers, asked of few words instead of all.

difflib's ratio is 2·M/T: M letters stand in matching blocks, which keep their order, out of T in
both words (Ratcliff and Metzener 1988, “Pattern Matching: The Gestalt Approach”). So M is at most
the length of the longest common subsequence, which is counted for all known words at once, a letter
of each in every step: a bit that is unset in a row stands for a letter of ``word`` that is used
(Hyyrö 2004, “Bit-Parallel LCS-Length Computation Revisited”).
"""

from __future__ import annotations

import difflib
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.world.words.grammar import vocabulary_words

_CUTOFF: Final = 0.6
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_NO_LETTER: Final = len(_ALPHABET)
"""Fills the places after a shorter word, and is no letter of any."""


def nearest_words(word: str, count: int = 3) -> list[str]:
    """Up to ``count`` known words that are spelt like ``word``, the nearest first."""
    word = word.lower()
    return difflib.get_close_matches(word, _perhaps_near(word), n=count, cutoff=_CUTOFF)


def _perhaps_near(word: str) -> list[str]:
    """The known words whose ratio can reach the cutoff."""
    known, letters, lengths = _known()
    longest = len(letters)
    if 2 * longest < _CUTOFF * (longest + len(word)):
        return []  # also keeps the bits below within 64
    masks = np.zeros(_NO_LETTER + 1, np.uint64)
    for place, letter in enumerate(word):
        if letter in _ALPHABET:
            masks[_ALPHABET.index(letter)] |= np.uint64(1 << place)
    full = np.uint64((1 << len(word)) - 1)
    rows = np.full(len(known), full)
    for places in letters:
        shared = rows & masks[places]
        rows = (rows + shared) | (rows - shared)
    common = len(word) - np.bitwise_count(rows & full)
    near = np.flatnonzero(2.0 * common / (lengths + len(word)) >= _CUTOFF)
    return [known[number] for number in near]


@cache
def _known() -> tuple[list[str], NDArray[np.intp], NDArray[np.intp]]:
    """The known words; by place and word, the number of the letter there; the words' lengths."""
    known = sorted(vocabulary_words())
    longest = max(map(len, known))
    numbers = [
        [*map(_ALPHABET.index, each)] + [_NO_LETTER] * (longest - len(each)) for each in known
    ]
    return known, np.array(numbers, np.intp).T.copy(), np.array([*map(len, known)], np.intp)

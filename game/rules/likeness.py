"""Prompts that are much the same, found among many. Pure Python.

A prompt is the set of its content words: connecting words, their order and the form of a word
(“ride”, “riding”) don't count. Two prompts are near when they share at least two in three of all
their words, that is, when the Jaccard index of the sets is 2/3 or more.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Generic, TypeVar

from game.rules import boards
from game.words import forms, text

NEAR = Fraction(2, 3)

Key = TypeVar("Key", bound=Hashable)
_base = lru_cache(maxsize=50_000)(forms.base)


class Kind(StrEnum):
    SAME = "same"
    REORDERED = "reordered"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    kind: Kind
    key: Key


def jaccard(one: frozenset[str], other: frozenset[str]) -> Fraction:
    return Fraction(len(one & other), len(one | other))


def content_words(prompt: str) -> frozenset[str]:
    return frozenset(_base(word) for word in boards.open_words(boards.board(prompt)))


@dataclass(slots=True)
class Index(Generic[Key]):
    """Prompts by their words, so that one is compared with few of them."""

    _keys: list[Key] = field(default_factory=list)
    _words: list[frozenset[str]] = field(default_factory=list)
    _same: dict[str, int] = field(default_factory=dict)
    # By a word that they hold and how many they hold.
    _by_word: defaultdict[tuple[str, int], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, key: Key, prompt: str) -> None:
        number, words = len(self._keys), content_words(prompt)
        self._keys.append(key)
        self._words.append(words)
        self._same.setdefault(text.normalise(prompt), number)
        for word in words:
            self._by_word[word, len(words)].append(number)

    def find(self, prompt: str) -> Match[Key] | None:
        """The prompt that is most like this one, of several the one that was added first."""
        if (number := self._same.get(text.normalise(prompt))) is not None:
            return Match(Kind.SAME, self._keys[number])
        words = content_words(prompt)
        likeness = {number: jaccard(words, self._words[number]) for number in self._near(words)}
        if not likeness:
            return None
        number = min(likeness, key=lambda number: (-likeness[number], number))
        return Match(Kind.REORDERED if likeness[number] == 1 else Kind.NEAR, self._keys[number])

    def _near(self, words: frozenset[str]) -> Iterator[int]:
        for size in range(math.ceil(NEAR * len(words)), math.floor(len(words) / NEAR) + 1):
            yield from self._near_of(size, words)

    def _near_of(self, size: int, words: frozenset[str]) -> Iterator[int]:
        """What is near shares so many words that it must hold one of the few rarest of them."""
        fewest = math.ceil(NEAR / (1 + NEAR) * (len(words) + size))
        holding = sorted((self._by_word.get((word, size), ()) for word in words), key=len)
        for number in set().union(*holding[: len(words) - fewest + 1]):
            if len(words & self._words[number]) >= fewest:
                yield number

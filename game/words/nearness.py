"""How near in meaning the vocabulary's words are to one of them. For workers.

Four things are added up, each of which misses what another sees:

- what dictionaries say: a sentence encoder's points for “word: explanation”, the nearest two of the
  meanings. A bare word would be read by its spelling (papal for penguin);
- usage: GloVe's points, from which words stand near one another in texts (guitar and singer);
- kinds: how much two meanings share of what they are kinds of (Lin 1998, “An information-theoretic
  definition of similarity”);
- how common a word is: people mean common words.

The weights were found on the tuning half of tests/game/warmth_pairs.json alone.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray

from game.words import dictionary, frequency
from game.words.dictionary import Dictionary
from game.words.points import Frozen, Points, unit
from game.words.reasons import Reason, Tie

USAGE, KINDS, COMMON = 0.6, 0.3, 0.05
# Above this no word is more common for people: Zipf.
COMMON_MOST = 5.0


@dataclass(frozen=True)
class Nearness:
    """Read once a process: half a second, some 40 MB."""

    frozen: Frozen
    dictionary: Dictionary

    @classmethod
    def load(cls) -> Self:
        return cls(Frozen.read(), dictionary.load())

    # The rows of the meanings.

    @cached_property
    def _meaning(self) -> NDArray[np.intp]:
        """(R,) the number of each row's meaning; where a word has none, one after the last."""
        none = len(self.dictionary.meanings)
        rows = (entry.meanings or (none,) for entry in self.dictionary.entries)
        return np.fromiter(chain.from_iterable(rows), np.intp)

    @cached_property
    def _first(self) -> NDArray[np.intp]:
        """(V,) where each word's rows begin."""
        counts = [max(len(entry.meanings), 1) for entry in self.dictionary.entries]
        return np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)

    def _best(self, rows: NDArray[np.float32]) -> Points:
        """(V,) the best of each word's rows."""
        return np.asarray(np.maximum.reduceat(rows, self._first), np.float32)

    def _own(self, number: int) -> slice:
        start = int(self._first[number])
        return slice(start, start + max(len(self.dictionary.entries[number].own), 1))

    # What a meaning is a kind of.

    @cached_property
    def _above(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The meanings above each row, itself first among them, in one row; where each begins."""
        none = len(self.dictionary.meanings)
        above = [
            self.dictionary.above(meaning) if meaning != none else frozenset([none])
            for meaning in map(int, self._meaning)
        ]
        starts = np.cumsum([0, *map(len, above)])[:-1]
        return np.fromiter(chain.from_iterable(above), np.intp), starts.astype(np.intp)

    @cached_property
    def _rarity(self) -> Points:
        """(M + 1,) how much it says of a word to be of that kind: 0 of all, 1 of one alone."""
        flat, starts = self._above
        counts = np.diff([*self._first, len(self._meaning)])
        share = np.repeat(1 / counts, counts)
        sizes = np.diff([*starts, len(flat)])
        weight = np.bincount(flat, np.repeat(share, sizes), len(self.dictionary.meanings) + 1)
        words = len(self.dictionary.entries)
        rarity = -np.log(np.maximum(weight, 0.5) / words) / math.log(2 * words)
        rarity[-1] = 0
        return np.maximum(rarity, 0).astype(np.float32)

    @cached_property
    def _meanings(self) -> Points:
        return unit(self.frozen.meanings.astype(np.float32))

    @cached_property
    def _usage(self) -> Points:
        return unit(self.frozen.usage.astype(np.float32))

    @cached_property
    def _common(self) -> Points:
        return np.minimum(frequency.all_zipf(), COMMON_MOST) * np.float32(COMMON)

    def of_word(self, number: int) -> Points:
        """(V,) how near each word is to the one of that number."""
        explained = self._best((self._meanings @ self._meanings[self._own(number)].T).max(1))
        used: Points = self._usage @ self._usage[number]
        near: Points = explained + USAGE * used + KINDS * self._of_kind(number) + self._common
        return near

    def of_point(self, embedded: Points) -> Points:
        """(V,) how near each word is to what the encoder embedded, which no dictionary knows."""
        point: Points = self.frozen.project(embedded[None])[0]
        return self._best(self._meanings @ point) + self._common

    def _of_kind(self, number: int) -> Points:
        flat, starts = self._above
        near = np.zeros(len(self._meaning), np.float32)
        mine = self._rarity[self._meaning]
        for meaning in self.dictionary.entries[number].own:
            shared = np.zeros(len(self._rarity), np.float32)
            above = list(self.dictionary.above(meaning))
            shared[above] = self._rarity[above]
            most = np.maximum.reduceat(shared[flat], starts)
            near = np.maximum(near, 2 * most / (self._rarity[meaning] + mine + 1e-6))
        return self._best(near)

    def reasons(self, number: int, among: NDArray[np.bool_]) -> dict[int, Reason]:
        """Why words are near the one of that number, as far as the dictionary tells.

        Args:
            among: (V,) of which words it is wanted.
        """
        found = dict.fromkeys(self._told(number), Reason(Tie.TOLD))
        found |= self._kinds(number, among)
        found |= self._parts(number)
        return {word: why for word, why in found.items() if among[word] and word != number}

    def _told(self, number: int) -> set[int]:
        """The words by which it is explained, and those that it explains, as people mean them."""
        meanings, entries = self.dictionary.meanings, self.dictionary.entries
        told = {word for each in entries[number].own for word in meanings[each].told}
        return told.union(self._explains[number])

    @cached_property
    def _explains(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for word, entry in enumerate(self.dictionary.entries):
            for meaning in entry.own:
                for other in self.dictionary.meanings[meaning].told:
                    found[other].append(word)
        return found

    def _kinds(self, number: int, among: NDArray[np.bool_]) -> dict[int, Reason]:
        """By the narrowest kind that both are of and that has a name, whichever meaning it is."""
        flat, starts = self._above
        meanings = self.dictionary.meanings
        found: dict[int, tuple[float, Reason]] = {}
        for own in self.dictionary.entries[number].own:
            above = sorted(self.dictionary.above(own), key=lambda each: self._rarity[each])
            above = [each for each in above if meanings[each].name or each == own]
            # Narrower kinds have greater numbers; 0 is none.
            level = np.zeros(len(meanings) + 1, np.intp)
            level[above] = np.arange(1, len(above) + 1)
            # A kind without a name still tells that a guess is it.
            rows = np.maximum.reduceat(level[flat], starts)
            is_above = np.isin(self._meaning, list(self.dictionary.above(own)))
            for row in np.flatnonzero(((rows > 0) | is_above) & among[self._word]):
                meaning = int(self._meaning[row])
                kind = above[rows[row] - 1] if rows[row] else own
                reason = _of_kind(meaning, kind, own, is_above=bool(is_above[row]))
                if reason.tie in (Tie.BOTH, Tie.WAYS):
                    tie = Tie.WAYS if meanings[kind].is_verb else Tie.BOTH
                    reason = Reason(tie, meanings[kind].name)
                rarity = float(self._rarity[meaning if is_above[row] else kind])
                word = int(self._word[row])
                if word not in found or found[word][0] < rarity:
                    found[word] = rarity, reason
        return {word: reason for word, (_rarity, reason) in found.items()}

    @cached_property
    def _word(self) -> NDArray[np.intp]:
        """(R,) the number of each row's word."""
        counts = np.diff([*self._first, len(self._meaning)])
        return np.repeat(np.arange(len(counts)), counts)

    def _parts(self, number: int) -> dict[int, Reason]:
        own = self.dictionary.entries[number].own
        wholes = {whole for each in own for whole in self.dictionary.meanings[each].wholes}
        rows = np.flatnonzero(np.isin(self._meaning, list(wholes)))
        found = {int(word): Reason(Tie.WHOLE) for word in self._word[rows]}
        return found | {word: Reason(Tie.PART) for each in own for word in self._made_of[each]}

    @cached_property
    def _made_of(self) -> dict[int, list[int]]:
        """The words for parts of each meaning."""
        found: dict[int, list[int]] = defaultdict(list)
        for word, entry in enumerate(self.dictionary.entries):
            for meaning in entry.meanings:
                for whole in self.dictionary.meanings[meaning].wholes:
                    found[whole].append(word)
        return found


def _of_kind(meaning: int, kind: int, own: int, *, is_above: bool) -> Reason:
    if meaning == own:
        return Reason(Tie.SAME)
    if kind == own:
        return Reason(Tie.KIND)
    return Reason(Tie.KINDS if is_above else Tie.BOTH)

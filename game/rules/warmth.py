"""Warmth: how near in meaning a guess is to a hidden word, from 0 (cold) to 100 (the same).

It comes from the guess's rank among the vocabulary's words, the nearest first, so that it means the
same for every hidden word, however dense its neighbourhood. A worker makes a table for each hidden
word; the web process unpacks it and looks guesses up, without any model.
"""

import hashlib
import math
import zlib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Self

from game.words import vocabulary

# Rank and warmth; in between, warmth falls evenly with the logarithm of the rank. Chosen by looking
# at what stands where: the first ten are mostly synonyms and close kin, the first three hundred the
# same kind of thing or the same scene. A word at random is below 15 nineteen times in twenty.
SCALE = ((1, 99), (10, 85), (100, 65), (300, 50), (1_000, 22), (3_000, 0))
SAME = 100
VERSION_BYTES = 8


class StaleTable(ValueError):
    """A table made with another vocabulary or another scale; it has to be made again."""


def of_rank(rank: int) -> int:
    """The warmth of the word that is nearest, second nearest, ...: ranks count from 1."""
    if rank < 1:
        raise ValueError(f"ranks count from 1, got {rank}")
    for (first, warm), (last, cool) in pairwise(SCALE):
        if rank <= last:
            share = math.log(rank / first) / math.log(last / first)
            return round(warm + (cool - warm) * share)
    return SCALE[-1][1]


@cache
def version() -> bytes:
    """What a table must have been made with to be read."""
    made_with = f"{vocabulary.fingerprint()} {SCALE}"
    return hashlib.sha256(made_with.encode("ascii")).digest()[:VERSION_BYTES]


@dataclass(frozen=True, slots=True)
class Table:
    """The warmth of every word of the vocabulary, a byte each."""

    values: bytes

    def __post_init__(self) -> None:
        if len(self.values) != (size := len(vocabulary.words())):
            raise ValueError(f"a table has {size} values, got {len(self.values)}")

    def look_up(self, word: str) -> int | None:
        """The warmth of a normalised word; None for one that the vocabulary doesn't hold."""
        number = vocabulary.find(word)
        return None if number is None else self.values[number]

    def pack(self) -> bytes:
        """About 5 kB, to be kept in a database."""
        # Runs are most of what can be saved: smaller and sooner done than zlib's own choice.
        packer = zlib.compressobj(strategy=zlib.Z_RLE)
        return version() + packer.compress(self.values) + packer.flush()

    @classmethod
    def unpack(cls, packed: bytes | memoryview) -> Self:
        packed = bytes(packed)
        if packed[:VERSION_BYTES] != version():
            raise StaleTable("This table of warmth was made with another vocabulary or scale.")
        return cls(zlib.decompress(packed[VERSION_BYTES:]))

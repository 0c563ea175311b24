"""Warmth: how near in meaning a guess is to a hidden word, from 0 (cold) to 100 (the same).

It comes from the guess's rank among the vocabulary's words, the nearest first, so that it means the
same for every hidden word, however dense its neighbourhood. A worker makes a table for each hidden
word; the web process unpacks it and looks guesses up, without any model.
"""

import hashlib
import json
import math
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Self

from game.words import vocabulary
from game.words.reasons import Reason, Tie

# Rank and warmth; in between, warmth falls evenly with the logarithm of the rank. Chosen by looking
# at what stands where: the first ten are mostly synonyms and close kin, the first three hundred the
# same kind of thing or the same scene. A word at random is below 15 nineteen times in twenty.
SCALE = ((1, 99), (10, 85), (100, 65), (300, 50), (1_000, 22), (3_000, 0))
SAME = 100
# The most that is told of a word that nobody should be pleased to see hot; see words/shy.txt.
SHY = 20
# To be raised when the same words and scale would give another table. Before there were editions,
# a table held no reasons.
EDITION = 2
VERSION_BYTES = 8
MOST_REASONS = 255


class StaleTable(ValueError):
    """A table made with other words or another scale; it has to be made again."""


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
def versions() -> tuple[bytes, ...]:
    """What a table may have been made with to be read, today's first.

    Words are only ever added, so that a table of fewer words stays right for those.
    """
    sizes = vocabulary.sizes()
    today = [_version(size, f" {EDITION}") for size in reversed(sizes)]
    return (*today, _version(sizes[0], ""))


def _version(size: int, edition: str) -> bytes:
    made_with = f"{vocabulary.fingerprint(size)} {SCALE}{edition}"
    return hashlib.sha256(made_with.encode("ascii")).digest()[:VERSION_BYTES]


def version() -> bytes:
    """What tables are made with today."""
    return versions()[0]


@dataclass(frozen=True, slots=True)
class Table:
    """The warmth of every word of the vocabulary, a byte each, and packed reasons for some."""

    values: bytes
    told: bytes = b""

    def __post_init__(self) -> None:
        if len(self.values) not in (sizes := vocabulary.sizes()):
            raise ValueError(f"a table has {sizes[-1]} values, got {len(self.values)}")

    @classmethod
    def make(cls, values: bytes, reasons: Mapping[int, Reason]) -> Self:
        """Pack the reasons of words: the different ones, then a byte for each word.

        Only the commonest 255 are kept, since a byte counts no further.
        """
        kept = [reason for reason, _count in Counter(reasons.values()).most_common(MOST_REASONS)]
        numbers = {reason: number for number, reason in enumerate(kept, 1)}
        texts = json.dumps([[reason.tie.value, reason.name] for reason in kept])
        rows = bytearray(len(values))
        for word, reason in reasons.items():
            rows[word] = numbers.get(reason, 0)
        return cls(values, _deflate(texts.encode("ascii") + b"\n" + rows))

    def look_up(self, word: str) -> int | None:
        """The warmth of a normalised word; None for one that the table doesn't hold."""
        number = vocabulary.find(word)
        return None if number is None or number >= len(self.values) else self.values[number]

    def why(self, word: str) -> Reason | None:
        """Why it is that warm, if the dictionary gave a reason."""
        number = vocabulary.find(word)
        if number is None or number >= len(self.values) or not self.told:
            return None
        texts, _, rows = zlib.decompress(self.told).partition(b"\n")
        if not (place := rows[number]):
            return None
        tie, name = json.loads(texts)[place - 1]
        return Reason(Tie(tie), name)

    def pack(self) -> bytes:
        """About 8 kB, to be kept in a database."""
        return version() + _deflate(self.values) + self.told

    @classmethod
    def unpack(cls, packed: bytes | memoryview) -> Self:
        packed = bytes(packed)
        if packed[:VERSION_BYTES] not in versions():
            raise StaleTable("This table of warmth was made with other words or another scale.")
        unpacker = zlib.decompressobj()
        values = unpacker.decompress(packed[VERSION_BYTES:])
        # Reasons are unpacked for those guesses that ask.
        return cls(values, unpacker.unused_data)


def _deflate(data: bytes) -> bytes:
    # Runs are most of what can be saved: smaller and sooner done than zlib's own choice.
    packer = zlib.compressobj(strategy=zlib.Z_RLE)
    return packer.compress(data) + packer.flush()

"""The order in which the records of an indexed source are read."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.int64]


class Order:
    """Position → (group, index): a shuffle of every epoch that still reads groups together.

    Groups are shuffled, then the records of `window` neighbouring groups among themselves, so that
    a disk has few files to read from at a time and nothing as large as the data set is in memory.
    """

    def __init__(self, sizes: list[int], seed: int, window: int = 16) -> None:
        self.sizes = np.array(sizes, dtype=np.int64)
        self.seed, self.window = seed, window
        self.total = int(self.sizes.sum())
        self._groups_of = lru_cache(maxsize=2)(self._make_groups)
        self._records_of = lru_cache(maxsize=2)(self._make_records)

    def __call__(self, position: int) -> tuple[int, int]:
        epoch, place = divmod(position, self.total)
        groups, ends = self._groups_of(epoch)
        number = int(np.searchsorted(ends, place, side="right"))
        start = int(ends[number - 1]) if number else 0
        flat = int(self._records_of(epoch, number)[place - start])
        members = groups[number * self.window : (number + 1) * self.window]
        limits = np.cumsum(self.sizes[members])
        which = int(np.searchsorted(limits, flat, side="right"))
        return int(members[which]), flat - (int(limits[which - 1]) if which else 0)

    def _make_groups(self, epoch: int) -> tuple[Indexes, Indexes]:
        """The groups in this epoch's order, and the position where each window of them ends."""
        groups = np.random.default_rng([self.seed, epoch]).permutation(len(self.sizes))
        starts = range(0, len(groups), self.window)
        return groups, np.cumsum([self.sizes[groups[s : s + self.window]].sum() for s in starts])

    def _make_records(self, epoch: int, number: int) -> Indexes:
        _, ends = self._groups_of(epoch)
        size = int(ends[number]) - (int(ends[number - 1]) if number else 0)
        return np.random.default_rng([self.seed, epoch, number]).permutation(size)

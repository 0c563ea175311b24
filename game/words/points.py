"""Points for words and their meanings, as they are frozen in points.npz: a byte for each direction.

What is near in meaning has points that are near.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

POINTS = Path(__file__).with_name("points.npz")
# Of points whose length is 1, kept in a byte for each direction.
STEPS = 400

Points = NDArray[np.float32]


@dataclass(frozen=True)
class Frozen:
    """The file points.npz.

    meanings: (R, D) int8, a row for each meaning of each word, in the order of the entries, and one
        for each word without any. usage: (V, 50) int8. texts: (R,) uint32, the checksum of what was
        embedded for the row. middle: (E,) and basis: (E, D) float16, which take the encoder's
        points to D directions.
    """

    meanings: NDArray[np.int8]
    usage: NDArray[np.int8]
    texts: NDArray[np.uint32]
    middle: NDArray[np.float16]
    basis: NDArray[np.float16]

    @classmethod
    def read(cls, file: Path = POINTS) -> Self:
        with np.load(file, allow_pickle=False) as kept:
            return cls(**{name: kept[name] for name in cls.__dataclass_fields__})

    def write(self, file: Path = POINTS) -> None:
        np.savez(file, **{name: getattr(self, name) for name in self.__dataclass_fields__})

    def project(self, embedded: Points) -> Points:
        middle, basis = self.middle.astype(np.float32), self.basis.astype(np.float32)
        return project(embedded, middle, basis)


def project(embedded: Points, middle: Points, basis: Points) -> Points:
    return unit(unit(embedded - middle) @ basis)


def unit(points: NDArray[np.float32]) -> Points:
    """Rows of length 1; nothing stays nothing."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.maximum(lengths, 1e-9), np.float32)


def to_bytes(points: Points) -> NDArray[np.int8]:
    """Numbers beyond ±127/400 are rare, and cut."""
    return np.clip(np.rint(points * STEPS), -127, 127).astype(np.int8)

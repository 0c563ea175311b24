"""Near-duplicates by a hash of what a picture looks like, in colour.

Each bit says on which side of a random hyperplane the small picture lies, its mean taken away and
its contrast counting nothing (Charikar 2002, "Similarity Estimation Techniques from Rounding
Algorithms"): as many bits differ as the angle is wide. So it changes little when a picture is
scaled, compressed or brightened, and much when one letter is another; every bit depends on every
pixel, so plain margins make no two hashes alike. Two hashes within `distance` bits of each other
are alike in at least one of `distance + 1` bands: only those with a band in common are compared.
"""

from collections import defaultdict
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 48
BITS = 256
BANDS = 16
BAND_BITS = BITS // BANDS
LARGEST_DISTANCE = BANDS - 1
# A picture that varies less, of 255, is of one colour; then its hash is that colour's, in steps.
PLAIN, COLOUR_STEP = 0.75, 4


def look_hash(image: Image.Image) -> int:
    """A number of 256 bits."""
    small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pixels = np.asarray(small, np.float32)
    mean = pixels.mean((0, 1))
    varied = pixels - mean
    if varied.std() < PLAIN:
        colour = (mean / COLOUR_STEP).round().astype(int).tolist()
        bits = np.random.Generator(np.random.Philox(_number(colour))).random(BITS) < 0.5
    else:
        bits = varied.ravel() @ _hyperplanes() > 0
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _number(colour: list[int]) -> int:
    red, green, blue = colour
    return (red * 256 + green) * 256 + blue


@cache
def _hyperplanes() -> NDArray[np.float32]:
    """(SIDE·SIDE·3, BITS), the same on any machine."""
    dice = np.random.Generator(np.random.Philox(0))
    return dice.standard_normal((SIDE * SIDE * 3, BITS), dtype=np.float32)


class Duplicates:
    """The pictures kept so far, by their hashes."""

    def __init__(self, distance: int) -> None:
        if not 0 <= distance <= LARGEST_DISTANCE:
            raise ValueError(f"distance {distance} is not between 0 and {LARGEST_DISTANCE}")
        self.distance = distance
        self.kept: list[tuple[int, str]] = []
        self.bands: defaultdict[tuple[int, int], list[int]] = defaultdict(list)

    def find(self, wanted: int) -> str | None:
        """The name of a kept picture within the distance, the first one that was added."""
        numbers = {n for band in _bands(wanted) for n in self.bands.get(band, ())}
        for number in sorted(numbers):
            kept, name = self.kept[number]
            if (kept ^ wanted).bit_count() <= self.distance:
                return name
        return None

    def add(self, found: int, name: str) -> None:
        for band in _bands(found):
            self.bands[band].append(len(self.kept))
        self.kept.append((found, name))


def _bands(value: int) -> list[tuple[int, int]]:
    mask = (1 << BAND_BITS) - 1
    return [(n, value >> n * BAND_BITS & mask) for n in range(BANDS)]

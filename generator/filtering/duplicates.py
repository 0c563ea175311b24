"""Near-duplicates by perceptual hash.

The hash is the difference hash (dHash): a small grey picture, one bit for each pixel that is
brighter than its left neighbour. It changes little when a picture is scaled, compressed or
brightened. Two hashes within `distance` bits of each other are alike in at least one of
`distance + 1` bands, so only those with a band in common have to be compared.
"""

from collections import defaultdict

import numpy as np
from PIL import Image

SIDE = 16
BITS = SIDE * SIDE
BANDS = 16
BAND_BITS = BITS // BANDS
LARGEST_DISTANCE = BANDS - 1


def dhash(image: Image.Image) -> int:
    """A number of 256 bits."""
    small = image.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small)
    return int.from_bytes(np.packbits(pixels[:, 1:] > pixels[:, :-1]).tobytes(), "big")


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

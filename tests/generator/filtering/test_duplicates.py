"""Near-duplicates: found as fast as by looking at every pair, and no others."""

import io
import random
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from generator.filtering.duplicates import BITS, LARGEST_DISTANCE, SIDE, Duplicates, dhash
from tests.generator.sources.datasets import picture


def flipped(value: int, bits: int, rng: random.Random) -> int:
    for bit in rng.sample(range(BITS), bits):
        value ^= 1 << bit
    return value


@pytest.mark.parametrize("distance", [0, 3, LARGEST_DISTANCE])
def test_it_finds_what_comparing_every_pair_finds(distance: int) -> None:
    rng = random.Random(distance)
    kept = [rng.getrandbits(BITS) for _ in range(50)]
    duplicates = Duplicates(distance)
    for number, value in enumerate(kept):
        duplicates.add(value, str(number))
    for number, value in enumerate(kept):
        for bits in (0, 1, distance, distance + 1, distance + 5):
            wanted = flipped(value, bits, rng)
            slow = [n for n, k in enumerate(kept) if bin(k ^ wanted).count("1") <= distance]
            assert duplicates.find(wanted) == (str(slow[0]) if slow else None)
            assert slow == ([number] if bits <= distance else [])


def test_it_hashes_as_a_loop_over_pixels_does() -> None:
    small = picture(3).convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small).tolist()
    slow = 0
    for row in pixels:
        for left, right in pairwise(row):
            slow = slow << 1 | (right > left)
    assert dhash(picture(3)) == slow


def test_it_hashes_nearly_alike_when_a_picture_is_altered() -> None:
    file = io.BytesIO()
    picture(1).save(file, "JPEG", quality=60)
    copies = [Image.open(file), picture(1).resize((48, 40)), picture(1).convert("L")]
    distances = [(dhash(copy) ^ dhash(picture(1))).bit_count() for copy in copies]
    assert max(distances) <= 10
    others = [(dhash(picture(n)) ^ dhash(picture(1))).bit_count() for n in range(2, 30)]
    assert min(others) > 40


def test_it_refuses_when_the_distance_is_more_than_the_bands_can_find() -> None:
    with pytest.raises(ValueError, match="distance 16 is not between 0 and 15"):
        Duplicates(16)

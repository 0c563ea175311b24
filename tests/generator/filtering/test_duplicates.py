"""Near-duplicates: found as fast as by looking at every pair, and no others."""

import io
import random
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from generator.filtering.duplicates import BITS, LARGEST_DISTANCE, Duplicates, look_hash
from generator.filtering.limits import Limits
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


def test_it_hashes_nearly_alike_when_a_picture_is_altered() -> None:
    file = io.BytesIO()
    picture(1).save(file, "JPEG", quality=60)
    brighter = ImageEnhance.Brightness(picture(1)).enhance(1.1)
    copies = [Image.open(file), picture(1).resize((48, 40)), brighter]
    distances = [(look_hash(copy) ^ look_hash(picture(1))).bit_count() for copy in copies]
    assert max(distances) <= 10
    others = [(look_hash(picture(n)) ^ look_hash(picture(1))).bit_count() for n in range(2, 30)]
    assert min(others) > 40


def on_white(side: int, draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    image = Image.new("RGB", (side, side), "white")
    draw(ImageDraw.Draw(image))
    return image


def flat(number: int) -> Image.Image:
    colour = np.random.default_rng(number).integers(0, 256, 3).tolist()
    return Image.new("RGB", (96, 96), tuple(colour))


def stripes(number: int) -> Image.Image:
    colours = np.random.default_rng(number).integers(0, 256, (2, 3), dtype=np.uint8)
    rows = np.arange(96) // (2 + number % 20) % 2
    return Image.fromarray(np.repeat(colours[rows][:, None], 96, axis=1))


def letter(number: int) -> Image.Image:
    font = ImageFont.load_default(40)
    return on_white(96, lambda pen: pen.text((30, 20), chr(33 + number), "black", font))


def small_object(number: int) -> Image.Image:
    dice = np.random.default_rng(number)
    points = [tuple(96 + dice.uniform(-12, 12, 2)) for _ in range(int(dice.integers(3, 8)))]
    colour = tuple(dice.integers(0, 256, 3).tolist())
    return on_white(192, lambda pen: pen.polygon(points, colour))


@pytest.mark.parametrize("kind", [flat, stripes, letter, small_object])
def test_it_tells_different_pictures_apart(kind: Callable[[int], Image.Image]) -> None:
    known = Duplicates(Limits().distance or 0)
    alike = []
    for number in range(94):
        found = look_hash(kind(number))
        alike += [(number, twin)] if (twin := known.find(found)) else []
        known.add(found, str(number))
    assert len(alike) <= 1, alike  # two of the stripes are hard to tell apart


def test_it_compares_few_when_all_pictures_have_plain_margins() -> None:
    known = Duplicates(10)
    for number in range(400):
        known.add(look_hash(letter(number % 94).resize((90 + number // 94, 96))), str(number))
    crowds = [len(numbers) for numbers in known.bands.values()]
    assert max(crowds) < 40


def test_it_refuses_when_the_distance_is_more_than_the_bands_can_find() -> None:
    with pytest.raises(ValueError, match="distance 16 is not between 0 and 15"):
        Duplicates(16)

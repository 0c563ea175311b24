"""Encoded pictures to tensors: decoded, cropped to a square, resized."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from generator.sources.records import BrokenRecord

Crop = Literal["centre", "random"]


def decode(name: str, data: bytes, at_least: int | None = None) -> Image.Image:
    """An RGB picture, upright, transparency over white.

    Args:
        at_least: a shorter side in pixels that is enough; JPEG decodes faster to a smaller size.
    Raises:
        BrokenRecord: it cannot be decoded to the end.
    """
    with _opened(name, data) as image:
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        upright = ImageOps.exif_transpose(image)
        if not upright.has_transparency_data:
            return upright.convert("RGB")
        over = upright.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(white, over).convert("RGB")


def size_of(name: str, data: bytes) -> tuple[int, int]:
    """Width and height as the file says, before anything is decoded. Raises BrokenRecord."""
    with _opened(name, data) as image:
        return image.size


@contextmanager
def _opened(name: str, data: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            yield image
    except UnidentifiedImageError:
        raise BrokenRecord(name, "its picture is of no known format") from None
    except Exception as error:  # PIL's parsers raise whatever a damaged file leads them into
        raise BrokenRecord(name, f"its picture cannot be decoded ({error})") from error


def fit(image: Image.Image, size: int, crop: Crop, seed: tuple[int, ...] = ()) -> Tensor:
    """Resize the shorter side to `size` and cut a square out of the longer one.

    Args:
        image: RGB.
        seed: where a random crop lies depends on it alone.
    Returns:
        (3, size, size) float32 in [0, 1], sRGB.
    """
    width, height = image.size
    side = min(width, height)
    spare = (width - side, height - side)
    place = (0.5, 0.5) if crop == "centre" else tuple(np.random.default_rng(seed).random(2))
    left, top = (round(free * share) for free, share in zip(spare, place, strict=True))
    box = (left, top, left + side, top + side)
    square = image.resize((size, size), Image.Resampling.LANCZOS, box)
    pixels = torch.from_numpy(np.array(square))
    return pixels.permute(2, 0, 1).float().div_(255)

"""Encoded pictures to tensors: decoded, cropped to a square, resized."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from torch import Tensor

from generator.sources.records import BrokenRecord

Crop = Literal["centre", "random"]
# Pillow knows many more, some of which start other programs (EPS) or are hardly ever tried.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
# A file of a few kilobytes can claim any size, and would take three bytes a pixel and more.
MOST_PIXELS = 2**25


def decode(name: str, data: bytes, at_least: int | None = None) -> Image.Image:
    """An RGB picture in sRGB, upright, transparency over white.

    Args:
        at_least: a shorter side in pixels that is enough; JPEG decodes faster to a smaller size.
    Raises:
        BrokenRecord: it is too large, or cannot be decoded to the end.
    """
    with _opened(name, data) as image:
        if at_least is not None:
            image.draft("RGB", (at_least, at_least))
        if image.width * image.height > MOST_PIXELS:
            raise BrokenRecord(name, f"its picture has {image.width} × {image.height} pixels")
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith(("I", "F")):
            upright = _with_bytes(name, upright)
        if not upright.has_transparency_data:
            return _in_srgb(upright)
        alpha = upright.convert("RGBA").getchannel("A")
        white = Image.new("RGB", upright.size, "white")
        return Image.composite(_in_srgb(upright), white, alpha)


def size_of(name: str, data: bytes) -> tuple[int, int]:
    """Width and height as the file says, before anything is decoded. Raises BrokenRecord."""
    with _opened(name, data) as image:
        return image.size


@contextmanager
def _opened(name: str, data: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            yield image
    except BrokenRecord:
        raise
    except UnidentifiedImageError:
        raise BrokenRecord(name, "its picture is of no known format") from None
    except Exception as error:  # PIL's parsers raise whatever a damaged file leads them into
        raise BrokenRecord(name, f"its picture cannot be decoded ({error})") from error


def _with_bytes(name: str, image: Image.Image) -> Image.Image:
    """Grey values of two bytes, four, or a float, which PIL would cut off at 255, as one byte.

    White is 1 in floats, and 255 or 65,535 elsewhere: the least of these that nothing exceeds.
    """
    values = np.asarray(image).astype(np.float64)
    if not np.isfinite(values).all():
        raise BrokenRecord(name, "its picture holds numbers that are not finite")
    if image.mode.startswith("I;16"):
        white = 65535.0
    else:
        whites = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
        white = next((w for w in whites if values.max() <= w), float(values.max()))
    return Image.fromarray((values.clip(0) * (255 / white)).round().astype(np.uint8))


def _in_srgb(image: Image.Image) -> Image.Image:
    """RGB; colours of another profile (Adobe RGB, Display P3, CMYK) as sRGB has them."""
    profile = image.info.get("icc_profile")
    source = image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")
    transform = _to_srgb(profile, source.mode) if profile else None
    return source.convert("RGB") if transform is None else transform.apply(source)


@lru_cache(maxsize=16)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None for sRGB itself, and for a profile that cannot be read or is of another mode."""
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(found).lower():
            return None
        return ImageCms.buildTransform(found, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


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

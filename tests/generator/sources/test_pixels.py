"""Pictures of every depth and colour space, and those that are meant to harm."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from generator.sources import pixels
from generator.sources.pixels import decode
from generator.sources.records import BrokenRecord
from tests.generator.sources.datasets import encoded, picture

RAMP = np.linspace(0, 1, 64).reshape(8, 8)
GREY = (RAMP * 255).round().astype(np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_it_keeps_greys_when_they_have_two_bytes(kind: str) -> None:
    image = Image.fromarray((RAMP * 65535).round().astype(np.uint16))
    assert image.mode == "I;16"
    found = np.asarray(decode("x", encoded(image, kind)))
    assert np.abs(found - GREY[..., None].astype(int)).max() <= 1


@pytest.mark.parametrize("white", [1.0, 255.0])
def test_it_keeps_greys_when_they_are_floats(white: float) -> None:
    image = Image.fromarray((RAMP * white).astype(np.float32))
    found = np.asarray(decode("x", encoded(image, "TIFF")))
    assert np.abs(found - GREY[..., None].astype(int)).max() <= 1


def test_it_refuses_greys_when_they_are_not_finite() -> None:
    image = Image.fromarray(np.full((8, 8), np.nan, np.float32))
    with pytest.raises(BrokenRecord, match="not finite"):
        decode("x", encoded(image, "TIFF"))


def profile_of(primaries: list[tuple[float, float]]) -> bytes:
    """An ICC profile of three primaries and white at D50, with a gamma of 2.2."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    white = np.array([0.9642, 1.0, 0.8249])
    matrix = columns * np.linalg.solve(columns, white)

    def tag(kind: bytes, *values: float) -> bytes:
        numbers = b"".join(struct.pack(">i", round(v * 65536)) for v in values)
        return kind + bytes(4) + numbers

    text = b"wide"
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + text + bytes(1 + 78)}
    tags |= {b"wtpt": tag(b"XYZ ", *white), b"cprt": b"text" + bytes(4) + b"none\0"}
    for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T, strict=True):
        tags[name] = tag(b"XYZ ", *column)
    for name in (b"rTRC", b"gTRC", b"bTRC"):
        tags[name] = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    place, listed, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        listed += name + struct.pack(">II", place + len(body), len(data))
        body += data
    header = struct.pack(
        ">I4sI4s4s4s", place + len(body), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    header += (
        bytes(12)
        + b"acsp"
        + bytes(28)
        + b"".join(struct.pack(">i", round(v * 65536)) for v in white)
    )
    return header + bytes(128 - len(header)) + struct.pack(">I", len(tags)) + listed + body


# Those of Adobe RGB (1998), adapted to D50.
WIDE = [(0.6484, 0.3309), (0.2302, 0.7016), (0.1559, 0.0661)]


def test_it_shows_the_colours_of_a_profile_in_srgb() -> None:
    profile = profile_of(WIDE)
    ImageCms.ImageCmsProfile(io.BytesIO(profile))
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (180, 120, 80)).save(file, "PNG", icc_profile=profile)
    found = np.asarray(decode("x", file.getvalue())).astype(int)[0, 0]
    # Wide primaries make the same numbers a stronger colour: more red, hardly more green.
    assert found[0] > 190
    assert abs(found[1] - 120) < 6


def test_it_leaves_colours_when_their_profile_is_srgb_or_broken() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"rubbish"):
        file = io.BytesIO()
        picture(1).save(file, "PNG", icc_profile=profile)
        assert np.array_equal(np.asarray(decode("x", file.getvalue())), np.asarray(picture(1)))


def test_it_opens_no_parser_that_starts_other_programs() -> None:
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
    assert Image.open(io.BytesIO(script)).format == "EPS"
    with pytest.raises(BrokenRecord, match="of no known format"):
        decode("x", script)


def test_it_refuses_a_picture_that_claims_more_pixels_than_it_should() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    side = 8000
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    assert len(bomb) < 20_000
    with pytest.raises(BrokenRecord, match="8000 × 8000 pixels"):
        decode("x", bomb)
    photograph = encoded(Image.new("RGB", (6000, 6000)), "JPEG")
    assert pixels.MOST_PIXELS < 36_000_000
    assert min(decode("x", photograph, at_least=256).size) >= 256

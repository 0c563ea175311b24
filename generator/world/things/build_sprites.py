"""Developer's tool: rasterise the icons of all hands into one sprite pack.

    python -m generator.world.things.build_sprites --icons DIR

``DIR`` holds one folder per art set (``noto``, ``twemoji``, …), each with Iconify's
``icons.json``. Needs resvg-py; the pack that it writes does not.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.world.things.drawn import drawn_svg
from generator.world.things.hands import HANDS
from generator.world.things.nouns import NOUNS, Noun
from generator.world.things.sprites import NOTES, PACK_PATH, member_name
from generator.world.things.tinting import tint

SIDE = 144
"""Longest side of a stored sprite in pixels."""
STEP = 4
"""Stored values are rounded to multiples of this, which halves the pack."""
_NOTES = Noun(NOTES, NOTES, ("musical-note",), frozenset())


def has_icon(icon_set: Mapping[str, Any], name: str) -> bool:
    """Whether the art set has an icon, or an alias, of that name."""
    return name in icon_set["icons"] or name in icon_set.get("aliases", {})


def icon_svg(icon_set: Mapping[str, Any], name: str) -> str:
    """The SVG text of icon ``name``; follows aliases. Raises KeyError for an unknown name."""
    icons, aliases = icon_set["icons"], icon_set.get("aliases", {})
    if name not in icons and name in aliases:
        name = aliases[name]["parent"]
    icon = icons[name]
    width = icon.get("width", icon_set.get("width", 16))
    height = icon.get("height", icon_set.get("height", 16))
    box = f"{icon.get('left', 0)} {icon.get('top', 0)} {width} {height}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box}" width="{width}" height="{height}">{icon["body"]}</svg>'
    )


def rasterise(svg: str, side: int = SIDE) -> Image.Image:
    """The SVG as RGBA, cropped to its visible box, its longest side ``side`` pixels."""
    import resvg_py

    png = resvg_py.svg_to_bytes(svg_string=svg, width=side * 2, skip_system_fonts=True)
    image = Image.open(io.BytesIO(bytes(png))).convert("RGBA")
    return cropped(image, side)


def cropped(image: Image.Image, side: int = SIDE) -> Image.Image:
    """The visible part of a picture, its longest side ``side`` pixels."""
    box = image.getchannel("A").point([255 if a > 24 else 0 for a in range(256)]).getbbox()
    if box is None:
        raise ValueError("the icon is empty")
    image = image.crop(box)
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    premultiplied = image.convert("RGBa").resize(size, Image.Resampling.LANCZOS)
    return premultiplied.convert("RGBA")


def coarse(image: Image.Image) -> Image.Image:
    """``image`` with every value rounded to a multiple of :data:`STEP`; 254 and 255 become 255."""
    values = np.asarray(image, dtype=np.int16)
    rounded = np.minimum((values + STEP // 2) // STEP * STEP, 255)
    return Image.fromarray(rounded.astype(np.uint8))


def icon_of(noun: Noun, hand: str, icon_sets: Mapping[str, Any]) -> str | None:
    """The SVG text of a noun in a hand; None when the hand does not draw it."""
    if hand in noun.missing:
        return None
    if own_drawing := drawn_svg(noun.name, hand):
        return own_drawing
    own = noun.own_icons.get(hand)
    wanted, _, icon = own.rpartition(":") if own else ("", "", "")
    for name in (wanted,) if wanted else HANDS[hand]:
        for each in (icon,) if icon else noun.icons:
            if has_icon(icon_sets[name], each):
                return icon_svg(icon_sets[name], each)
    return None


def changed(image: Image.Image, noun: Noun, hand: str) -> Image.Image:
    """The hand's picture, painted, turned and flipped as the noun asks."""
    if colour := noun.changes.get((hand, "paint")):
        image = tint(image, colour)
    if degrees := noun.changes.get((hand, "turn")):
        turned = image.convert("RGBa").rotate(float(degrees), Image.Resampling.BICUBIC, expand=True)
        image = cropped(turned.convert("RGBA"))
    if (hand, "flip") in noun.changes:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return image


def build(icons: Path, pack: Path) -> int:
    """Write the pack from the icon folders; returns the number of sprites."""
    names = {name for sets in HANDS.values() for name in sets}
    icon_sets = {
        name: json.loads((icons / name / "icons.json").read_text(encoding="utf-8"))
        for name in names
    }
    written = 0
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_STORED) as archive:
        for hand in HANDS:
            for noun in (*NOUNS, _NOTES):
                svg = icon_of(noun, hand, icon_sets)
                if svg is None:
                    continue
                buffer = io.BytesIO()
                coarse(changed(rasterise(svg), noun, hand)).save(
                    buffer, "WEBP", lossless=True, quality=70, method=4
                )
                archive.writestr(zipfile.ZipInfo(member_name(hand, noun.name)), buffer.getvalue())
                written += 1
    return written


def main() -> int:
    """Parse the command line and build the pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--icons", type=Path, required=True, help="folder of Iconify icon sets")
    parser.add_argument("--pack", type=Path, default=PACK_PATH, help="pack file to write")
    args = parser.parse_args()
    sprites = build(args.icons, args.pack)
    size = args.pack.stat().st_size
    sys.stdout.write(f"{args.pack.name}: {sprites} sprites, {size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

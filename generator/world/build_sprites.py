"""Developer's tool: rasterise the icons of both art sets into one sprite pack.

    python -m generator.world.build_sprites --icons DIR

``DIR`` holds one folder per icon set (``fluent-emoji``, ``noto``), each with Iconify's
``icons.json``.  Needs resvg-py; the pack that it writes does not.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.world.sprites import PACK_PATH, member_name
from generator.world.vocabulary import NOUNS, SETS

SIDE = 144
"""Longest side of a stored sprite in pixels."""
STEP = 4
"""Stored values are rounded to multiples of this, which halves the pack."""


def icon_svg(icon_set: dict[str, Any], name: str) -> str:
    """The SVG text of icon ``name``; follows aliases.  Raises KeyError for an unknown name."""
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


def build(icons: Path, pack: Path) -> int:
    """Write the pack from the icon folders; returns its size in bytes."""
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_STORED) as archive:
        for set_name in SETS:
            icon_set = json.loads((icons / set_name / "icons.json").read_text(encoding="utf-8"))
            for noun in NOUNS:
                buffer = io.BytesIO()
                image = coarse(rasterise(icon_svg(icon_set, noun.icon)))
                image.save(buffer, "WEBP", lossless=True, quality=100, method=5)
                member = zipfile.ZipInfo(member_name(set_name, noun.name))
                archive.writestr(member, buffer.getvalue())
    return pack.stat().st_size


def main() -> int:
    """Parse the command line and build the pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--icons", type=Path, required=True, help="folder of Iconify icon sets")
    parser.add_argument("--pack", type=Path, default=PACK_PATH, help="pack file to write")
    args = parser.parse_args()
    size = build(args.icons, args.pack)
    sys.stdout.write(f"{args.pack.name}: {2 * len(NOUNS)} sprites, {size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m generator world``: write sample scenes with captions and a contact sheet."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw

from generator.world.scenes.splits import SPLITS
from generator.world.world import World

_COLUMNS = 6
_LABEL = 34


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--count", type=int, default=16, help="number of scenes")
    parser.add_argument("--seed", type=int, default=0, help="stream of scenes")
    parser.add_argument("--split", choices=SPLITS, default="train", help="which combinations")
    parser.add_argument("--size", type=int, default=192, help="side in pixels, a multiple of 16")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")


def contact_sheet(pictures: list[Image.Image], captions: list[str], columns: int) -> Image.Image:
    """The pictures in rows of ``columns`` with their captions underneath."""
    side = pictures[0].width
    width, height = side + 8, side + _LABEL
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * height), "white")
    draw = ImageDraw.Draw(sheet)
    for k, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        x, y = k % columns * width + 4, k // columns * height
        sheet.paste(picture, (x, y))
        lines = textwrap.wrap(caption, max(8, side // 6))
        draw.multiline_text((x, y + side + 2), "\n".join(lines), fill="black", spacing=1)
    return sheet


def main(args: argparse.Namespace) -> int:
    """Write the pictures, ``captions.jsonl`` and ``sheet.png``; returns the exit status."""
    world = World(size=args.size, split=args.split)
    out: Path = args.out
    out.mkdir(parents=True, exist_ok=True)
    pictures: list[Image.Image] = []
    captions: list[str] = []
    with (out / "captions.jsonl").open("w", encoding="utf-8") as lines:
        for index in range(args.count):
            scene = world.scene(args.seed, index)
            picture, caption = Image.fromarray(world.render(scene)), world.caption(scene, 0)
            name = f"{index + 1:04}.png"
            picture.save(out / name)
            record = {"file": name, "caption": caption, "scene": scene.to_dict()}
            lines.write(json.dumps(record) + "\n")
            pictures.append(picture)
            captions.append(caption)
    if pictures:
        contact_sheet(pictures, captions, _COLUMNS).save(out / "sheet.png")
    sys.stdout.write(f"{len(pictures)} scenes, captions.jsonl and sheet.png are in {out}\n")
    return 0

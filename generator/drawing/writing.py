"""Pictures as files that say what they were drawn from."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

if TYPE_CHECKING:
    from generator.drawing.result import Picture

KINDS = ("png", "jpg", "webp")
OURS = re.compile(rf"(\d\d+|sheet)\.({'|'.join(KINDS)})|manifest\.json")
# Exif tags that JPEG and WebP have for it.
DESCRIPTION, SOFTWARE = 0x010E, 0x0131
QUALITY = 95


def save(picture: "Picture", manifest: dict[str, Any], path: Path) -> None:
    """Write a picture in the format that `path` ends with; prompt, seed and model go along.

    In PNG they are text chunks of these names, elsewhere JSON in Exif's ImageDescription.

    Args:
        manifest: of its drawing.
    """
    facts = {
        "prompt": manifest["prompt"],
        "seed": picture.seed,
        "model": manifest["model"],
        "settings": manifest["settings"],
    }
    if path.suffix == ".png":
        chunks = PngInfo()
        for name, value in facts.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            chunks.add_itxt(name, text)
        picture.image.save(path, pnginfo=chunks)
        return
    exif = Image.Exif()
    exif[DESCRIPTION] = json.dumps(facts)
    exif[SOFTWARE] = "Sixpix"
    picture.image.save(path, quality=QUALITY, exif=exif)


def clear(folder: Path) -> None:
    """Make a folder, and remove from it what an earlier drawing left there."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "manifest.json").is_file():
        for path in folder.iterdir():
            if OURS.fullmatch(path.name):
                path.unlink()

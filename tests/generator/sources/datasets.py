"""Small captioned data sets on disk, whole and damaged."""

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image


def picture(number: int, width: int = 96, height: int = 80) -> Image.Image:
    """Noise of large squares, different for each number."""
    squares = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(squares).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def caption_of(number: int) -> str:
    return f"picture number {number}"


def write_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            tar.addfile(header, io.BytesIO(data))
    return path


def write_shard(path: Path, numbers: Sequence[int]) -> Path:
    files: dict[str, bytes] = {}
    for n in numbers:
        files[f"{n:04}.png"] = encoded(picture(n))
        files[f"{n:04}.txt"] = caption_of(n).encode()
    return write_tar(path, files)


def write_folder(folder: Path, numbers: Sequence[int]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for n in numbers:
        (folder / f"{n}.png").write_bytes(encoded(picture(n)))
        rows.append(json.dumps({"file": f"{n}.png", "caption": caption_of(n)}))
    (folder / "captions.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder

"""Originals by their id on the hub: converted once, then found in the cache."""

import re
from pathlib import Path

from generator.convert.folder import Options, convert

VQGAN = "dalle-mini/vqgan_imagenet_f16_16384"
CLIP = "openai/clip-vit-base-patch32"


def converted(
    bart: str, cache: Path, *, vqgan: str = VQGAN, clip: str = CLIP, options: Options | None = None
) -> Path:
    """The model folder of an original, made on the first call.

    A folder is there whole or not at all, so a conversion that broke off simply starts again.
    """
    folder = cache / re.sub(r"[^\w.-]+", "--", bart)
    if not (folder / "manifest.json").is_file():
        convert(bart, vqgan, clip, folder, options)
    return folder

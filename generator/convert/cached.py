"""Originals by their id on the hub: converted once, then found in the cache."""

import os
import re
from pathlib import Path

from generator.convert.folder import Options, convert
from generator.convert.hub import is_hub_id
from generator.folders.lock import alone_in
from generator.folders.manifest import BUNDLED

VQGAN = "dalle-mini/vqgan_imagenet_f16_16384"
CLIP = "openai/clip-vit-base-patch32"


def cache_folder() -> Path:
    """Where converted models are kept: $SIXPIX_MODELS, or as the platform's caches are."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("SIXPIX_MODELS") or Path(base) / "sixpix" / "models")


def model_folder(name: str) -> Path:
    """The folder of a model by its name: a path, an original's id on the hub, "" the bundled one.

    Raises:
        ConvertError: an original that cannot be fetched or converted.
    """
    if not name:
        return BUNDLED
    return converted(name, cache_folder()) if is_hub_id(name) else Path(name)


def converted(
    bart: str, cache: Path, *, vqgan: str = VQGAN, clip: str = CLIP, options: Options | None = None
) -> Path:
    """The model folder of an original, made on the first call.

    A folder is there whole or not at all, so a conversion that broke off simply starts again.
    Of several processes that ask at once, one converts and the others wait for it.
    """
    folder = cache / re.sub(r"[^\w.-]+", "--", bart)
    if (folder / "manifest.json").is_file():
        return folder
    with alone_in(cache / f".{folder.name}", is_patient=True):
        if not (folder / "manifest.json").is_file():
            convert(bart, vqgan, clip, folder, options)
    return folder

"""A model folder into loaded networks, ready to draw."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch

from generator.config import BartConfig, ConfigError, VqganConfig
from generator.convert.cached import model_folder
from generator.devices.placement import Memory, spread
from generator.devices.precision import dtype_of, paint_in, prepare
from generator.folders.manifest import Manifest, WeightsError, read_json, verify
from generator.folders.weights import fill, load_tensors
from generator.networks.bart import Bart
from generator.networks.ranker import Ranker
from generator.networks.vqgan import Vqgan
from generator.reading import text
from generator.reading.normaliser import Normaliser, NormaliserError
from generator.reading.tokenizer import CaptionTokenizer, TokenizerError

Normalise = Callable[[str], str]
NORMALISERS: dict[str, Normalise] = {"plain": text.plain, "none": str}
SPREAD = "auto"


class Parts(NamedTuple):
    manifest: Manifest
    tokenizer: CaptionTokenizer
    bart: Bart
    vqgan: Vqgan
    ranker: Ranker
    normalise: Normalise


def load_parts(
    model: str | Path | None,
    device: str,
    precision: str,
    memory: Memory | None,
    *,
    is_compiled: bool,
) -> Parts:
    """Load a model folder.

    Args:
        model: a folder, or as text a name as `model_folder` knows them; None is the bundled model.
        device: of torch, or "auto" to spread BART's layers over GPUs and main memory.
        precision: one of generator.config.PRECISIONS.
        memory: with "auto", the most to use of each device (see generator.devices.placement).
        is_compiled: let torch.compile make kernels for one decoder step. Takes a minute at
            the first drawing of each batch size.
    Raises:
        WeightsError: the folder is missing, incomplete or damaged, with the file named.
        ValueError: there is no such device or precision, or they do not go together.
        PlacementError: the layers do not fit.
    """
    folder = model if isinstance(model, Path) else model_folder(model or "")
    manifest = verify(folder)
    dtype = dtype_of(precision)
    target = main_device(device)
    try:
        with torch.device("meta"):
            bart = Bart(BartConfig.from_dict(read_json(folder / "bart/config.json")))
            vqgan = Vqgan(VqganConfig.from_dict(read_json(folder / "vqgan/config.json")))
        tokenizer = CaptionTokenizer.load(
            folder / "tokenizer/tokenizer.json", bart.config.text_length
        )
        normalise = normaliser_of(manifest, folder)
    except (ConfigError, TokenizerError, NormaliserError) as error:
        raise WeightsError(f"{folder}: {error}") from error
    for module, name in ((bart, "bart"), (vqgan, "vqgan")):
        source = folder / name / "model.safetensors"
        fill(module, load_tensors(source, dtype), source)
        module.requires_grad_(False)
    if device == SPREAD:
        spread(bart, dtype, memory)
    else:
        bart.to(target)
        prepare(bart, precision, target)
    paint_in(vqgan.to(target), precision)
    if is_compiled:
        if target.type != "cuda" or not bart.is_whole:
            raise ValueError(f"compiling is for a whole model on a GPU, not on {device}")
        bart.step = torch.compile(bart.step, dynamic=False)  # type: ignore[method-assign]
    ranker = Ranker.load(folder / "clip", target)
    return Parts(manifest, tokenizer, bart, vqgan, ranker, normalise)


def main_device(name: str) -> torch.device:
    """Where everything is but those layers of BART that are spread elsewhere."""
    if name == SPREAD:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"unknown device {name!r}") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(f"there is no device {name} here")
    return device


def normaliser_of(manifest: Manifest, folder: Path) -> Normalise:
    """What the model does to a prompt before its tokenizer."""
    if manifest.normaliser == "dalle-mini":
        words = folder / "tokenizer/word-frequency.txt"
        return Normaliser(words if words.is_file() else None)
    if manifest.normaliser not in NORMALISERS:
        raise WeightsError(f"unknown text normaliser {manifest.normaliser!r}")
    return NORMALISERS[manifest.normaliser]

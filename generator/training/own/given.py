"""Networks that are given and not trained anew, put into the folder of runs."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from generator.config import BartConfig, Sampling, VqganConfig
from generator.convert.cached import model_folder
from generator.convert.folder import write_clip, write_vqgan
from generator.convert.hub import CLIP, VQGAN, locate
from generator.drawing.loading import normaliser_of
from generator.folders.manifest import WeightsError, read_json, read_manifest
from generator.reading.text import plain
from generator.training.assemble import WORD_FREQUENCY
from generator.training.bart import Normalise

NETWORK = ("config.json", "model.safetensors")
GRID_F16 = 16  # codes along one side of an original's pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What there is already; None or False is to be made.

    `vqgan` and `bart_folder` hold config.json and model.safetensors.
    """

    vqgan: Path | None = None
    bart: BartConfig | None = None
    bart_folder: Path | None = None
    has_clip: bool = False
    normaliser: str = "plain"
    normalise: Normalise = plain
    sampling: Sampling | None = None


def collect(runs: Path, vqgan: str | None, clip: str | None, start: str | None) -> Given:
    """Copy or convert what is given to where the stages would have left it.

    Args:
        vqgan: a model folder, a folder with config.json and model.safetensors, a published
            checkpoint, or an id on the hub; clip: the same; start: a model folder, or the id of an
            original on the hub.
    Raises:
        WeightsError: something is missing, damaged, or does not fit the other.
    """
    if clip is not None:
        _take_clip(clip, runs / "clip")
    source = vqgan or start
    painter = _take_vqgan(source, runs) if source else None
    if start is None:
        return Given(vqgan=painter, has_clip=clip is not None)
    folder = model_folder(start)
    manifest = read_manifest(folder)
    config = BartConfig.from_dict(read_json(folder / "bart" / "config.json"))
    fitting(config, VqganConfig.from_dict(read_json(_of(painter) / "config.json")))
    shutil.copyfile(folder / "tokenizer" / "tokenizer.json", runs / "tokenizer.json")
    if (folder / "tokenizer" / WORD_FREQUENCY).is_file():
        shutil.copyfile(folder / "tokenizer" / WORD_FREQUENCY, runs / WORD_FREQUENCY)
    return Given(
        vqgan=painter,
        bart=config,
        bart_folder=folder / "bart",
        has_clip=clip is not None,
        normaliser=manifest.normaliser,
        normalise=normaliser_of(manifest, folder),
        sampling=manifest.settings,
    )


def fitting(bart: BartConfig, vqgan: VqganConfig) -> None:
    """Raises WeightsError when a BART writes other codes than a VQGAN has."""
    if (bart.codes, bart.image_length) != (vqgan.codebook_size, vqgan.grid**2):
        raise WeightsError(
            f"BART writes {bart.image_length} of {bart.codes} codes, the VQGAN has "
            f"{vqgan.grid**2} of {vqgan.codebook_size}"
        )


def _take_vqgan(source: str, runs: Path) -> Path:
    folder = runs / "vqgan"
    given = runs / "given-vqgan"
    if not all((given / name).is_file() for name in NETWORK):
        place = Path(source)
        own = next((p for p in (place / "vqgan", place) if (p / NETWORK[1]).is_file()), None)
        if own is not None:
            _copy(own, given, NETWORK)
        else:
            shutil.rmtree(given, ignore_errors=True)
            write_vqgan(locate(source, VQGAN), given, GRID_F16)
    if not (folder / NETWORK[1]).is_file():
        _copy(given, folder, NETWORK)
    return given


def _take_clip(source: str, folder: Path) -> None:
    names = (*NETWORK, "tokenizer.json")
    if all((folder / name).is_file() for name in names):
        return
    own = Path(source) / "clip"
    if all((own / name).is_file() for name in names):
        _copy(own, folder, names)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        write_clip(locate(source, CLIP), folder)


def _copy(source: Path, folder: Path, names: tuple[str, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(source / name, folder / name)


def _of(folder: Path | None) -> Path:
    if folder is None:
        raise WeightsError("a model to start from has a VQGAN")
    return folder

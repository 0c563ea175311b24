"""Published checkpoints in, one model folder of ours out."""

import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from generator.config import Config, Sampling
from generator.convert.bart.checkpoint import BartCheckpoint
from generator.convert.bart.flax import read_bart_flax
from generator.convert.bart.min_dalle import encoder_of, read_bart_min_dalle
from generator.convert.clip import read_clip
from generator.convert.errors import ConvertError
from generator.convert.formats.files import beside, has_flax
from generator.convert.formats.safetensors_file import write_safetensors
from generator.convert.hub import BART, CLIP, VQGAN, Source, fetch, is_hub_id, locate
from generator.convert.plan import Plan, dtype_of, entries_of
from generator.convert.tokenizers_of import WORD_FREQUENCY, bart_tokenizer, clip_tokenizer
from generator.convert.vqgan.checkpoint import read_vqgan
from generator.folders.lock import alone_in
from generator.folders.manifest import FORMAT, Manifest, WeightsError, read_manifest
from generator.folders.weights import seal

logger = logging.getLogger(__name__)

LICENCE = "unknown (see the source)"
WORD_FREQUENCY_REPOSITORY = "dalle-mini/dalle-mini"  # the only one that has the file
# What the originals use where a prompt says nothing else.
SAMPLING = Sampling(condition_scale=10.0, temperature=1.0, top_k=50, top_p=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the checkpoints do not say, or should not have a say in.

    dtype: what to write; None keeps float16 and makes float32 of the rest.
    tokenizer, word_frequency: where BART's folder lacks them.
    is_signed: the VQGAN works on pictures in [-1, 1], as CompVis' own do.
    """

    name: str | None = None
    licence: str = LICENCE
    dtype: torch.dtype | None = None
    tokenizer: Path | None = None
    word_frequency: Path | None = None
    is_signed: bool = False
    replace: bool = False


def convert(
    bart: Source, vqgan: Source, clip: Source, out: Path, options: Options | None = None
) -> Manifest:
    """Make a model folder from checkpoints of DALL·E mini, a VQGAN and a CLIP.

    Each source is a folder, a file, or an id on the hub with an optional `@revision`. Tensors are
    read, converted and written one at a time.

    Raises:
        ConvertError: a source is missing, incomplete, damaged or of an unknown kind; `out` is
            left as it was.
    """
    options = options or Options()
    _check_target(out, options)
    bart_source, is_remote = locate(bart, BART), is_hub_id(bart)
    vqgan_source, clip_source = locate(vqgan, VQGAN), locate(clip, CLIP)
    read_clip(clip_source)  # what cannot be used is told of before gigabytes are written
    with _staging(out) as staging:
        has_normaliser = _write_drawing(bart_source, vqgan_source, staging, options, is_remote)
        write_clip(clip_source, staging / "clip", options.dtype)
        manifest = Manifest(
            name=options.name or _name_of(bart),
            licence=options.licence,
            normaliser="dalle-mini" if has_normaliser else "none",
            vocabulary="open",
            sampling=SAMPLING.to_dict(),
        )
        return seal(staging, manifest, out)


@contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """An empty folder beside `out`, of a name that a later run knows and cleans up after a kill."""
    place = out.parent / f".converting-{out.name}"
    with alone_in(place):
        staging = place / out.name
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            yield staging
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _check_target(out: Path, options: Options) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        is_model = read_manifest(out).format == FORMAT
    except WeightsError:
        is_model = False
    if not is_model:
        raise ConvertError(f"{out} exists and is no model folder")
    if not options.replace:
        raise ConvertError(f"{out} exists; say so if it is to be replaced")


def read_bart(source: Path) -> BartCheckpoint:
    folder = source if source.is_dir() else source.parent
    if has_flax(folder):
        return read_bart_flax(folder)
    if encoder_of(folder):
        return read_bart_min_dalle(folder)
    raise ConvertError(f"{source} has neither flax_model.msgpack nor encoder.pt")


def _write_drawing(
    bart_source: Path, vqgan_source: Path, staging: Path, options: Options, is_remote: bool
) -> bool:
    """BART, VQGAN and tokenizer; True if prompts go through DALL·E mini's normaliser."""
    bart = read_bart(bart_source)
    grid = round(bart.sizes["image_length"] ** 0.5)
    vqgan = read_vqgan(vqgan_source, grid, is_signed=options.is_signed)
    config = bart.config(vqgan.config.codebook_size)
    # Both are checked to the last tensor before the first is written.
    plans = bart.plan(config), vqgan.plan()
    texts = options.tokenizer or bart.source
    tokenizer = bart_tokenizer(texts, config.text_vocab_size)
    (staging / "tokenizer").mkdir()
    tokenizer.save(str(staging / "tokenizer/tokenizer.json"))
    if bart.has_normaliser:
        _copy_word_frequency(texts, staging, options, is_remote)
    _write_network(staging / "bart", _json_of(config), plans[0], options.dtype)
    _write_network(staging / "vqgan", _json_of(vqgan.config), plans[1], options.dtype)
    return bart.has_normaliser


def write_clip(source: Path, folder: Path, dtype: torch.dtype | None = None) -> None:
    """A published CLIP as one folder of a model. Raises ConvertError."""
    clip = read_clip(source)
    tokenizer = clip_tokenizer(source, clip.length)
    _write_network(folder, clip.config, clip.plan, dtype)
    tokenizer.save(str(folder / "tokenizer.json"))


def write_vqgan(source: Path, folder: Path, grid: int) -> None:
    """A published VQGAN as one folder of a model, `grid` codes a side. Raises ConvertError."""
    vqgan = read_vqgan(source, grid)
    _write_network(folder, _json_of(vqgan.config), vqgan.plan(), None)


def _write_network(folder: Path, config: str, plan: Plan, dtype: torch.dtype | None) -> None:
    dtype = dtype or dtype_of(plan)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(config.rstrip() + "\n", encoding="utf-8")
    logger.info("%s: %d tensors, %s", folder.name, len(plan), str(dtype).removeprefix("torch."))
    write_safetensors(folder / "model.safetensors", entries_of(plan, dtype))


def _copy_word_frequency(folder: Path, staging: Path, options: Options, is_remote: bool) -> None:
    found = options.word_frequency or beside(folder, WORD_FREQUENCY)
    if found is None and is_remote:
        place = fetch(WORD_FREQUENCY_REPOSITORY, None, [WORD_FREQUENCY])
        found = beside(place, WORD_FREQUENCY)
    if found is None:
        logger.warning("no %s: hashtags will not be split into words", WORD_FREQUENCY)
    else:
        shutil.copyfile(found, staging / "tokenizer/word-frequency.txt")


def _json_of(config: Config) -> str:
    return json.dumps(config.to_dict(), indent=2)


def _name_of(source: Source) -> str:
    return Path(str(source).partition("@")[0]).resolve().name

"""The files of a checkpoint: what there is, and whole checkpoints split over several files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.convert.errors import ConvertError, some
from generator.convert.formats.flax_file import read_flax
from generator.convert.formats.safetensors_file import read_safetensors
from generator.convert.formats.stored import Stored
from generator.convert.formats.torch_file import read_torch
from generator.folders.manifest import read_json

FLAX = "flax_model.msgpack"
Read = Callable[[Path], dict[str, Stored]]


def beside(folder: Path, *names: str) -> Path | None:
    """The first of the named files that describe a checkpoint.

    They may lie one folder up, where a repository keeps its weights in a subfolder.
    """
    for name in names:
        for place in (folder, folder.parent):
            if (place / name).is_file():
                return place / name
    return None


def read_config(folder: Path) -> dict[str, Any]:
    path = beside(folder, "config.json")
    if path is None:
        raise ConvertError(f"{folder} has no config.json")
    return read_json(path)


def has_flax(folder: Path) -> bool:
    return _either(folder, FLAX) is not None


def read_flax_folder(folder: Path) -> dict[str, Stored]:
    return _read(folder, FLAX, read_flax)


def read_weights(folder: Path) -> dict[str, Stored]:
    """What `transformers` would load: safetensors if there are any, PyTorch's file otherwise."""
    if _either(folder, "model.safetensors"):
        return _read(folder, "model.safetensors", read_safetensors)
    if _either(folder, "pytorch_model.bin"):
        return _read(folder, "pytorch_model.bin", read_torch)
    raise ConvertError(f"{folder} has neither model.safetensors nor pytorch_model.bin")


def _either(folder: Path, name: str) -> Path | None:
    """A whole file, or else the index of its shards."""
    places = (folder / name, folder / f"{name}.index.json")
    return next((path for path in places if path.is_file()), None)


def _read(folder: Path, name: str, read: Read) -> dict[str, Stored]:
    path = _either(folder, name)
    if path is None:
        raise ConvertError(f"{folder} has no {name}")
    return read(path) if path.name == name else _read_shards(path, read)


def _read_shards(index: Path, read: Read) -> dict[str, Stored]:
    """Every tensor has to lie in the shard that the index names, and in no other."""
    places = read_json(index).get("weight_map")
    if not isinstance(places, dict) or not places:
        raise ConvertError(f"{index} has no weight_map")
    tensors: dict[str, Stored] = {}
    for shard in sorted({str(shard) for shard in places.values()}):
        if Path(shard).name != shard:
            raise ConvertError(f"{index} names {shard!r}, which is not a file beside it")
        held = read(index.parent / shard)
        listed = {name for name, place in places.items() if place == shard}
        if missing := sorted(listed - held.keys()):
            raise ConvertError(f"{index.parent / shard} lacks {some(missing)}")
        if surplus := sorted(held.keys() - listed):
            raise ConvertError(f"{index.parent / shard} has surplus {some(surplus)}")
        tensors |= held
    return tensors

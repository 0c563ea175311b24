"""PyTorch's own files, opened in the way that runs no code.

A training run's checkpoint holds more than tensors: PyTorch Lightning's name classes of Lightning
and OmegaConf. Those are read as blanks that do nothing; any other class refuses the file.
"""

import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generator.convert.errors import ConvertError, some
from generator.convert.formats.mistaken import check_is_data
from generator.convert.formats.stored import Stored, in_memory

WRAPPERS = ("module.", "first_stage_model.")
HARMLESS = ("pytorch_lightning.", "lightning.", "omegaconf.", "typing.Any")
Ignored = Callable[[str], bool]


def read_torch(path: Path, is_ignored: Ignored = lambda name: False) -> dict[str, Stored]:
    """The tensors of a state dict, or of the state dict in a training checkpoint.

    Raises:
        ConvertError: the file is damaged, would run code when unpickled, or holds other things.
    """
    check_is_data(path)
    content = _load(path)
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict):
        raise ConvertError(f"{path} holds a {type(content).__name__}, not a state dict")
    content = {_without_wrappers(str(name)): value for name, value in content.items()}
    kept = {name: value for name, value in content.items() if not is_ignored(name)}
    if strange := [name for name, value in kept.items() if not _is_plain(value)]:
        raise ConvertError(f"{path}: {some(strange)} is no plain tensor")
    return {name: in_memory(name, tensor.detach()) for name, tensor in kept.items()}


def _without_wrappers(name: str) -> str:
    """Data parallel training and latent diffusion's checkpoints put a word before every name."""
    for wrapper in WRAPPERS:
        name = name.removeprefix(wrapper)
    return name


def _is_plain(value: object) -> bool:
    return isinstance(value, Tensor) and value.layout is torch.strided and not value.is_quantized


def _load(path: Path) -> Any:
    # The older form is no archive and cannot be mapped.
    is_archive = zipfile.is_zipfile(path)
    try:
        blanks = _blanks(path) if is_archive else []
        with torch.serialization.safe_globals(blanks):
            return torch.load(path, map_location="cpu", weights_only=True, mmap=is_archive)
    except ConvertError:
        raise
    except pickle.UnpicklingError as error:  # whose text tells how to load it all the same
        raise ConvertError(f"{path} is refused: it is damaged or runs code") from error
    except Exception as error:  # a damaged file makes torch raise almost anything
        raise ConvertError(f"{path} cannot be read as a PyTorch file: {error}") from error


def _blanks(path: Path) -> list[Any]:
    """Stand-ins for the harmless classes that a checkpoint names.

    Raises:
        ConvertError: it names others.
    """
    named = torch.serialization.get_unsafe_globals_in_checkpoint(path)
    if refused := sorted(name for name in named if not name.startswith(HARMLESS)):
        raise ConvertError(f"{path} is refused: unpickling it would run {some(refused)}")
    return [(type("Blank", (_Blank,), {}), name) for name in named]


class _Blank:
    """Takes whatever a pickle says of an object, and keeps none of it."""

    def __init__(self, *args: object) -> None:
        """Nothing is kept."""

    def __setstate__(self, state: object) -> None:
        """Nothing is kept."""

"""Writing what must not be lost: a file is there whole, or as it was before."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn

from generator.folders.weights import save_tensors
from generator.training.loop.errors import TrainingError


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write what a run needs to go on.

    Raises:
        TrainingError: it could not be written, on a full disk for one.
    """
    _put(path, lambda staging: _write_through(state, staging))


def save_weights(model: nn.Module, path: Path) -> None:
    """Write a network as float16 safetensors; raises as `save_state`."""
    _put(path, lambda staging: save_tensors(model, staging))


def _write_through(state: dict[str, Any], path: Path) -> None:
    torch.save(state, path)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _put(target: Path, write: Callable[[Path], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.with_name(target.name + ".new")
    try:
        write(staging)
        staging.replace(target)
    except (OSError, RuntimeError, SafetensorError) as error:
        staging.unlink(missing_ok=True)
        raise TrainingError(
            f"{target} could not be saved ({error}); what was there before is untouched"
        ) from error

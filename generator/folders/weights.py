"""Tensors of a model folder: strict loading, saving, and putting a finished folder in place."""

import json
import math
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from generator.folders.manifest import Manifest, WeightsError, sha256_of, verify

UNLISTED = ("manifest.json", "README.md", "samples.png")


def load_tensors(path: Path, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Read a safetensors file, floats as `dtype`."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path} cannot be read as safetensors: {error}") from error
    return {n: t.to(dtype) if t.is_floating_point() else t for n, t in tensors.items()}


def fill(module: nn.Module, tensors: dict[str, Tensor], source: Path) -> None:
    """Put tensors into a module; any missing, surplus or misshapen one is an error naming it."""
    wanted = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    if missing := sorted(wanted.keys() - tensors.keys()):
        raise WeightsError(f"{source} lacks {_some(missing)}")
    if surplus := sorted(tensors.keys() - wanted.keys()):
        raise WeightsError(f"{source} has surplus {_some(surplus)}")
    for name, shape in wanted.items():
        if tuple(tensors[name].shape) != shape:
            found = tuple(tensors[name].shape)
            raise WeightsError(f"{source}: {name} has shape {found}, expected {shape}")
    if broken := [name for name, tensor in tensors.items() if not _is_finite(tensor)]:
        raise WeightsError(f"{source}: {_some(broken)} holds numbers that are not finite")
    module.load_state_dict(tensors, strict=True, assign=True)


def _is_finite(tensor: Tensor) -> bool:
    """Whether the sum is, which one pass over the memory tells."""
    return not tensor.is_floating_point() or math.isfinite(float(tensor.sum(dtype=torch.float32)))


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


def save_tensors(module: nn.Module, path: Path, dtype: torch.dtype = torch.float16) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).contiguous().cpu()
        for name, tensor in module.state_dict().items()
    }
    save_file(tensors, path)


def seal(staging: Path, manifest: Manifest, folder: Path) -> Manifest:
    """Write the manifest into a filled staging folder and put it in place of `folder`.

    A model card is for people, and theirs to change: it is not listed.

    The manifest is written last and the folder is renamed into place, so that a half-written
    folder is never taken for a whole one.
    """
    files = {
        path.relative_to(staging).as_posix(): sha256_of(path)
        for path in sorted(staging.rglob("*"))
        if path.is_file() and path.relative_to(staging).as_posix() not in UNLISTED
    }
    sealed = Manifest(**{**asdict(manifest), "files": files})
    text = json.dumps(asdict(sealed), indent=2, ensure_ascii=False) + "\n"
    (staging / "manifest.json").write_text(text, encoding="utf-8")
    verify(staging)
    for path in (staging, *staging.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)  # a temporary folder is its maker's alone
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        with tempfile.TemporaryDirectory(dir=folder.parent) as attic:
            old = folder.rename(Path(attic) / "old")
            try:
                staging.rename(folder)
            except OSError:
                old.rename(folder)
                raise
    else:
        shutil.move(staging, folder)
    return sealed

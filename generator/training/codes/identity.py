"""What a folder of made things was made with, so that nobody mixes in others'."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from generator.folders.manifest import read_json

# What a VQGAN encodes with.
ENCODING = ("encoder.", "quant_conv.", "quantiser.", "patch_to_code.")


def fingerprint(tensors: Mapping[str, Tensor]) -> str:
    """One sha256 over names and values."""
    found = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        found.update(name.encode())
        found.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()


def fingerprint_of_codes(vqgan: Mapping[str, Tensor]) -> str:
    """The same for all VQGANs that turn pictures into the same codes, however they paint."""
    return fingerprint({name: t for name, t in vqgan.items() if name.startswith(ENCODING)})


def claim(file: Path, identity: dict[str, Any]) -> None:
    """Write down what a folder is made with.

    Raises:
        ValueError: it was begun with something else.
    """
    if file.exists():
        check(file, identity)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        staging = file.with_suffix(".new")
        staging.write_text(json.dumps(identity, indent=2) + "\n", encoding="utf-8")
        staging.replace(file)


def check(file: Path, identity: dict[str, Any]) -> None:
    """Raises ValueError when a folder was made with something else."""
    known = read_json(file)
    if others := sorted(name for name in identity if known.get(name) != identity[name]):
        raise ValueError(
            f"{file.parent} was made with another {', '.join(others)}: remove it to make it anew"
        )

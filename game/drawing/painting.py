"""What paints the pictures, as the model's own manifest and files say. Loads no torch."""

import json
import struct
from dataclasses import dataclass, field
from functools import cache
from math import prod
from pathlib import Path

from generator.folders.manifest import BUNDLED, WeightsError, read_manifest

NETWORKS = ("bart", "vqgan", "clip")


@dataclass(frozen=True, slots=True)
class Painter:
    """`name` is empty when this host can't see the model; a name on the hub is an id there."""

    name: str
    licence: str = ""
    is_bundled: bool = False
    parameters: dict[str, int] = field(default_factory=dict)

    @property
    def millions(self) -> dict[str, float]:
        """Of parameters, by network and in total; empty where they can't be counted."""
        counts = self.parameters | {"total": sum(self.parameters.values())}
        return {name: count / 1e6 for name, count in counts.items()} if self.parameters else {}


@cache
def painter(model: str) -> Painter:
    """The model that a setting names: a folder, an id on the hub, "" for the bundled one."""
    folder = Path(model) if model else BUNDLED
    if not folder.exists():
        # Workers convert it; a web host needn't have it. A path would only tell where things lie.
        return Painter(name="" if folder.is_absolute() else model)
    try:
        manifest = read_manifest(folder)
        parameters = {name: count_parameters(folder / name) for name in NETWORKS}
    except (WeightsError, OSError, ValueError):
        return Painter(name="")
    return Painter(manifest.name, manifest.licence, not model, parameters)


def count_parameters(folder: Path) -> int:
    """From the header of a safetensors file: its length in 8 bytes, then JSON with the shapes."""
    with (folder / "model.safetensors").open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    return sum(prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")

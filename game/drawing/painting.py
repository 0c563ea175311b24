"""What paints the pictures: the model that the settings name, and what its files say of it.

Torch is loaded when it paints.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from game.drawing import wishes
from generator.folders.manifest import (
    BUNDLED,
    FEWEST_CANDIDATES,
    WeightsError,
    read_manifest,
    verify,
)

if TYPE_CHECKING:
    from PIL.Image import Image

    from generator.drawing.pipeline import Generator
    from generator.drawing.result import Drawing as Drawing

NETWORKS = ("bart", "vqgan", "clip")


@dataclass(frozen=True, slots=True)
class Painter:
    """`name` is empty when this host can't see the model; a name on the hub is an id there."""

    name: str
    licence: str = ""
    is_bundled: bool = False
    # As many are drawn of a prompt.
    candidates: int = FEWEST_CANDIDATES
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
    return Painter(manifest.name, manifest.licence, not model, manifest.candidates, parameters)


def count_parameters(folder: Path) -> int:
    """From the header of a safetensors file: its length in 8 bytes, then JSON with the shapes."""
    with (folder / "model.safetensors").open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    return sum(prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")


@cache
def generator() -> "Generator":
    from generator.convert.cached import model_folder
    from generator.drawing.pipeline import Generator

    return Generator.load(
        model_folder(settings.GENERATOR_MODEL),
        device=settings.GENERATOR_DEVICE,
        precision=settings.GENERATOR_PRECISION,
        is_compiled=settings.GENERATOR_COMPILE,
    )


def is_model_elsewhere() -> bool:
    """Whether the model is an original on the hub, which is converted into a cache first."""
    if not settings.GENERATOR_MODEL:
        return False  # without a look at the converter, which loads torch
    from generator.convert.hub import is_hub_id

    return is_hub_id(settings.GENERATOR_MODEL)


def model_problem() -> str | None:
    """What is wrong with the model's files. One from the hub is fetched when it is needed."""
    if is_model_elsewhere():
        return None
    try:
        verify(Path(settings.GENERATOR_MODEL) if settings.GENERATOR_MODEL else BUNDLED)
    except WeightsError as error:
        return str(error)
    return None


def model_sampling() -> wishes.Settings:
    """The settings that the model's own manifest asks for; empty when its folder isn't here."""
    folder = Path(settings.GENERATOR_MODEL) if settings.GENERATOR_MODEL else BUNDLED
    try:
        # The files themselves are for the worker to check.
        return read_manifest(folder).settings.to_dict()
    except (WeightsError, ValueError):
        return {}


@cache
def model_facts() -> dict[str, Any]:
    """What pictures follow from beside prompt and seed, as far as this host can see the model: as
    in a drawing's manifest, `model` and `settings`. Empty when its folder isn't here."""
    folder = Path(settings.GENERATOR_MODEL) if settings.GENERATOR_MODEL else BUNDLED
    try:
        manifest = read_manifest(folder)
        return {
            "model": {"name": manifest.name, "hash": manifest.hash},
            "settings": manifest.settings.to_dict(),
        }
    except (WeightsError, OSError, ValueError):
        return {}


def unseen_words(drawing: "Drawing") -> list[str] | None:
    """The words that too few of a drawing's pictures show; None for a model that was not measured
    for it."""
    from generator.drawing import gate

    return gate.unseen_words(generator(), drawing)


def visibility(
    prompt: str, pictures: Sequence["Image"], seen: Sequence[Sequence[float]] = ()
) -> tuple[list[float | None], dict[str, str]]:
    """How visible each word is in pictures that are new to CLIP or seen before, and which model
    says so."""
    from generator.drawing import visibility as sight

    model = generator()
    facts = {"name": model.manifest.name, "hash": model.manifest.hash}
    return sight.visibility(model, prompt, pictures, seen), facts

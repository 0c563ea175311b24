"""What the recogniser sees in a picture, held against the scene that it should show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generator.training.judge.labels import NONE, UNTOLD, values_of
from generator.training.judge.recogniser import ATTRIBUTES, Recogniser
from generator.world.scenes.scene import Scene
from generator.world.words import vocabulary

_UNSAID = {
    "object": (NONE,),
    "relation": ("alone", "count"),  # no word of its own: the number tells it
    "place": (vocabulary.NO_PLACE,),
    "colour": (NONE,),
    "count": ("1",),
}
_BATCH = 64


def named(scene: Scene) -> tuple[str, ...]:
    """The attributes that the prompt of a scene speaks of; no other can be right or wrong."""
    values = values_of(scene)
    return tuple(name for name in ATTRIBUTES if values[name] not in _UNSAID.get(name, ()))


@dataclass(frozen=True, slots=True)
class Reading:
    """One picture: what it should show, what was seen, and how sure the recogniser is.

    `probability` is that of all that the prompt names being as meant; `features` is (C,) float64.
    """

    scene: Scene
    seen: dict[str, str]
    probability: float
    features: NDArray[np.float64]

    def has(self, attribute: str) -> bool:
        """Whether the attribute was read as meant."""
        return self.seen[attribute] == values_of(self.scene)[attribute]

    @property
    def is_right(self) -> bool:
        """Whether everything that the prompt names was read as meant."""
        return all(self.has(name) for name in named(self.scene))

    @property
    def look(self) -> tuple[str, ...]:
        """The hand and the layout that were seen, of which the prompt says nothing."""
        return tuple(self.seen[name] for name in UNTOLD)

    @property
    def mistakes(self) -> list[tuple[str, str, str]]:
        """(attribute, meant, seen) of everything that the prompt names and was misread."""
        meant = values_of(self.scene)
        wrong = [name for name in named(self.scene) if not self.has(name)]
        return [(name, meant[name], self.seen[name]) for name in wrong]


@torch.inference_mode()
def look(recogniser: Recogniser, images: Tensor, scenes: Sequence[Scene]) -> list[Reading]:
    """Read pictures.

    Args:
        images: (B, 3, H, W) in [0, 1].
        scenes: what each of the B pictures should show.
    """
    if len(images) != len(scenes):
        raise ValueError(f"{len(images)} pictures of {len(scenes)} scenes")
    readings: list[Reading] = []
    for start in range(0, len(scenes), _BATCH):
        part = slice(start, start + _BATCH)
        readings += _look_at(recogniser, images[part], scenes[part])
    return readings


def _look_at(recogniser: Recogniser, images: Tensor, scenes: Sequence[Scene]) -> list[Reading]:
    features = recogniser.feature_maps(images)[-1]
    chances = {name: v.double().softmax(1).cpu() for name, v in recogniser.read(features).items()}
    targets = recogniser.targets(scenes)
    pooled = features.mean((2, 3)).double().cpu().numpy()
    readings = []
    for row, scene in enumerate(scenes):
        seen = {
            name: recogniser.classes[name][int(values[row].argmax())]
            for name, values in chances.items()
        }
        sure = np.prod([float(chances[name][row, targets[name][row]]) for name in named(scene)])
        readings.append(Reading(scene, seen, float(sure), pooled[row]))
    return readings

"""A scene as classes to be told apart: subject, object, relation, place, colour, count.

Recognisers also say that something is there and none of these, and tell what no caption says: the
hand that drew, near or far, which side.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from generator.world.scenes.scene import Scene
from generator.world.things.hands import HAND_NAMES
from generator.world.words import vocabulary

NONE, BROKEN = "none", "none of these"
NOUNS = tuple(noun.name for noun in vocabulary.NOUNS)
CLASSES: dict[str, tuple[str, ...]] = {
    "subject": NOUNS,
    "object": (NONE, *NOUNS),
    "relation": tuple(relation.key for relation in vocabulary.RELATIONS),
    "place": (vocabulary.NO_PLACE, *(place.key for place in vocabulary.PLACES)),
    "colour": (NONE, *(colour.name for colour in vocabulary.COLOURS)),
    "count": tuple(str(number) for number in vocabulary.COUNT_WORDS),
}
UNTOLD: dict[str, tuple[str, ...]] = {
    "hand": tuple(str(number) for number in range(len(HAND_NAMES))),
    "far": ("False", "True"),
    "mirrored": ("False", "True"),
}
# What a recogniser tells apart.
JUDGED = {
    **CLASSES,
    "subject": (*NOUNS, BROKEN),
    "object": (NONE, *NOUNS, BROKEN),
    **UNTOLD,
}
SIZES = [len(values) for values in CLASSES.values()]
_INDEX = {name: {value: i for i, value in enumerate(CLASSES[name])} for name in CLASSES}


def values_of(scene: Scene) -> dict[str, str]:
    """The class of each attribute by name; `none` stands for an absent one."""
    values = {name: getattr(scene, name) for name in (*CLASSES, *UNTOLD)}
    return {name: NONE if value is None else str(value) for name, value in values.items()}


def labels_of(scenes: Sequence[Scene]) -> Tensor:
    """(B, 6) int64: the class of each of `CLASSES` that a scene shows."""
    rows = [values_of(scene) for scene in scenes]
    return torch.tensor([[_INDEX[name][row[name]] for name in CLASSES] for row in rows])

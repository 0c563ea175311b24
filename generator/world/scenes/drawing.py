"""Scenes drawn at random, but reproducibly, from (seed, index)."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, TypeVar

from generator.world.places.backgrounds import VARIANTS
from generator.world.places.names import NO_PLACE, PLACES
from generator.world.scenes.layouts import coverage
from generator.world.scenes.placing import MOST_COVERED
from generator.world.scenes.relations import RELATION, subjects_and_objects
from generator.world.scenes.scene import Scene
from generator.world.scenes.splits import SPLITS, is_held_out
from generator.world.things.colours import COLOURS
from generator.world.things.sprites import hands_of

_SHIFTED: Final = {
    "alone": 2, "riding": 1, "on_top_of": 3, "under": 2, "sitting_in": 2, "wearing": 2,
    "eating": 1, "playing": 1,
}  # fmt: skip
"""By how many cells things may be moved to either side; others fill the width."""
_FAR_SHIFT: Final = 1
_DEPTHS: Final = 3
_MOST_TRIES: Final = 10_000
_Item = TypeVar("_Item")


def _relation_weights() -> dict[str, float]:
    return {
        "alone": 0.18, "count": 0.07, "riding": 0.15, "next_to": 0.12, "on_top_of": 0.08,
        "under": 0.05, "sitting_in": 0.04, "holding": 0.10, "eating": 0.09, "wearing": 0.07,
        "playing": 0.06,
    }  # fmt: skip


@dataclass(frozen=True)
class Mix:
    """How often each kind of scene is drawn; weights need not add up to one.

    ``colour`` and ``place`` are the shares of scenes that name one. ``far`` and ``mirrored`` are
    shares too, of what captions don't tell.
    """

    relations: dict[str, float] = field(default_factory=_relation_weights)
    colour: float = 0.15
    place: float = 0.90
    far: float = 0.3
    mirrored: float = 0.5

    def __post_init__(self) -> None:
        """Raises ValueError for unknown relations or shares outside 0 to 1."""
        if not set(self.relations) <= set(RELATION):
            raise ValueError("the mix names an unknown relation")
        if any(not 0 <= share <= 1 for share in (self.colour, self.place, self.far, self.mirrored)):
            raise ValueError("every share of the mix must lie between 0 and 1")

    def to_dict(self) -> dict[str, object]:
        """Plain data for a manifest."""
        return asdict(self)


def dice(*names: object) -> random.Random:
    """Randomness that follows from the names alone."""
    digest = hashlib.blake2b("|".join(map(str, names)).encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - pictures, not secrets


def draw(seed: int, index: int, split: str, mix: Mix) -> Scene:
    """Scene number ``index`` of stream ``seed``; the same arguments give the same scene.

    Raises RuntimeError when the mix leaves no scene for the split.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, not {split!r}")
    rng = dice(seed, index, split)
    for _ in range(_MOST_TRIES):
        scene = _arranged(rng, mix, tell(rng, mix))
        if split != "all" and is_held_out(scene) != (split == "held_out"):
            continue
        if coverage(scene) <= MOST_COVERED:
            return scene
    raise RuntimeError(f"the mix leaves no scene for the split {split!r}")


def tell(rng: random.Random, mix: Mix) -> Scene:
    """A scene with what a caption tells, and nothing else."""
    relation = _weighted(rng, mix.relations)
    subjects, objects = subjects_and_objects(relation)
    subject = _pick(rng, subjects)
    thing = _pick(rng, objects) if objects else None
    while thing is not None and thing.name == subject.name:
        thing = _pick(rng, objects)
    place = _pick(rng, PLACES).key if rng.random() < mix.place else NO_PLACE
    colour = colour_of = None
    if rng.random() < mix.colour:
        options = [("subject", subject), ("object", thing)]
        tintable = [key for key, noun in options if noun is not None and "tint" in noun.roles]
        if tintable:
            colour_of, colour = _pick(rng, tintable), _pick(rng, COLOURS).name
    return Scene(
        subject=subject.name,
        relation=relation,
        object=thing.name if thing is not None else None,
        place=place,
        colour=colour,
        colour_of=colour_of,
        count=(2 if rng.random() < 0.5 else 3) if relation == "count" else 1,
    )


def _arranged(rng: random.Random, mix: Mix, scene: Scene) -> Scene:
    """The scene with what captions don't tell."""
    far = rng.random() < mix.far
    reach = _SHIFTED.get(scene.relation, 0)
    reach += _FAR_SHIFT if far and reach else 0
    return Scene(
        scene.subject, scene.relation, scene.object, scene.place, scene.colour, scene.colour_of,
        scene.count,
        hand=_pick(rng, hands_of(*scene.nouns)),
        far=far,
        shift=int(rng.random() * (2 * reach + 1)) - reach,
        depth=int(rng.random() * _DEPTHS),
        variant=int(rng.random() * VARIANTS),
        mirrored=rng.random() < mix.mirrored,
    )  # fmt: skip


def _pick(rng: random.Random, items: Sequence[_Item]) -> _Item:
    return items[int(rng.random() * len(items))]


def _weighted(rng: random.Random, weights: dict[str, float]) -> str:
    mark = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark < 0:
            return key
    return next(key for key in reversed(weights) if weights[key] > 0)

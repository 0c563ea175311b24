"""Scenes: what a picture shows, drawn at random but reproducibly from (seed, index)."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.world import compose, grammar
from generator.world.anchors import HEADS
from generator.world.places import VARIANTS
from generator.world.scene import Scene
from generator.world.vocabulary import (
    COLOURS,
    NO_PLACE,
    NOUN,
    NOUNS,
    PLACES,
    RELATION,
    STYLE,
    Noun,
    nouns_with,
)

SPLITS: Final = ("train", "held_out", "all")
_PAIR_SHARE: Final = 0.08
_PLACE_SHARE: Final = 0.04
_COLOUR_SHARE: Final = 0.05
_FULL_WIDTH: Final = frozenset({"next_to", "count", "holding"})
"""Relations whose layout leaves no room for jitter."""
_Item = TypeVar("_Item")


def _relation_weights() -> dict[str, float]:
    return {
        "alone": 0.24, "count": 0.06, "riding": 0.16, "next_to": 0.12, "on_top_of": 0.08,
        "holding": 0.10, "eating": 0.10, "wearing": 0.08, "playing": 0.06,
    }  # fmt: skip


def _style_weights() -> dict[str, float]:
    return {"plain": 0.82, "pixel_art": 0.06, "black_and_white": 0.06, "cartoon": 0.06}


@dataclass(frozen=True)
class Mix:
    """How often each kind of scene is drawn; weights need not add up to one."""

    relations: dict[str, float] = field(default_factory=_relation_weights)
    styles: dict[str, float] = field(default_factory=_style_weights)
    colour: float = 0.15
    place: float = 0.90
    jitter: float = 0.20
    mirrored: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for unknown keys or shares outside 0 to 1."""
        if not set(self.relations) <= set(RELATION) or not set(self.styles) <= set(STYLE):
            raise ValueError("the mix names an unknown relation or style")
        shares = (self.colour, self.place, self.jitter, self.mirrored)
        if any(not 0 <= share <= 1 for share in shares):
            raise ValueError("every share of the mix must lie between 0 and 1")

    def to_dict(self) -> dict[str, object]:
        """Plain data for a manifest."""
        return asdict(self)


@cache
def _share_of(kind: str, first: str, second: str) -> float:
    """A fixed pseudo-random number in [0, 1) for a combination of words."""
    digest = hashlib.blake2b(f"{kind}|{first}|{second}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def is_held_out(scene: Scene) -> bool:
    """Whether the scene holds a combination that training never sees.

    Held out are about 8 % of all pairs of nouns (in either order), 4 % of subject and place and
    5 % of coloured noun and colour.
    """
    if scene.object is not None:
        first, second = sorted((scene.subject, scene.object))
        if _share_of("pair", first, second) < _PAIR_SHARE:
            return True
    if scene.place != NO_PLACE and _share_of("place", scene.subject, scene.place) < _PLACE_SHARE:
        return True
    if scene.colour is not None:
        noun = scene.coloured_noun()
        return noun is not None and _share_of("colour", noun, scene.colour) < _COLOUR_SHARE
    return False


def _pick(rng: random.Random, items: Sequence[_Item]) -> _Item:
    return items[int(rng.random() * len(items))]


def _weighted(rng: random.Random, weights: dict[str, float]) -> str:
    mark = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark < 0:
            return key
    return next(key for key in reversed(weights) if weights[key] > 0)


@cache
def subjects_and_objects(relation: str) -> tuple[tuple[Noun, ...], tuple[Noun, ...]]:
    """The subjects and the objects that a relation may take."""
    if relation == "alone":
        return NOUNS, ()
    if relation == "count":
        return tuple(noun for noun in NOUNS if noun.countable), ()
    objects = nouns_with(*sorted(RELATION[relation].object_roles))
    if relation == "wearing":
        return tuple(NOUN[name] for name in HEADS), objects
    return nouns_with("rider"), objects


def _draw(rng: random.Random, mix: Mix) -> Scene:
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
    style = _weighted(rng, mix.styles)
    if colour is not None and style == "black_and_white":
        style = "plain"
    jitter = 0
    if rng.random() < mix.jitter and relation not in _FULL_WIDTH:
        jitter = 1 if rng.random() < 0.5 else -1
    return Scene(
        subject=subject.name,
        relation=relation,
        object=thing.name if thing is not None else None,
        place=place,
        colour=colour,
        colour_of=colour_of,
        count=(2 if rng.random() < 0.5 else 3) if relation == "count" else 1,
        style=style,
        variant=int(rng.random() * VARIANTS),
        mirrored=rng.random() < mix.mirrored,
        jitter=jitter,
    )


class World:
    """The endless set of captioned scenes of one split."""

    def __init__(self, size: int = 192, split: str = "train", mix: Mix | None = None) -> None:
        """``size`` in pixels, a multiple of 12.  Raises ValueError for a bad size or split."""
        if size <= 0 or size % 12:
            raise ValueError(f"size must be a positive multiple of 12, not {size}")
        if split not in SPLITS:
            raise ValueError(f"split must be one of {', '.join(SPLITS)}, not {split!r}")
        self.size = size
        self.split = split
        self.mix = mix if mix is not None else Mix()

    def scene(self, seed: int, index: int) -> Scene:
        """The scene number ``index`` of stream ``seed``; the same arguments give the same scene."""
        digest = hashlib.blake2b(f"{seed}|{index}|{self.split}".encode(), digest_size=8).digest()
        rng = random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - pictures, not secrets
        for _ in range(10_000):
            scene = _draw(rng, self.mix)
            if self.split == "all" or is_held_out(scene) == (self.split == "held_out"):
                return scene
        raise RuntimeError(f"the mix leaves no scene for the split {self.split!r}")

    def caption(self, scene: Scene, variation: int = 0) -> str:
        """A caption of the scene; variation 0 is the canonical prompt, others vary the words."""
        return grammar.caption(scene, variation)

    def render(self, scene: Scene) -> NDArray[np.uint8]:
        """The picture, (size, size, 3) uint8 RGB."""
        return compose.render(scene, self.size)

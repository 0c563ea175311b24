"""Prompts to try."""

from __future__ import annotations

import hmac
import itertools
import random
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from generator.world.scenes.drawing import Mix, tell
from generator.world.scenes.relations import subjects_and_objects
from generator.world.scenes.scene import Scene
from generator.world.scenes.splits import SPLITS, is_held_out
from generator.world.words.grammar import caption
from generator.world.words.parts import spread
from generator.world.words.reading import is_possible
from generator.world.words.taught import UNTAUGHT_NOUNS, UNTAUGHT_RELATIONS, is_taught
from generator.world.words.vocabulary import NO_PLACE, NOUNS, PLACES, RELATIONS

_MIX: Final = Mix(
    relations={
        "riding": 0.16, "eating": 0.12, "holding": 0.12, "playing": 0.12, "wearing": 0.10,
        "on_top_of": 0.10, "under": 0.08, "sitting_in": 0.08, "next_to": 0.06, "count": 0.06,
    },
    colour=0.25,
    place=0.95,
)  # fmt: skip
_FEW: Final = 4
"""Of what a prompt doesn't name, this many are tried; more would make each refusal slow."""


def suggest(secret: bytes | int, count: int, split: str = "all") -> list[str]:
    """``count`` different canonical prompts of a split, the same for the same arguments.

    Without the secret nobody can tell them beforehand. From one to the next, relation and place
    change. The bundled weights were taught all that they name.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, not {split!r}")
    key = secret if isinstance(secret, bytes) else str(secret).encode()
    found: dict[str, Scene] = {}
    before: Scene | None = None
    for index in itertools.count():
        if len(found) >= count:
            break
        scene = _secret_scene(key, index, split)
        prompt = caption(scene)
        if prompt in found or (before and _resembles(scene, before)):
            continue
        found[prompt] = before = scene
    return list(found)


def _secret_scene(key: bytes, index: int, split: str) -> Scene:
    digest = hmac.new(key, f"{split} {index}".encode(), "sha256").digest()
    rng = random.Random(digest)  # noqa: S311 - what it draws is as secret as its seed
    while True:
        scene = tell(rng, _MIX)
        is_of_split = split == "all" or is_held_out(scene) == (split == "held_out")
        if is_of_split and is_taught(scene):
            return scene


def _resembles(scene: Scene, other: Scene) -> bool:
    return scene.relation == other.relation or scene.place == other.place


def nearest_prompts(prompt: str, count: int = 2) -> list[str]:
    """Up to ``count`` canonical prompts made of what ``prompt`` names, those with most of its words
    first; none for a prompt that names nothing that the bundled weights were taught."""
    words = re.findall(r"[a-z]+", prompt.lower())
    found = {caption(scene): None for scene in _near(" ".join(words))}
    return sorted(found, key=lambda other: _distance(words, other.split()))[:count]


def _near(text: str) -> Iterator[Scene]:
    """Possible scenes of the nouns, relation and place that a text names, of those taught."""
    names = {noun.name: (noun.name, noun.plural) for noun in NOUNS}
    nouns = [name for name in _named(text, names) if name not in UNTAUGHT_NOUNS]
    verbs = {
        each.key: (each.verb, each.finite)
        for each in RELATIONS
        if each.object_roles and each.key not in UNTAUGHT_RELATIONS
    }
    places = _named(text, {each.key: (each.phrase.split()[-1],) for each in PLACES}) or [NO_PLACE]
    # Nearly anything can be next to nearly anything.
    relations = [*_named(text, verbs), "next_to"]
    for subject, relation, place in product(nouns[:_FEW], relations, places[:1]):
        objects = {noun.name for noun in subjects_and_objects(relation)[1]} - UNTAUGHT_NOUNS
        wanted = [name for name in nouns if name in objects and name != subject]
        for thing in wanted or spread(sorted(objects), _FEW):
            yield from _possible(Scene(subject, relation, thing, place))
    for subject, place in product(nouns[:_FEW], places[:1]):
        yield from _possible(Scene(subject, place=place))


def _possible(scene: Scene) -> Iterator[Scene]:
    if is_possible(scene):
        yield scene


def _named(text: str, names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The keys of which a name stands in the text, in the order of the text."""
    places = {
        key: match.start()
        for key, forms in names.items()
        if (match := re.search(rf"\b({'|'.join(map(re.escape, forms))})\b", text))
    }
    return sorted(places, key=lambda key: (places[key], -len(key)))


def _distance(words: list[str], others: list[str]) -> tuple[int, int, int]:
    """Fewest words lost, then fewest new ones, then fewest in other places."""
    lost, new = set(words) - set(others), set(others) - set(words)
    moved = sum(mine != theirs for mine, theirs in zip(words, others, strict=False))
    return len(lost), len(new), moved

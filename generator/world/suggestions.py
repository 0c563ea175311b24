"""Prompts to try."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from generator.world.grammar import caption
from generator.world.parts import spread
from generator.world.reading import is_possible
from generator.world.scene import Scene
from generator.world.scenes import World, subjects_and_objects
from generator.world.vocabulary import NO_PLACE, NOUNS, PLACES, RELATIONS

_FEW: Final = 4
"""Of what a prompt doesn't name, this many are tried; more would make each refusal slow."""


def suggest(seed: int, count: int, split: str = "all") -> list[str]:
    """``count`` different canonical prompts of a split, the same for the same arguments."""
    world = World(split=split)
    found: dict[str, None] = {}
    index = 0
    while len(found) < count:
        found.setdefault(world.caption(world.scene(seed, index)), None)
        index += 1
    return list(found)


def nearest_prompts(prompt: str, count: int = 2) -> list[str]:
    """Up to ``count`` canonical prompts made of what ``prompt`` names, those with most of its words
    first; none for a prompt that names nothing of the world."""
    words = re.findall(r"[a-z]+", prompt.lower())
    found = {caption(scene): None for scene in _near(" ".join(words))}
    return sorted(found, key=lambda other: _distance(words, other.split()))[:count]


def _near(text: str) -> Iterator[Scene]:
    """Possible scenes of the nouns, relation and place that a text names."""
    nouns = _named(text, {noun.name: (noun.name, noun.plural) for noun in NOUNS})
    verbs = {each.key: (each.verb, each.finite) for each in RELATIONS if each.object_roles}
    places = _named(text, {each.key: (each.phrase.split()[-1],) for each in PLACES}) or [NO_PLACE]
    # Nearly anything can be next to nearly anything.
    relations = [*_named(text, verbs), "next_to"]
    for subject, relation, place in product(nouns[:_FEW], relations, places[:1]):
        objects = {noun.name for noun in subjects_and_objects(relation)[1]}
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

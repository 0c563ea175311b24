"""A prompt cut into its parts, and the same prompt with other things in the place of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from generator.world.scenes.relations import subjects_and_objects
from generator.world.scenes.scene import Scene
from generator.world.words.grammar import caption
from generator.world.words.reading import read
from generator.world.words.taught import UNTAUGHT_NOUNS, UNTAUGHT_RELATIONS
from generator.world.words.vocabulary import (
    COLOURS,
    COUNT_WORDS,
    NO_PLACE,
    NOUN,
    PLACE,
    PLACES,
    RELATION,
    RELATIONS,
    Noun,
    with_article,
)

ARTICLE: Final = "article"


def parts(scene: Scene) -> list[tuple[str, str]]:
    """The canonical caption of a scene in order, as (name of the part, its words)."""
    found = [*_noun(scene, "subject", NOUN[scene.subject], scene.count)]
    if scene.object is not None:
        found.append(("relation", RELATION[scene.relation].verb))
        found += _noun(scene, "object", NOUN[scene.object], 1)
    if scene.place != NO_PLACE:
        found.append(("place", PLACE[scene.place].phrase))
    return found


def _noun(scene: Scene, part: str, noun: Noun, count: int) -> Iterator[tuple[str, str]]:
    colour = scene.colour_for(part)
    words = noun.name if count == 1 else noun.plural
    if count > 1:
        yield "count", COUNT_WORDS[count]
    elif noun.number == "count":
        yield ARTICLE, with_article(colour or words).split()[0]
    if colour:
        yield "colour", colour
    yield part, words


def contrasts(prompt: str, most: int) -> list[list[str]] | None:
    """For each word of a canonical prompt, up to ``most`` prompts with another part in its place.

    The words of one part (“ice cream”, “in the city at night”) have the same ones, those of an
    article none. Nothing is put there that the bundled weights were not taught. None when the world
    holds no picture of the prompt.
    """
    scene = read(prompt)
    if scene is None:
        return None
    found: list[list[str]] = []
    for name, words in parts(scene):
        others = [caption(other) for other in spread(_others(scene, name), most)]
        found += [others] * len(words.split())
    return found


def _others(scene: Scene, part: str) -> list[Scene]:
    """The scene with each other thing of the same kind as this part."""
    if part == ARTICLE:
        return []
    if part == "count":
        more = [
            replace(scene, count=count) for count in COUNT_WORDS if count not in (1, scene.count)
        ]
        return [*more, replace(scene, count=1, relation="alone")]
    used = (
        (scene.subject, scene.object) if part in ("subject", "object") else (getattr(scene, part),)
    )
    return [replace(scene, **{part: each}) for each in _kind(scene, part) if each not in used]


def _kind(scene: Scene, part: str) -> Sequence[Any]:
    subjects, objects = subjects_and_objects(scene.relation)
    relations = (relation.key for relation in RELATIONS if relation.object_roles)
    return {
        "subject": [noun.name for noun in subjects if noun.name not in UNTAUGHT_NOUNS],
        "object": [noun.name for noun in objects if noun.name not in UNTAUGHT_NOUNS],
        "relation": [key for key in relations if key not in UNTAUGHT_RELATIONS],
        "place": [place.key for place in PLACES],
        "colour": [colour.name for colour in COLOURS],
    }[part]


def spread(items: Sequence[Any], most: int) -> list[Any]:
    """At most ``most`` of the items, evenly from the first on."""
    step = max(1, -(-len(items) // most))
    return list(items[::step])

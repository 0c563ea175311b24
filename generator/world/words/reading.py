"""From a canonical prompt back to its scene: whether the world holds a picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from generator.world.scenes.relations import fits
from generator.world.scenes.scene import Scene
from generator.world.words.grammar import caption
from generator.world.words.vocabulary import (
    COLOUR,
    COUNT_WORDS,
    NO_PLACE,
    NOUNS,
    PLACES,
    RELATIONS,
)


def read(prompt: str) -> Scene | None:
    """The scene whose canonical caption (variation 0) is ``prompt``; None when there is none."""
    text = " ".join(prompt.lower().split())
    for scene in _guesses(text):
        if caption(scene) == text and is_possible(scene):
            return scene
    return None


def _guesses(text: str) -> Iterator[Scene]:
    for place in (*PLACES, None):
        phrase = f" {place.phrase}" if place else ""
        if text.endswith(phrase):
            clause = text[: len(text) - len(phrase)]
            yield from _clauses(clause, place.key if place else NO_PLACE)


def _clauses(clause: str, place: str) -> Iterator[Scene]:
    for relation in RELATIONS:
        if not relation.object_roles:
            for subject, colour, count in _nouns(clause):
                if (count > 1) == (relation.key == "count"):
                    part = "subject" if colour else None
                    yield Scene(subject, relation.key, None, place, colour, part, count)
            continue
        left, verb, right = clause.partition(f" {relation.verb} ")
        if not verb:
            continue
        for subject, first, count in _nouns(left):
            for thing, second, _ in _nouns(right):
                if count == 1 and not (first and second):
                    part = "subject" if first else "object" if second else None
                    yield Scene(subject, relation.key, thing, place, first or second, part)


def _nouns(phrase: str) -> Iterator[tuple[str, str | None, int]]:
    """The noun, colour and count that a phrase may stand for."""
    words = phrase.split()
    count = next((n for n, word in COUNT_WORDS.items() if n > 1 and words[:1] == [word]), 1)
    if count > 1 or words[:1] in (["a"], ["an"]):
        words = words[1:]
    colour = words[0] if words and words[0] in COLOUR else None
    # “Orange” is a colour; what follows it decides.
    for named, rest in ((colour, words[1:]), (None, words)) if colour else ((None, words),):
        name = _named().get((" ".join(rest), count > 1))
        if name:
            yield name, named, count


@cache
def _named() -> dict[tuple[str, bool], str]:
    """Every noun by (singular, False) and (plural, True)."""
    single = {(noun.name, False): noun.name for noun in NOUNS}
    return single | {(noun.plural, True): noun.name for noun in NOUNS if noun.countable}


def is_possible(scene: Scene) -> bool:
    """Whether the world shows such a scene."""
    return fits(scene.relation, scene.subject, scene.object)

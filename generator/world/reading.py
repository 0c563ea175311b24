"""From a canonical prompt back to its scene: whether the world holds a picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from generator.world.grammar import caption
from generator.world.scene import Scene
from generator.world.scenes import subjects_and_objects
from generator.world.vocabulary import (
    COLOUR,
    COUNT_WORDS,
    NO_PLACE,
    NOUNS,
    PLACES,
    RELATIONS,
    STYLES,
)


def read(prompt: str) -> Scene | None:
    """The scene whose canonical caption (variation 0) is ``prompt``; None when there is none."""
    text = " ".join(prompt.lower().split())
    for scene in _guesses(text):
        if caption(scene) == text and is_possible(scene):
            return scene
    return None


def _guesses(text: str) -> Iterator[Scene]:
    for style in STYLES:
        rest = text.removeprefix(style.prefix).strip()
        for place in (*PLACES, None):
            phrase = f" {place.phrase}" if place else ""
            key = place.key if place else NO_PLACE
            if rest.endswith(phrase):
                yield from _clauses(rest[: len(rest) - len(phrase)], style.key, key)


def _clauses(clause: str, style: str, place: str) -> Iterator[Scene]:
    for relation in RELATIONS:
        if not relation.object_roles:
            for subject, colour, count in _nouns(clause):
                if (count > 1) == (relation.key == "count"):
                    part = "subject" if colour else None
                    yield Scene(subject, relation.key, None, place, colour, part, count, style)
            continue
        left, verb, right = clause.partition(f" {relation.verb} ")
        if not verb:
            continue
        for subject, first, count in _nouns(left):
            for thing, second, _ in _nouns(right):
                if count == 1 and not (first and second):
                    part = "subject" if first else "object" if second else None
                    yield Scene(
                        subject, relation.key, thing, place, first or second, part, 1, style
                    )


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
    subjects, objects = subjects_and_objects(scene.relation)
    if scene.subject not in {noun.name for noun in subjects}:
        return False
    if scene.object is None:
        return True
    names = {noun.name for noun in objects}
    return scene.object in names and scene.object != scene.subject

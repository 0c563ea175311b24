"""Captions of scenes, and the words that they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from generator.reading.text import plain
from generator.world.scenes.scene import Scene
from generator.world.words.taught import UNTAUGHT_NOUNS, UNTAUGHT_RELATIONS
from generator.world.words.vocabulary import (
    COLOURS,
    COUNT_WORDS,
    NO_PLACE,
    NOUN,
    NOUNS,
    PLACE,
    PLACES,
    RELATION,
    RELATIONS,
    Noun,
    Relation,
    with_article,
)

_PLANS: Final = (
    # wording of the verb, place first, what frames the whole
    (0, False, "{}"),
    (1, False, "{}"),
    (2, False, "{}"),
    (0, False, "a picture of {}"),
    (0, True, "{}"),
    (1, True, "{}"),
    (2, True, "{}"),
)
VARIATIONS: Final = len(_PLANS)
"""Captions beyond this many variations repeat."""
_WORD: Final = re.compile(r"[a-z]+")


def _noun_phrase(noun: Noun, colour: str | None) -> str:
    if colour is None:
        return noun.phrase
    words = f"{colour} {noun.name}"
    return with_article(words) if noun.number == "count" else words


def _subject_phrase(scene: Scene) -> str:
    noun, colour = NOUN[scene.subject], scene.colour_for("subject")
    if scene.count > 1:
        words = noun.plural if colour is None else f"{colour} {noun.plural}"
        return f"{COUNT_WORDS[scene.count]} {words}"
    return _noun_phrase(noun, colour)


def _clause(scene: Scene, wording: int) -> str:
    """Subject, relation and object: 0 "riding", 1 "rides", 2 "is riding"."""
    subject = _subject_phrase(scene)
    if scene.object is None:
        return subject
    relation = RELATION[scene.relation]
    thing = _noun_phrase(NOUN[scene.object], scene.colour_for("object"))
    static = relation.finite.startswith("is ")
    verb = (relation.verb, relation.finite, relation.finite if static else f"is {relation.verb}")
    return f"{subject} {verb[wording]} {thing}"


def caption(scene: Scene, variation: int = 0) -> str:
    """A lower-case caption; 0 is the canonical prompt, other numbers vary the wording.

    Word order and verb form change; the meaning does not.
    """
    wording, place_first, frame = _PLANS[variation % VARIATIONS]
    words = _clause(scene, wording)
    if scene.place != NO_PLACE:
        phrase = PLACE[scene.place].phrase
        if place_first:
            words = f"{phrase}, {words}"
        elif scene.object is None and wording:
            plural = scene.count > 1 or NOUN[scene.subject].number == "plural"
            words = f"{words} {'are' if plural else 'is'} {phrase}"
        else:
            words = f"{words} {phrase}"
    return frame.format(words)


@cache
def caption_words() -> frozenset[str]:
    """Every word that a caption can contain."""
    return _words(NOUNS, RELATIONS)


@cache
def vocabulary_words() -> frozenset[str]:
    """The words of captions that the bundled weights have been taught."""
    return _words(
        [noun for noun in NOUNS if noun.name not in UNTAUGHT_NOUNS],
        [relation for relation in RELATIONS if relation.key not in UNTAUGHT_RELATIONS],
    )


def _words(nouns: Iterable[Noun], relations: Iterable[Relation]) -> frozenset[str]:
    texts = ["a an is are", *COUNT_WORDS.values(), *(frame for _, _, frame in _PLANS)]
    texts += [f"{noun.name} {noun.plural}" for noun in nouns]
    texts += [place.phrase for place in PLACES]
    texts += [f"{relation.verb} {relation.finite}" for relation in relations]
    texts += [colour.name for colour in COLOURS]
    return frozenset(_WORD.findall(" ".join(texts)))


def unknown_words(prompt: str) -> list[str]:
    """The words of ``prompt`` that the bundled weights were never shown, in order, each once.

    Accents are no matter: a fóx is read as a fox.
    """
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", prompt.lower())
    return list(dict.fromkeys(word for word in words if plain(word) not in vocabulary_words()))

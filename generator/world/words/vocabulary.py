"""The world's words in one place: nouns, places, relations, colours and counts."""

from __future__ import annotations

from typing import Final

from generator.world.places.names import NO_PLACE, PLACE, PLACES, Place
from generator.world.scenes.relations import RELATION, RELATIONS, Relation
from generator.world.things.colours import COLOUR, COLOURS, Colour
from generator.world.things.nouns import NOUN, NOUNS, Noun, nouns_with, with_article

COUNT_WORDS: Final[dict[int, str]] = {1: "one", 2: "two", 3: "three"}

__all__ = [
    "COLOUR",
    "COLOURS",
    "COUNT_WORDS",
    "NOUN",
    "NOUNS",
    "NO_PLACE",
    "PLACE",
    "PLACES",
    "RELATION",
    "RELATIONS",
    "Colour",
    "Noun",
    "Place",
    "Relation",
    "nouns_with",
    "with_article",
]

"""How subject and object are put together, and which nouns may be which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from generator.world.things.nouns import NOUNS, Noun, nouns_with


@dataclass(frozen=True)
class Relation:
    """One way; roles name which nouns may fill the object, none when there is no object."""

    key: str
    verb: str
    finite: str
    object_roles: frozenset[str]


WEARABLE: Final = frozenset({"hat", "eyewear"})
RELATIONS: Final[tuple[Relation, ...]] = (
    Relation("alone", "", "", frozenset()),
    Relation("count", "", "", frozenset()),
    Relation("next_to", "next to", "is next to", frozenset({"rider", "thing", "ridden"})),
    Relation("riding", "riding", "rides", frozenset({"ridden"})),
    Relation("on_top_of", "on top of", "is on top of", frozenset({"base"})),
    Relation("under", "under", "is under", frozenset({"above"})),
    Relation("sitting_in", "sitting in", "sits in", frozenset({"inside"})),
    Relation("holding", "holding", "holds", frozenset({"hold"})),
    Relation("eating", "eating", "eats", frozenset({"food"})),
    Relation("wearing", "wearing", "wears", WEARABLE),
    Relation("playing", "playing", "plays", frozenset({"instrument"})),
)
RELATION: Final[dict[str, Relation]] = {relation.key: relation for relation in RELATIONS}


@cache
def subjects_and_objects(relation: str) -> tuple[tuple[Noun, ...], tuple[Noun, ...]]:
    """The subjects and the objects that a relation may take."""
    if relation == "alone":
        return NOUNS, ()
    if relation == "count":
        return tuple(noun for noun in NOUNS if noun.countable), ()
    objects = nouns_with(*sorted(RELATION[relation].object_roles))
    return nouns_with("head" if relation == "wearing" else "rider"), objects


@cache
def _names(relation: str) -> tuple[frozenset[str], frozenset[str]]:
    subjects, objects = subjects_and_objects(relation)
    return frozenset(noun.name for noun in subjects), frozenset(noun.name for noun in objects)


def fits(relation: str, subject: str, thing: str | None) -> bool:
    """Whether the world shows this subject in that relation to the object."""
    subjects, objects = _names(relation)
    if subject not in subjects:
        return False
    if thing is None:
        return not objects
    return thing in objects and thing != subject

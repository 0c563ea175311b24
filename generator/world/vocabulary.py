"""Words of the world: nouns with roles, places, relations, colours and styles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from generator.world.nouns import NOUN_TABLE

PLAIN_SET: Final = "fluent-emoji"
CARTOON_SET: Final = "noto"
SETS: Final = (PLAIN_SET, CARTOON_SET)


@dataclass(frozen=True)
class Noun:
    """One drawable thing.

    ``roles`` holds any of: rider (animals and people, the subjects of actions), ridden, food, hat,
    eyewear, hold, instrument, thing, base (something can stand on it), tint.
    ``number`` is "count", "mass" or "plural".  ``seat`` is the height of the seat as a fraction of
    the picture's height; ``behind`` says that a rider is drawn behind the vehicle.
    """

    name: str
    plural: str
    icon: str
    roles: frozenset[str]
    number: str = "count"
    seat: float = 0.8
    behind: bool = False

    @property
    def phrase(self) -> str:
        """The noun with its article: "an apple", "popcorn", "sunglasses"."""
        return with_article(self.name) if self.number == "count" else self.name

    @property
    def countable(self) -> bool:
        """Whether "two ..." makes sense."""
        return self.number == "count"


@dataclass(frozen=True)
class Place:
    """A background: its key and its phrase; ``floating`` places draw no shadow."""

    key: str
    phrase: str
    floating: bool = False


@dataclass(frozen=True)
class Relation:
    """How subject and object are put together; roles name which nouns may fill the object."""

    key: str
    verb: str
    finite: str
    object_roles: frozenset[str]


@dataclass(frozen=True)
class Colour:
    """A tint: its word and its base RGB (0-255)."""

    name: str
    rgb: tuple[int, int, int]


@dataclass(frozen=True)
class Style:
    """A picture style: its key and the phrase that opens a canonical caption ("" for plain)."""

    key: str
    prefix: str


def with_article(words: str) -> str:
    """``words`` with "a " or "an " before it."""
    return ("an " if words[0] in "aeio" or words.startswith("umb") else "a ") + words


def _parse_noun(line: str) -> Noun:
    name, icon, roles, options = (part.strip() for part in line.split("|"))
    plural, number, seat, behind = name + "s", "count", 0.8, False
    for option in options.split():
        if option.startswith("plural="):
            plural = option[7:].replace("+", " ")
        elif option.startswith("seat="):
            seat = int(option[5:]) / 100
        elif option == "behind":
            behind = True
        elif option in ("mass", "pl"):
            number, plural = ("mass" if option == "mass" else "plural"), name
        else:
            raise ValueError(f"unknown option {option!r} in the noun table: {line!r}")
    return Noun(name, plural, icon, frozenset(roles.split()), number, seat, behind)


NOUNS: Final[tuple[Noun, ...]] = tuple(
    _parse_noun(line) for line in NOUN_TABLE.strip().splitlines()
)
NOUN: Final[dict[str, Noun]] = {noun.name: noun for noun in NOUNS}

PLACES: Final[tuple[Place, ...]] = (
    Place("moon", "on the moon"),
    Place("mars", "on mars"),
    Place("beach", "on the beach"),
    Place("forest", "in the forest"),
    Place("desert", "in the desert"),
    Place("city", "in the city at night"),
    Place("sea", "under the sea"),
    Place("snow", "in the snow"),
    Place("mountains", "in the mountains"),
    Place("space", "in space", floating=True),
    Place("farm", "on a farm"),
    Place("castle", "in front of a castle"),
    Place("street", "on the street"),
    Place("living_room", "in the living room"),
    Place("kitchen", "in the kitchen"),
    Place("stage", "on a stage"),
    Place("clouds", "above the clouds", floating=True),
    Place("library", "in the library"),
    Place("garden", "in a flower garden"),
    Place("rain", "in the rain"),
    Place("volcano", "near a volcano"),
)
PLACE: Final[dict[str, Place]] = {place.key: place for place in PLACES}
NO_PLACE: Final = "none"

WEARABLE: Final = frozenset({"hat", "eyewear"})
RELATIONS: Final[tuple[Relation, ...]] = (
    Relation("alone", "", "", frozenset()),
    Relation("count", "", "", frozenset()),
    Relation("next_to", "next to", "is next to", frozenset({"rider", "thing", "hold", "ridden"})),
    Relation("riding", "riding", "rides", frozenset({"ridden"})),
    Relation("on_top_of", "on top of", "is on top of", frozenset({"base"})),
    Relation("holding", "holding", "holds", frozenset({"hold"})),
    Relation("eating", "eating", "eats", frozenset({"food"})),
    Relation("wearing", "wearing", "wears", WEARABLE),
    Relation("playing", "playing", "plays", frozenset({"instrument"})),
)
RELATION: Final[dict[str, Relation]] = {relation.key: relation for relation in RELATIONS}

COLOURS: Final[tuple[Colour, ...]] = (
    Colour("red", (226, 32, 38)),
    Colour("orange", (250, 132, 18)),
    Colour("yellow", (250, 212, 24)),
    Colour("green", (52, 172, 62)),
    Colour("blue", (36, 104, 232)),
    Colour("purple", (134, 56, 200)),
    Colour("pink", (250, 122, 186)),
)
COLOUR: Final[dict[str, Colour]] = {colour.name: colour for colour in COLOURS}

STYLES: Final[tuple[Style, ...]] = (
    Style("plain", ""),
    Style("pixel_art", "pixel art of"),
    Style("black_and_white", "a black and white picture of"),
    Style("cartoon", "a cartoon of"),
)
STYLE: Final[dict[str, Style]] = {style.key: style for style in STYLES}
COUNT_WORDS: Final[dict[int, str]] = {1: "one", 2: "two", 3: "three"}


@cache
def nouns_with(*roles: str) -> tuple[Noun, ...]:
    """The nouns that have at least one of ``roles``, in table order."""
    wanted = frozenset(roles)
    return tuple(noun for noun in NOUNS if noun.roles & wanted)

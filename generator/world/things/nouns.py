"""Every thing that the world can draw, with its roles and its icon in each hand.

A row of the tables is ``name | icons | roles | options``. The icons are Iconify names, tried in
turn in each art set of a hand. Roles are space separated (see :class:`Noun`). Options:

``plural=...``   an irregular plural
``mass``         takes no article in the singular ("eating popcorn")
``pl``           a plural-only noun ("wearing sunglasses", "are")
``seat=N``       height of the seat above the ground, as a percentage of the picture's height
``-hand``        that hand draws something else under this name, and is left out
``hand=icon``    that hand has the thing under another name; "set:icon" names the art set as well
``paint=hand:colour``  that hand's main colour is exchanged for another one
``turn=hand:N``  that hand's picture is turned by so many degrees against the clock
``flip=hand``    that hand's picture faces right, and is turned round: all others face left or us
``behind``       a rider sits in this vehicle, and is drawn behind it
``low=N``        how far a hat reaches below the top of a head, as a percentage of its own height
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Final

from generator.world.things import creatures, food, objects
from generator.world.things.hands import HANDS


@dataclass(frozen=True)
class Noun:
    """One drawable thing.

    ``roles`` holds any of: rider (animals and people, the subjects of actions), head (wears hats),
    ridden, food, hat, eyewear, hold, instrument, thing, above (things can be under it), inside
    (things can sit in it), base (something can stand on it), tint.
    ``number`` is "count", "mass" or "plural". ``seat`` is the height of the seat as a fraction of
    the picture's height, ``low`` how much of a hat is below the top of a head, and
    ``behind`` whether a rider is drawn behind. ``missing`` names
    hands that do not draw it, ``own_icons`` the icon that a hand has under another name, and
    ``changes`` what is done to a hand's picture.
    """

    name: str
    plural: str
    icons: tuple[str, ...]
    roles: frozenset[str]
    number: str = "count"
    seat: float = 0.8
    low: float = 0.0
    behind: bool = False
    missing: frozenset[str] = frozenset()
    own_icons: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    changes: dict[tuple[str, str], str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def phrase(self) -> str:
        """The noun with its article: "an apple", "popcorn", "sunglasses"."""
        return with_article(self.name) if self.number == "count" else self.name

    @property
    def countable(self) -> bool:
        """Whether "two ..." makes sense."""
        return self.number == "count"


def with_article(words: str) -> str:
    """``words`` with "a " or "an " before it."""
    return ("an " if words[0] in "aeio" or words.startswith(("umb", "hour")) else "a ") + words


def _parse(line: str) -> Noun:
    name, icons, roles, options = (part.strip() for part in line.split("|"))
    plural, number, seat, low = name + "s", "count", 0.8, 0.0
    behind = False
    missing: set[str] = set()
    own: dict[str, str] = {}
    changes: dict[tuple[str, str], str] = {}
    for option in options.split():
        key, _, value = option.partition("=")
        if key == "plural":
            plural = value.replace("+", " ")
        elif key in ("paint", "turn", "flip"):
            hand, _, how = value.partition(":")
            changes[hand, key] = how
        elif key == "low":
            low = int(value) / 100
        elif key == "seat":
            seat = int(value) / 100
        elif key in HANDS and value:
            own[key] = value
        elif option[0] == "-" and option[1:] in HANDS:
            missing.add(option[1:])
        elif option == "behind":
            behind = True
        elif option in ("mass", "pl"):
            number, plural = ("mass" if option == "mass" else "plural"), name
        else:
            raise ValueError(f"unknown option {option!r} in the noun table: {line!r}")
    return Noun(
        name, plural, tuple(icons.split(",")), frozenset(roles.split()), number, seat, low, behind,
        frozenset(missing), own, changes,
    )  # fmt: skip


_LINES: Final = "".join((creatures.TABLE, food.TABLE, objects.TABLE)).split("\n")
NOUNS: Final[tuple[Noun, ...]] = tuple(_parse(line) for line in _LINES if line)
NOUN: Final[dict[str, Noun]] = {noun.name: noun for noun in NOUNS}


@cache
def nouns_with(*roles: str) -> tuple[Noun, ...]:
    """The nouns that have at least one of ``roles``, in table order."""
    wanted = frozenset(roles)
    return tuple(noun for noun in NOUNS if noun.roles & wanted)

"""The places by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Place:
    """A background: its key and its phrase; ``floating`` places draw no shadow."""

    key: str
    phrase: str
    floating: bool = False


PLACES: Final[tuple[Place, ...]] = (
    Place("moon", "on the moon"),
    Place("mars", "on mars"),
    Place("beach", "on the beach"),
    Place("forest", "in the forest"),
    Place("desert", "in the desert"),
    Place("city", "in the city at night"),
    Place("sea", "under the sea", floating=True),
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

"""The description of one picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    ``colour`` tints the noun that ``colour_of`` names ("subject" or "object").  ``place`` is a
    place's key or "none".  ``variant`` numbers the background's variant; ``jitter`` moves the
    group by that many 16-pixel cells (-1, 0 or 1).
    """

    subject: str
    relation: str = "alone"
    object: str | None = None
    place: str = "none"
    colour: str | None = None
    colour_of: str | None = None
    count: int = 1
    style: str = "plain"
    variant: int = 0
    mirrored: bool = False
    jitter: int = 0

    def to_dict(self) -> dict[str, str | int | bool | None]:
        """Plain data, keyed by field name."""
        return asdict(self)

    def colour_for(self, part: str) -> str | None:
        """The tint of "subject" or "object"; None when it keeps its own colours."""
        return self.colour if self.colour_of == part else None

    def coloured_noun(self) -> str | None:
        """The noun that the colour belongs to; None without a colour."""
        if self.colour is None:
            return None
        return self.object if self.colour_of == "object" else self.subject

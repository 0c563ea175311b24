"""The description of one picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    The caption tells the first seven: ``colour`` tints the noun that ``colour_of`` names ("subject"
    or "object"), ``place`` is a place's key or "none". It does not tell the rest: ``hand`` is the
    number of the art set, ``far`` makes things smaller, ``shift`` moves them sideways by so many
    cells, ``depth`` numbers the order in which they stand one behind another, ``variant`` the
    place's drawing, and ``mirrored`` turns the place round and puts its things on the other side.
    """

    subject: str
    relation: str = "alone"
    object: str | None = None
    place: str = "none"
    colour: str | None = None
    colour_of: str | None = None
    count: int = 1
    hand: int = 0
    far: bool = False
    shift: int = 0
    depth: int = 0
    variant: int = 0
    mirrored: bool = False

    def to_dict(self) -> dict[str, str | int | bool | None]:
        """Plain data, keyed by field name."""
        return asdict(self)

    @property
    def nouns(self) -> tuple[str, ...]:
        """What it names: the subject, and the object if there is one."""
        return (self.subject,) if self.object is None else (self.subject, self.object)

    def colour_for(self, part: str) -> str | None:
        """The tint of "subject" or "object"; None when it keeps its own colours."""
        return self.colour if self.colour_of == part else None

    def coloured_noun(self) -> str | None:
        """The noun that the colour belongs to; None without a colour."""
        if self.colour is None:
            return None
        return self.object if self.colour_of == "object" else self.subject

    def as_told(self) -> Scene:
        """The scene with all that its caption does not tell left at the defaults."""
        return replace(self, hand=0, far=False, shift=0, depth=0, variant=0, mirrored=False)

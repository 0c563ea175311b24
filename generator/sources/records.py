"""One captioned image as it is stored, and the count of those that cannot be used."""

from dataclasses import dataclass, field


class SourceError(ValueError):
    """A source is missing, empty, or holds nothing that can be used."""


class BrokenRecord(ValueError):
    """One captioned image cannot be used; the others can."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


@dataclass(frozen=True, slots=True)
class Record:
    """`name` is unique in its source; `image` is an encoded picture of any format PIL reads."""

    name: str
    image: bytes
    caption: str


def clean_caption(name: str, caption: object) -> str:
    """One line of text.

    Raises:
        BrokenRecord: it is empty, or no text at all.
    """
    if isinstance(caption, bytes):
        try:
            caption = caption.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BrokenRecord(name, f"its caption is not UTF-8 ({error.reason})") from error
    if not isinstance(caption, str):
        raise BrokenRecord(name, "it has no caption")
    if not (line := " ".join(caption.split())):
        raise BrokenRecord(name, "its caption is empty")
    return line


@dataclass(slots=True)
class Tally:
    """What was read, and what was broken: each name once, with the first reason given."""

    read: int = 0
    broken: dict[str, str] = field(default_factory=dict)

    def add(self, read: int, broken: dict[str, str]) -> None:
        self.read += read
        self.broken = broken | self.broken

    def summary(self, named: int = 3) -> str:
        if not self.broken:
            return f"{self.read} read, none broken"
        first = [f"{name} ({why})" for name, why in list(self.broken.items())[:named]]
        rest = f" and {len(self.broken) - named} more" if len(self.broken) > named else ""
        return f"{self.read} read, {len(self.broken)} broken: {'; '.join(first)}{rest}"

"""One captioned image as it is stored, and the count of those that cannot be used."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)
LONGEST_CAPTION = 10_000
# So many broken records are told of as they are met; all are counted.
TOLD = 5


class SourceError(ValueError):
    """A source is missing, empty, or holds nothing that can be used."""


class BrokenRecord(ValueError):
    """One captioned image cannot be used; the others can."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


@dataclass(frozen=True, slots=True)
class Keys:
    """What pictures and captions are called in a source, where it isn't one of the usual names.

    In shards an ending of files, or for captions a field of the json too; elsewhere a column.
    `delimiter` stands between the columns of a csv file.
    """

    image: str | None = None
    caption: str | None = None
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Record:
    """`name` is unique in its source; `image` is an encoded picture (see `sources.pixels`)."""

    name: str
    image: bytes
    caption: str


def clean_caption(name: str, caption: object) -> str:
    """One line of text.

    Raises:
        BrokenRecord: it is empty, far too long, or no text at all.
    """
    if isinstance(caption, bytes):
        caption = caption.decode("utf-8-sig", "surrogateescape")
    if not isinstance(caption, str):
        raise BrokenRecord(name, "it has no caption")
    if len(caption) > LONGEST_CAPTION:
        raise BrokenRecord(name, f"its caption has {len(caption)} letters")
    try:
        caption.encode()
    except UnicodeEncodeError as error:  # a byte that is no UTF-8, or half a surrogate pair
        raise BrokenRecord(name, f"its caption is not UTF-8 (letter {error.start})") from error
    if not (line := " ".join(caption.split())):
        raise BrokenRecord(name, "its caption is empty")
    return line


def printable(name: str) -> str:
    """A file's name that can be written anywhere, whatever bytes it is made of."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def identity_of(lines: Iterable[str]) -> str:
    """One sha256 over what a source holds."""
    found = hashlib.sha256()
    for line in lines:
        found.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return found.hexdigest()


@dataclass(slots=True)
class Tally:
    """What was read, and what was broken: each name once, with the first reason given."""

    read: int = 0
    broken: dict[str, str] = field(default_factory=dict)

    def add(self, read: int, broken: dict[str, str]) -> None:
        self.read += read
        for name, why in broken.items():
            if name in self.broken:
                continue
            self.broken[name] = why
            if len(self.broken) <= TOLD:
                rest = "; more are counted" if len(self.broken) == TOLD else ""
                logger.warning("passed over: %s (%s)%s", name, why, rest)

    def summary(self, named: int = 3) -> str:
        if not self.broken:
            return f"{self.read} read, none broken"
        first = [f"{name} ({why})" for name, why in list(self.broken.items())[:named]]
        rest = f" and {len(self.broken) - named} more" if len(self.broken) > named else ""
        return f"{self.read} read, {len(self.broken)} broken: {'; '.join(first)}{rest}"

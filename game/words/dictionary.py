"""What a dictionary says of the vocabulary's words: their meanings, and what those are kinds of.

Frozen from WordNet by `python -m game.words.freeze`. For workers: it takes half a second to read.
"""

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

DICTIONARY = Path(__file__).with_name("dictionary.gz")
# Between the fields of a line.
FIELD, OWN = "\t", "|"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a word, or a kind of things.

    Its name is what people call the kind, many of it for a noun (“string instruments”); it is empty
    where nobody would call it so, as with “placentals”. Parents and wholes are numbers of meanings:
    what it is a kind of, and what it is a part of. Told are the numbers of the words that explain
    it.
    """

    name: str
    is_verb: bool
    parents: tuple[int, ...]
    wholes: tuple[int, ...]
    told: tuple[int, ...]

    def line(self) -> str:
        kind = "v" if self.is_verb else "n"
        return FIELD.join([kind, self.name, *map(_join, (self.parents, self.wholes, self.told))])

    @classmethod
    def parse(cls, line: str) -> Self:
        kind, name, parents, wholes, told = line.split(FIELD)
        return cls(name, kind == "v", _split(parents), _split(wholes), _split(told))


@dataclass(frozen=True, slots=True)
class Entry:
    """The numbers of a word's meanings: those it has when it is hidden, and the others."""

    own: tuple[int, ...]
    others: tuple[int, ...]

    @property
    def meanings(self) -> tuple[int, ...]:
        return self.own + self.others

    def line(self) -> str:
        return _join(self.own) + OWN + _join(self.others)

    @classmethod
    def parse(cls, line: str) -> Self:
        own, others = line.split(OWN)
        return cls(_split(own), _split(others))


@dataclass(frozen=True)
class Dictionary:
    """All meanings by number, and an entry for each word of the vocabulary by its number."""

    meanings: Sequence[Meaning]
    entries: Sequence[Entry]
    _above: dict[int, frozenset[int]] = field(default_factory=dict, repr=False, compare=False)

    def write(self, file: Path = DICTIONARY) -> None:
        rows = [[meaning.line() for meaning in self.meanings], [e.line() for e in self.entries]]
        text = "\n\n".join("\n".join(lines) for lines in rows)
        # No time stamp inside, so that the same words make the same file.
        file.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))

    @classmethod
    def read(cls, file: Path = DICTIONARY) -> Self:
        meanings, entries = gzip.decompress(file.read_bytes()).decode("ascii").split("\n\n")
        return cls(
            [Meaning.parse(line) for line in meanings.split("\n")],
            [Entry.parse(line) for line in entries.split("\n")],
        )

    def above(self, number: int) -> frozenset[int]:
        """A meaning, and all that it is a kind of."""
        if number not in self._above:
            parents = self.meanings[number].parents
            self._above[number] = frozenset([number]).union(*map(self.above, parents))
        return self._above[number]


@cache
def load() -> Dictionary:
    return Dictionary.read()


def _join(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _split(numbers: str) -> tuple[int, ...]:
    return tuple(map(int, numbers.split()))

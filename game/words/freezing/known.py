"""Write known.txt.gz anew: python -m game.words.freezing.known LIST ...

The lists are plain files of words, one a line: SCOWL's, as Debian's packages wamerican-huge and
wbritish-huge install them in /usr/share/dict. Possessives and what doesn't fit on a board is left
out.
"""

import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from game.words.known import KNOWN
from game.words.text import normalise

LONGEST = 16


def words_of(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        word = normalise(line)
        if word and "'" not in line and " " not in word and len(word) <= LONGEST:
            yield word


def freeze(*lists: Path) -> None:
    if not lists:
        raise SystemExit("Name the lists of words.")
    found = {word for path in lists for word in words_of(path.read_text("utf-8").splitlines())}
    # No time stamp inside, so that the same words make the same file.
    KNOWN.write_bytes(gzip.compress("\n".join(sorted(found)).encode("ascii"), 9, mtime=0))


if __name__ == "__main__":
    freeze(*map(Path, sys.argv[1:]))

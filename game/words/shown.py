"""Words that strangers may be shown as what others tried.

Whoever plays can write what they like into what everyone reads. So a word has to be let in: it is
on a list of common words for animals, things, food and plants, which game.words.freezing.shown
makes, and it is not on a list of words that hurt, whatever their first meaning is. Names of
peoples, religions and persons, parts of the body, insults and whatever is spelt with digits are on
no list.
"""

import gzip
from functools import cache
from pathlib import Path

from game.words.forms import base

SHOWN = Path(__file__).with_name("shown.txt.gz")
UNFIT = Path(__file__).with_name("unfit.txt")


def is_fit(word: str) -> bool:
    """Tell whether a normalised word, in whatever form, may be shown to everyone."""
    forms = {word, base(word)}
    return bool(forms & _let_in()) and not forms & unfit()


@cache
def unfit() -> frozenset[str]:
    lines = UNFIT.read_text(encoding="ascii").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _let_in() -> frozenset[str]:
    return frozenset(gzip.decompress(SHOWN.read_bytes()).decode("ascii").split())

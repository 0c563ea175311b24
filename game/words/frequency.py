"""How often English uses the vocabulary's words, on the Zipf scale; written by game.words.freeze.

That is the logarithm to the base 10 of how often a word occurs in a billion: “the” has 7.7, “fox”
4.7, “accordion” 3.1 (van Heuven and others 2014, “SUBTLEX-UK”).
"""

import gzip
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from game.words import vocabulary

FREQUENCIES = Path(__file__).with_name("frequencies.gz")
# A byte holds a tenth of the scale.
STEPS = 10


def zipf(word: str) -> float:
    """Of a normalised word or its base form; one that isn't in the vocabulary counts as rarest."""
    number = vocabulary.find(word)
    return (min(steps()) if number is None else steps()[number]) / STEPS


def all_zipf() -> NDArray[np.float32]:
    """(V,) of every word of the vocabulary, by its number."""
    return np.frombuffer(steps(), np.uint8).astype(np.float32) / np.float32(STEPS)


@cache
def steps() -> bytes:
    return gzip.decompress(FREQUENCIES.read_bytes())

"""Making tables of warmth, and the reasons in them. For workers.

Of a word that the dictionary knows it takes some milliseconds and no model. Any other hidden word
is embedded by the sentence encoder, which loads torch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from game.rules import warmth
from game.words import vocabulary
from game.words.encoder import SHA256, Encoder, EncoderError
from game.words.forms import base
from game.words.nearness import Nearness
from game.words.reasons import Reason

SHY_WORDS = Path(vocabulary.__file__).with_name("shy.txt")

Near = NDArray[np.float32]


@dataclass
class Warmer:
    """Makes tables of warmth; one a process is enough."""

    nearness: Nearness
    folder: Path | None = None
    sha256: str = SHA256
    _encoder: Encoder | None = field(default=None, repr=False)

    @classmethod
    def load(cls, folder: Path | None = None, sha256: str = SHA256) -> "Warmer":
        """Read what is frozen; the encoder only when it is wanted."""
        return cls(Nearness.load(), folder, sha256)

    def warm(self, hidden: Sequence[str]) -> list[warmth.Table]:
        """The tables of hidden words, which need not be in the vocabulary themselves.

        Raises:
            EncoderError: one is in no dictionary, and there is no encoder, or another than the one
                that the dictionary was embedded with.
        """
        return [self._warm(word) for word in hidden]

    def _warm(self, word: str) -> warmth.Table:
        number = vocabulary.find(word)
        if number is None:
            return warmth.Table(_values(self.nearness.of_point(self._embed(word)), None))
        values = _values(self.nearness.of_word(number), number)
        reasons = self.nearness.reasons(number, np.frombuffer(values, np.uint8) > 0)
        return warmth.Table.make(values, _harmless(reasons, word))

    def _embed(self, word: str) -> Near:
        if self._encoder is None:
            if self.sha256 != SHA256:
                raise EncoderError(f"“{word}” is in no dictionary, and needs the encoder {SHA256}.")
            self._encoder = Encoder.load(self.folder, self.sha256)
        return np.asarray(self._encoder.embed([word])[0])


def _harmless(reasons: Mapping[int, Reason], hidden: str) -> dict[int, Reason]:
    """Those that don't name the hidden word."""
    names = {reason.name for reason in reasons.values()}
    telling = {name for name in names if base(hidden) in map(base, name.split())}
    return {word: reason for word, reason in reasons.items() if reason.name not in telling}


def _values(nearness: Near, same: int | None) -> bytes:
    """The warmth of each word, by how near (V,) the vocabulary's words are to the hidden one."""
    scale = _scale()
    ranked = nearest(nearness, len(scale) + 1)
    if same is not None:
        ranked = ranked[ranked != same]
    values = np.zeros(len(nearness), np.uint8)
    values[ranked[: len(scale)]] = scale[: len(ranked)]
    shy = _shy()
    values[shy] = np.minimum(values[shy], warmth.SHY)
    if same is not None:
        values[same] = warmth.SAME
    return values.tobytes()


def nearest(nearness: Near, most: int) -> NDArray[np.intp]:
    """The places of the `most` greatest, greatest first; equal ones stay in their order."""
    most = min(most, len(nearness))
    least = np.partition(nearness, -most)[-most]
    among = np.flatnonzero(nearness >= least)
    return among[np.argsort(-nearness[among], kind="stable")][:most]


@cache
def _scale() -> NDArray[np.uint8]:
    """The warmth of every rank that has any, the nearest first."""
    return np.array([warmth.of_rank(rank + 1) for rank in range(warmth.SCALE[-1][0])], np.uint8)


@cache
def _shy() -> NDArray[np.intp]:
    """The numbers of words that nobody should be pleased to see hot."""
    lines = SHY_WORDS.read_text(encoding="ascii").splitlines()
    words = " ".join(line for line in lines if not line.startswith("#")).split()
    numbers = {vocabulary.find(word) for word in words}
    return np.array(sorted(number for number in numbers if number is not None), np.intp)

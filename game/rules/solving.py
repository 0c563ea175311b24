"""Who will solve a puzzle: the share of solvers as a function of what its pictures show.

A logistic function of four features of the puzzle (see `features`). Until enough puzzles have been
played its weights are ESTIMATE, set by judgement and not measured; then they are fitted to what
happened, held back a little towards ESTIMATE. Pure: nothing here knows of the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# For the bias and the four features: 0.62 of all players solve a puzzle of four five-letter words
# that are half visible; each tenth of visibility, word and letter moves that a little.
ESTIMATE: Vector = np.array([0.5, 3.0, 2.0, -0.35, -0.1])
USUAL_VISIBILITY, USUAL_WORDS, USUAL_LETTERS = 0.5, 4, 5
FEWEST_PUZZLES = 30
# How strongly ESTIMATE holds: with less of it chance decides, with more of it players don't.
PRIOR = 2.0
STEPS = 25


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of the formula, and from how many past puzzles they come: 0 for ESTIMATE."""

    weights: Vector
    puzzles: int = 0

    def share(self, row: Vector) -> float:
        return float(logistic(row @ self.weights))


def features(visibilities: Sequence[float], words: Sequence[str]) -> Vector:
    """1, then as differences from what is usual: the mean and the least of the visibilities, which
    are 0 to 1, and the number and the mean length of the words to guess."""
    seen = visibilities or [USUAL_VISIBILITY]
    letters = sum(map(len, words)) / len(words)
    return np.array(
        [
            1.0,
            sum(seen) / len(seen) - USUAL_VISIBILITY,
            min(seen) - USUAL_VISIBILITY,
            len(words) - USUAL_WORDS,
            letters - USUAL_LETTERS,
        ]
    )


def logistic(x: Vector) -> Vector:
    return 1 / (1 + np.exp(-x))


def fit(rows: Vector, shares: Vector) -> Vector:
    """Weights that explain the shares (N,) of solvers by the features (N, 5).

    Logistic regression on shares (Papke & Wooldridge 1996), by Newton's method, with a Gaussian
    prior around ESTIMATE. Each puzzle counts once, however many played it: its plays share one
    prompt and six pictures, so they aren't independent.
    """
    weights = ESTIMATE.copy()
    for _step in range(STEPS):
        expected = logistic(rows @ weights)
        slope = rows.T @ (shares - expected) - PRIOR * (weights - ESTIMATE)
        curve = (rows.T * (expected * (1 - expected))) @ rows + PRIOR * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def learn(rows: Sequence[Vector], shares: Sequence[float]) -> Model:
    if len(rows) < FEWEST_PUZZLES:
        return Model(ESTIMATE)
    return Model(fit(np.array(rows), np.array(shares)), len(rows))

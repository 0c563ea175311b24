"""The formula for the share of solvers: which way it goes, and what it learns from the past."""

from itertools import pairwise

import numpy as np
import pytest

from game.rules import solving
from game.rules.solving import ESTIMATE, FEWEST_PUZZLES, Model, features, fit, learn, logistic

WORDS = ["fox", "riding", "bicycle", "moon"]


def share(visible: list[float], words: list[str]) -> float:
    return Model(ESTIMATE).share(features(visible, words))


def puzzles(count: int, weights: solving.Vector, seed: int = 1) -> tuple[solving.Vector, ...]:
    """Made-up puzzles that are solved as the weights say."""
    rng = np.random.default_rng(seed)
    rows = np.array(
        [
            features(list(rng.random(n)), ["x" * int(rng.integers(3, 12)) for _ in range(n)])
            for n in rng.integers(2, 9, count)
        ]
    )
    return rows, logistic(rows @ weights)


def test_it_is_a_usual_share_for_a_usual_puzzle() -> None:
    assert share([0.5] * 4, ["abcde"] * 4) == pytest.approx(0.622, abs=0.001)


def test_it_rises_with_every_words_visibility() -> None:
    for place in range(4):
        shares = []
        for step in range(11):
            visible = [0.4] * 4
            visible[place] = step / 10
            shares.append(share(visible, WORDS))
        assert all(less < more for less, more in pairwise(shares))


@pytest.mark.parametrize("longer", [[*WORDS, "zoo"], ["foxes", *WORDS[1:]]])
def test_it_falls_with_more_words_and_longer_ones(longer: list[str]) -> None:
    assert share([0.5] * len(longer), longer) < share([0.5] * 4, WORDS)


def test_it_stays_a_share_at_the_extremes() -> None:
    assert 0 < share([0.0] * 12, ["x" * 16] * 12) < 0.02
    assert 0.9 < share([1.0, 1.0], ["ox", "ax"]) < 1


def test_it_takes_words_that_nobody_can_see_for_usual_ones() -> None:
    assert share([], ["here", "there"]) == share([0.5, 0.5], ["here", "there"])


def slope(weights: solving.Vector, rows: solving.Vector, shares: solving.Vector) -> solving.Vector:
    """Of the penalised log-likelihood, by small steps."""

    def value(weights: solving.Vector) -> float:
        expected = logistic(rows @ weights)
        likely = shares * np.log(expected) + (1 - shares) * np.log(1 - expected)
        return float(likely.sum() - solving.PRIOR / 2 * ((weights - ESTIMATE) ** 2).sum())

    steps = np.eye(len(weights)) * 1e-5
    return np.array([(value(weights + s) - value(weights - s)) / 2e-5 for s in steps])


def test_it_fits_to_the_top_of_the_likelihood() -> None:
    rows, shares = puzzles(40, np.array([-1.0, 1.0, 4.0, -0.1, 0.2]))
    assert np.abs(slope(fit(rows, shares), rows, shares)).max() < 1e-5
    assert np.abs(slope(ESTIMATE, rows, shares)).max() > 0.1


def test_it_learns_how_puzzles_are_really_solved() -> None:
    truth = np.array([-0.8, 5.0, 0.5, -0.6, 0.1])
    rows, shares = puzzles(400, truth)
    model = learn(list(rows), list(shares))
    assert model.puzzles == 400
    unseen, solved = puzzles(100, truth, seed=2)
    by_model = np.array([model.share(row) for row in unseen])
    by_estimate = np.array([Model(ESTIMATE).share(row) for row in unseen])
    assert np.abs(by_model - solved).mean() < 0.04
    assert np.abs(by_estimate - solved).mean() > 0.08


def test_it_learns_nothing_from_too_few_puzzles() -> None:
    rows, shares = puzzles(FEWEST_PUZZLES, np.array([-0.8, 5.0, 0.5, -0.6, 0.1]))
    few = learn(list(rows[1:]), list(shares[1:]))
    assert few.puzzles == 0
    assert (few.weights == ESTIMATE).all()
    assert (learn(list(rows), list(shares)).weights != ESTIMATE).any()


def test_it_stands_shares_of_none_and_all() -> None:
    rows, _ = puzzles(FEWEST_PUZZLES, ESTIMATE)
    for shares in (np.zeros(len(rows)), np.ones(len(rows))):
        assert np.isfinite(fit(rows, shares)).all()

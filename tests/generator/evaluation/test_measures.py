"""Figures of pictures and rankings, each beside its definition written out."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from generator.evaluation import measures
from tests.generator.evaluation import judges


def test_it_tells_decibels_when_each_picture_is_wrong_by_its_own_amount() -> None:
    images = torch.full((3, 3, 4, 4), 0.5)
    others = images + torch.tensor([0.1, 0.01, 0.0]).view(3, 1, 1, 1)
    assert measures.psnr(images, others).tolist() == pytest.approx([20, 40, 100], abs=1e-2)


def test_it_equals_a_loop_when_it_compares_features() -> None:
    recogniser, dice = judges.recogniser(), torch.Generator().manual_seed(0)
    first, second = (torch.rand(2, 3, 16, 16, generator=dice) for _ in range(2))
    found = measures.perceptual_distance(recogniser, first, second)
    for pair in range(2):
        total = 0.0
        one, two = (recogniser.feature_maps(x[pair : pair + 1]) for x in (first, second))
        for a, b in zip(one, two, strict=True):
            places = [(row, column) for row in range(a.size(2)) for column in range(a.size(3))]
            apart = [
                F.normalize(a[0, :, r, c], dim=0) - F.normalize(b[0, :, r, c], dim=0)
                for r, c in places
            ]
            total += sum(float(d.detach().square().sum()) for d in apart) / len(places)
        assert float(found[pair]) == pytest.approx(total, rel=1e-4)
    assert measures.perceptual_distance(recogniser, first, first).tolist() == [0, 0]


def test_it_counts_the_codes_in_use_when_some_never_occur() -> None:
    assert measures.code_usage(torch.tensor([[3, 5], [5, 3]]), 8) == pytest.approx((0.25, 2))
    uneven = torch.tensor([0, 0, 0, 7])
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert measures.code_usage(uneven, 8) == pytest.approx((0.25, math.exp(entropy)))


def test_it_shares_ranks_when_values_are_equal() -> None:
    assert measures.ranks(np.array([5.0, 1.0, 5.0, 9.0])).tolist() == [1.5, 0, 1.5, 3]


def test_it_equals_the_textbook_when_no_ranks_are_shared() -> None:
    dice = np.random.default_rng(0)
    for _ in range(20):
        first, second = (dice.permutation(9).astype(np.float64) for _ in range(2))
        expected = 1 - 6 * float(((first - second) ** 2).sum()) / (9 * (81 - 1))
        found = measures.rank_correlation(np.exp(first), 3 * second - 7)
        assert found == pytest.approx(expected)


def test_it_equals_the_correlation_of_ranks_when_some_are_shared() -> None:
    first, second = np.array([1.0, 2.0, 2.0, 4.0, 0.0]), np.array([3.0, 1.0, 4.0, 4.0, 4.0])
    expected = np.corrcoef([1, 2.5, 2.5, 4, 0], [1, 0, 3, 3, 3])[0, 1]
    assert measures.rank_correlation(first, second) == pytest.approx(expected)
    assert measures.rank_correlation(first, np.ones(5)) == 0


def test_it_equals_the_square_root_of_the_product_when_it_compares_distributions() -> None:
    dice = np.random.default_rng(0)
    first = dice.normal(size=(40, 5)) @ dice.normal(size=(5, 5))
    second = 0.5 + dice.normal(size=(30, 5)) @ dice.normal(size=(5, 5))
    one, two = np.cov(first.T), np.cov(second.T)
    roots = np.sqrt(np.linalg.eigvals(one @ two).astype(complex)).real
    means = ((first.mean(0) - second.mean(0)) ** 2).sum()
    expected = means + np.trace(one) + np.trace(two) - 2 * roots.sum()
    assert measures.frechet_distance(first, second) == pytest.approx(expected)
    assert measures.frechet_distance(first, first) == pytest.approx(0, abs=1e-9)
    assert measures.frechet_distance(first, first + 2) == pytest.approx(4 * 5)


def test_it_stays_finite_when_there_are_fewer_pictures_than_features() -> None:
    few = np.random.default_rng(0).normal(size=(4, 12))
    assert 0 <= measures.frechet_distance(few, few[::-1] + 1) == pytest.approx(12)


def test_it_finds_the_nearest_when_compared_with_brute_force() -> None:
    dice = torch.Generator().manual_seed(0)
    points, others = (torch.rand(n, 7, generator=dice) for n in (5, 9))
    expected = [min(math.sqrt(float((p - o).square().mean())) for o in others) for p in points]
    assert measures.nearest(points, others).tolist() == pytest.approx(expected, rel=1e-4)

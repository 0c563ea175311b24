"""Figures of pictures and rankings, each a plain function of arrays."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from generator.training.judge.recogniser import Recogniser

EPSILON = 1e-6
Floats = NDArray[np.float64]


def psnr(images: Tensor, others: Tensor) -> Tensor:
    """Peak signal-to-noise ratio in dB of (B, 3, H, W) pictures in [0, 1], one a picture."""
    error = (images - others).square().mean((1, 2, 3))
    return -10 * torch.log10(error.clamp(min=1e-10))


@torch.inference_mode()
def perceptual_distance(recogniser: Recogniser, images: Tensor, others: Tensor) -> Tensor:
    """How differently the recogniser sees two sets of pictures, one number ≥ 0 a pair.

    LPIPS (Zhang et al. 2018, arXiv:1801.03924) without its learnt weights: squared distance of
    unit-length features, averaged over positions and summed over stages.
    """
    stages = zip(recogniser.feature_maps(images), recogniser.feature_maps(others), strict=True)
    apart = [
        F.normalize(first, dim=1, eps=EPSILON) - F.normalize(second, dim=1, eps=EPSILON)
        for first, second in stages
    ]
    return torch.stack([stage.square().sum(1).mean((1, 2)) for stage in apart]).sum(0)


def code_usage(codes: Tensor, size: int) -> tuple[float, float]:
    """Share of a codebook of `size` that occurs in `codes`, and the perplexity of its use."""
    counts = torch.bincount(codes.flatten(), minlength=size).double()
    shares = counts / counts.sum()
    entropy = -(shares * shares.clamp(min=1e-300).log()).sum()
    return float((counts > 0).double().mean()), float(entropy.exp())


def ranks(values: Floats) -> Floats:
    """Ranks from 0, the smallest first; equal values share the mean of their ranks."""
    below = (values[None] < values[:, None]).sum(1)
    equal = (values[None] == values[:, None]).sum(1)
    return below + (equal - 1) / 2


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation in [-1, 1]; 0 where one of them is all the same."""
    a, b = (ranks(values) - (len(values) - 1) / 2 for values in (first, second))
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else 0.0


def frechet_distance(first: Floats, second: Floats) -> float:
    """Distance of two sets of features, (N, C) and (M, C), taken as normal distributions.

    Heusel et al. 2017, arXiv:1706.08500. Few rows make it larger than it is, so compare sets of
    one size.
    """
    apart = first.mean(0) - second.mean(0)
    one, two = (np.cov(features, rowvar=False) for features in (first, second))
    # sqrt(one @ two) has the trace of sqrt(root @ two @ root), which is symmetric.
    values, vectors = np.linalg.eigh(one)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    mixed = np.sqrt(np.linalg.eigvalsh(root @ two @ root).clip(0)).sum()
    return float(apart @ apart + np.trace(one) + np.trace(two) - 2 * mixed)


def nearest(points: Tensor, others: Tensor) -> Tensor:
    """(N, C) and (M, C) → (N,) root mean square distance to the nearest other."""
    return torch.cdist(points, others).amin(1) / points.size(1) ** 0.5


def cohens_kappa(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Agreement of two judges beyond chance, at most 1 (Cohen 1960); 1 where both say one thing of
    all."""
    agreed = float((first == second).mean())
    chance = float(first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean()))
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0

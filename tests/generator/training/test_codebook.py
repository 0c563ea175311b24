"""A codebook without gradients: principal components, k-means, patches."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from generator.training.loop.stream import WorldStream, bundled_world
from generator.training.vqgan.codebook import (
    distinct,
    initialise_codebook,
    kmeans,
    nearest,
    patches_of,
)
from tests.generator import tiny
from tests.generator.training.test_run import seeded


def test_it_finds_the_nearest_entry_when_compared_with_brute_force() -> None:
    points, entries = (torch.randn(n, 5, generator=seeded(n)) for n in (50, 7))
    expected = [
        min(range(7), key=lambda e: float((point - entries[e]).square().sum())) for point in points
    ]
    assert nearest(points, entries).tolist() == expected
    assert nearest(points, entries, chunk=8).tolist() == expected


def test_it_finds_the_clusters_when_they_are_far_apart() -> None:
    centres = 100 * torch.randn(6, 4, generator=seeded(3))
    points = centres.repeat(20, 1) + torch.randn(120, 4, generator=seeded(4))
    entries = kmeans(points, 30, 10, seeded(5))
    assert float((points - entries[nearest(points, entries)]).norm(dim=1).max()) < 10


def test_it_revives_a_cluster_when_it_is_empty() -> None:
    # Most points are one point, so that most first entries are equal and all but one are empty.
    points = torch.full((60, 2), 50.0)
    points[:10] = 50 + 10 * torch.randn(10, 2, generator=seeded(0))
    entries = kmeans(points, 8, 12, seeded(1))
    assert bool(entries.isfinite().all())
    assert float((entries - 50).abs().max()) < 40  # an empty mean would stand at the origin
    assert len(set(nearest(points, entries).tolist())) >= 6


def test_it_refuses_when_there_are_fewer_patches_than_codes() -> None:
    with pytest.raises(ValueError, match="5 patches cannot fill 6 codes"):
        kmeans(torch.zeros(5, 2), 6, 1, seeded(0))


def test_it_cuts_patches_as_a_loop_does_when_unfolding() -> None:
    images = torch.rand(2, 3, 8, 12, generator=seeded(0))
    expected = [
        images[b, :, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4].flatten()
        for b in range(2)
        for row in range(2)
        for column in range(3)
    ]
    torch.testing.assert_close(patches_of(images, 4), torch.stack(expected), atol=0, rtol=0)


def test_it_keeps_one_of_each_when_patches_repeat() -> None:
    different = torch.rand(20, 12, generator=seeded(0))
    found = distinct(different.repeat(5, 1), 100, seeded(1))
    assert sorted(found.tolist()) == sorted(different.tolist())
    assert distinct(different.repeat(5, 1), 7, seeded(1)).shape == (7, 12)


def world_pictures(count: int) -> Tensor:
    stream = WorldStream(bundled_world(), seed=1, batch=count)
    return F.interpolate(stream.images(stream.scenes(0)), (32, 32), mode="area")


@pytest.mark.parametrize("has_encoder", [True, False])
@torch.no_grad()
def test_it_paints_better_than_the_mean_when_the_codebook_is_new(has_encoder: bool) -> None:
    model = tiny.vqgan(has_encoder=has_encoder, code_width=24)
    images = world_pictures(24)
    flat = distinct(patches_of(images, 8), 10_000, seeded(0))
    psnr = initialise_codebook(model, flat, rounds=5, seed=0)
    painted = model.decode(model.encode(images))

    def decibels(picture: Tensor) -> float:
        return float(-10 * (picture - images).square().mean().log10())

    mean = patches_of(images, 8).mean(0).view(3, 8, 8).repeat(1, 4, 4)
    assert decibels(painted) > decibels(mean.expand_as(images)) + 2
    # The PSNR it tells is of distinct patches: the repeated ones are the easier.
    squares = flat.view(-1, 3, 8, 8)
    error = (model.decode(model.encode(squares)) - squares).square().mean()
    if not has_encoder:
        assert psnr == pytest.approx(float(-10 * error.log10()), abs=0.05)


def test_it_refuses_when_there_is_no_shortcut_to_set() -> None:
    model = tiny.vqgan(has_shortcut=False)
    with pytest.raises(ValueError, match="with a shortcut"):
        initialise_codebook(model, torch.rand(9, 192), rounds=1, seed=0)

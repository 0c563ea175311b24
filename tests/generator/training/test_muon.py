"""Muon: orthogonal steps, for the matrices of a network and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from generator.training.loop.muon import MOMENTUM, Muon, matrices, orthogonal
from generator.training.loop.run import Run
from generator.training.loop.stream import chance
from tests.generator import tiny
from tests.generator.training.test_run import PLAN, seeded


@pytest.mark.parametrize("shape", [(24, 24), (16, 60), (60, 16)])
def test_it_keeps_directions_and_evens_lengths_when_a_step_is_made_orthogonal(
    shape: tuple[int, int],
) -> None:
    wanted = torch.linalg.qr(torch.randn(max(shape), min(shape), generator=seeded(1)))[0]
    lengths = torch.linspace(0.2, 1.0, min(shape))
    other = torch.linalg.qr(torch.randn(min(shape), min(shape), generator=seeded(2)))[0]
    matrix = (wanted * lengths) @ other.T
    matrix = matrix if shape[0] >= shape[1] else matrix.T
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    found = left.T @ orthogonal(matrix) @ right.T
    evened = found.diagonal()
    assert float(evened.min()) > 0.6
    assert float(evened.max()) < 1.3
    assert float((found - torch.diag(evened)).abs().max()) < 1e-3


def slow_steps(start: Tensor, gradients: list[Tensor], lr: float, decay: float) -> Tensor:
    """The method as its paper writes it, one matrix, step by step."""
    weight, held = start.clone(), torch.zeros_like(start)
    for gradient in gradients:
        held = MOMENTUM * held + (1 - MOMENTUM) * gradient
        ahead = MOMENTUM * held + (1 - MOMENTUM) * gradient
        step = orthogonal(ahead.reshape(len(ahead), -1)).reshape(ahead.shape)
        rows, columns = len(ahead), ahead[0].numel()
        weight = weight * (1 - lr * decay) - lr * max(1, rows / columns) ** 0.5 * step
    return weight


@pytest.mark.parametrize("shape", [(20, 30), (40, 20), (20, 3, 3, 3)])
def test_it_moves_weights_as_the_paper_says_when_it_steps(shape: tuple[int, ...]) -> None:
    start = torch.randn(shape, generator=seeded(2))
    gradients = [torch.randn(shape, generator=seeded(i)) for i in range(3, 7)]
    weight = nn.Parameter(start.clone())
    optimiser = Muon([weight], lr=0.1, weight_decay=0.2)
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimiser.step()
    torch.testing.assert_close(weight.detach(), slow_steps(start, gradients, 0.1, 0.2))


def test_it_goes_on_as_if_never_stopped_when_its_state_is_loaded() -> None:
    start = torch.randn(20, 20, generator=seeded(0))
    gradients = [torch.randn(20, 20, generator=seeded(i)) for i in range(1, 5)]
    weight = nn.Parameter(start.clone())
    optimiser = Muon([weight], lr=0.1)
    for number, gradient in enumerate(gradients):
        if number == 2:
            state = optimiser.state_dict()
            optimiser = Muon([weight], lr=0.1)
            optimiser.load_state_dict(state)
        weight.grad = gradient.clone()
        optimiser.step()
    torch.testing.assert_close(weight.detach(), slow_steps(start, gradients, 0.1, 0.0))


def train(folder: Path, seed: int = 0, stop_at: int | None = None) -> Run:
    plan = replace(PLAN, matrix_rate=0.05, cooldown=3)
    model = tiny.shake(nn.Sequential(nn.Linear(20, 24), nn.ReLU(), nn.Linear(24, 20)), seed)
    run = Run(folder, model, plan, head="2")
    for step in run.steps():
        if step == stop_at:
            break
        batch = torch.randn(plan.batch, 20, generator=chance(step, plan.seed))
        run.update((run.model(batch) - batch.flip(1)).square().mean())
    return run


def test_it_ends_with_the_same_weights_when_a_run_was_stopped(tmp_path: Path) -> None:
    whole = train(tmp_path / "whole")
    train(tmp_path / "halves", stop_at=5)
    halves = train(tmp_path / "halves", seed=9)
    torch.testing.assert_close(halves.model.state_dict(), whole.model.state_dict(), atol=0, rtol=0)
    [adam, muon] = whole.learner.optimisers
    assert [len(group["params"]) for group in adam.param_groups] == [1, 2]
    assert [len(group["params"]) for group in muon.param_groups] == [1]
    # Both rates fall together: a third of the peak is left of the three steps of cooling down.
    rates = [group["lr"] for group in (*adam.param_groups, *muon.param_groups)]
    assert rates == pytest.approx([PLAN.rate / 3, PLAN.rate / 3, 0.05 / 3])


def test_it_takes_linear_maps_and_leaves_the_rest_when_it_looks_for_matrices() -> None:
    model = tiny.bart()
    found = {id(weight) for weight in matrices(model, head="head")}
    names = {name for name, weight in model.named_parameters() if id(weight) in found}
    assert "decoder.layers.0.attention.query.weight" in names
    assert "encoder.layers.1.glu.out.weight" in names
    assert not {name for name in names if "tokens" in name or "positions" in name}
    assert "head.weight" not in names
    assert id(model.head.get_parameter("weight")) in {id(w) for w in matrices(model)}


def test_it_leaves_out_what_is_narrow_or_not_trained_when_it_looks_for_matrices() -> None:
    narrow, fixed = nn.Linear(8, 64), nn.Linear(64, 64).requires_grad_(False)
    wide = nn.Conv2d(16, 64, 3)
    [found] = matrices(nn.Sequential(narrow, fixed, wide))
    assert found is wide.weight


def test_it_refuses_when_it_is_given_a_vector() -> None:
    with pytest.raises(ValueError, match="1 tensors have fewer dimensions"):
        Muon([nn.Parameter(torch.zeros(3))], lr=0.1)

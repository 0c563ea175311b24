"""BART's loss in parts: the same as that of all logits at once, and so are its gradients."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from generator.training import code_loss as loss_in_parts
from generator.training.code_loss import code_loss
from tests.generator.training.test_run import seeded


def at_once(hidden: Tensor, head: Tensor, codes: Tensor, smoothing: float) -> Tensor:
    logits = (hidden @ head.T).flatten(0, 1)
    return F.cross_entropy(logits, codes.flatten(), label_smoothing=smoothing)


@pytest.fixture
def inputs() -> tuple[Tensor, Tensor, Tensor]:
    """Hidden states (2, 7, 6), a head for 11 ids, and codes."""
    hidden = torch.randn(2, 7, 6, generator=seeded(0)).requires_grad_()
    head = torch.randn(11, 6, generator=seeded(1)).requires_grad_()
    return hidden, head, torch.randint(11, (2, 7), generator=seeded(2))


# Parts that divide the 14 rows, that leave a rest, and one for all.
@pytest.mark.parametrize("rows", [2, 5, 64])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_it_equals_the_loss_of_all_logits(
    inputs: tuple[Tensor, Tensor, Tensor],
    rows: int,
    smoothing: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loss_in_parts, "ROWS", rows)
    hidden, head, codes = inputs
    found = code_loss(hidden, head, codes, smoothing)
    wanted = at_once(hidden, head, codes, smoothing)
    assert float(found.detach()) == pytest.approx(float(wanted.detach()), rel=1e-5)
    # Three times the loss, as where it is one part of several.
    mine = torch.autograd.grad(3 * found, (hidden, head))
    for gradient, other in zip(mine, torch.autograd.grad(3 * wanted, (hidden, head)), strict=True):
        torch.testing.assert_close(gradient, other)


def test_it_computes_in_bfloat16_where_training_does(
    inputs: tuple[Tensor, Tensor, Tensor],
) -> None:
    hidden, head, codes = inputs
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = code_loss(hidden.bfloat16(), head, codes)
    found.backward()
    assert head.grad is not None
    assert head.grad.dtype == torch.float32
    wanted = torch.autograd.grad(at_once(hidden, head, codes, 0.0), head)
    torch.testing.assert_close(head.grad, wanted[0], rtol=0.1, atol=0.02)

"""Linear maps for sampling against `F.linear`."""

import pytest
import torch
from torch import Tensor, nn

from generator.devices.linear import Int8Linear, PackedLinear, can_pack, replace_linears, to_int8


@pytest.fixture
def linear() -> nn.Linear:
    torch.manual_seed(3)
    return nn.Linear(96, 40, bias=False).requires_grad_(False)


@pytest.fixture
def x() -> Tensor:
    return torch.randn(2, 9, 96, generator=torch.Generator().manual_seed(4))


def by_hand(linear: nn.Linear, row: Tensor) -> Tensor:
    """One row in whole numbers, an output at a time."""
    scale = float(row.abs().max()) / 127
    whole = [round(float(value) / scale) for value in row]
    out = []
    for weights in linear.weight:
        step = float(weights.abs().max()) / 127
        kept = [round(float(value) / step) for value in weights]
        out.append(sum(a * b for a, b in zip(whole, kept, strict=True)) * scale * step)
    return torch.tensor(out)


def test_it_multiplies_whole_numbers_when_in_int8(linear: nn.Linear, x: Tensor) -> None:
    y = Int8Linear(linear)(x)
    assert y.shape == (2, 9, 40)
    torch.testing.assert_close(y[1, 4], by_hand(linear, x[1, 4]), atol=2e-3, rtol=0)
    error = (y - linear(x)).std() / linear(x).std()
    assert 1e-4 < float(error) < 0.02


def test_it_keeps_rows_apart_when_in_int8(linear: nn.Linear, x: Tensor) -> None:
    module = Int8Linear(linear)
    loud = x.clone()
    loud[0, 0] *= 1000
    assert torch.equal(module(x)[0, 1:], module(loud)[0, 1:])


def test_it_takes_a_quarter_of_the_memory_when_in_int8(linear: nn.Linear) -> None:
    module = Int8Linear(linear)
    assert module.weight.dtype == torch.int8
    assert not list(module.parameters())


def test_it_survives_a_row_of_zeros_when_rounding() -> None:
    whole, scale = to_int8(torch.zeros(1, 8))
    assert whole.tolist() == [[0] * 8]
    assert torch.isfinite(scale).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_gives_the_same_when_packed(linear: nn.Linear, x: Tensor, dtype: torch.dtype) -> None:
    linear, x = linear.to(dtype), x.to(dtype)
    if not can_pack(dtype):
        with pytest.raises(RuntimeError, match="cpu support"):
            PackedLinear(linear, rows=18)
        return
    y = PackedLinear(linear, rows=18)(x)
    assert y.shape == (2, 9, 40)
    tolerance = 1e-5 if dtype == torch.float32 else 2e-2
    torch.testing.assert_close(y, linear(x), atol=tolerance, rtol=tolerance)


def test_it_replaces_linears_without_a_bias_alone() -> None:
    inner = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Linear(4, 4))
    whole = nn.Sequential(nn.Linear(4, 4, bias=False), inner, nn.LayerNorm(4))
    replace_linears(whole, Int8Linear)
    kinds = [type(m).__name__ for m in whole.modules() if not isinstance(m, nn.Sequential)]
    assert kinds == ["Int8Linear", "Int8Linear", "Linear", "LayerNorm"]

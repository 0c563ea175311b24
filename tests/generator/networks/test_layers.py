"""Layers against the same sums written out."""

import math

import pytest
import torch
from torch import Tensor

from generator.networks.layers import Attention, GatedLinear, Norm
from tests.generator.tiny import shake


def normalised(x: Tensor) -> Tensor:
    """Layer norm without scale and shift."""
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()


def explicit_attention(layer: Attention, x: Tensor, memory: Tensor, visible: Tensor) -> Tensor:
    """Softmax head by head; visible: (B, T, S) bool."""
    q, k, v = x @ layer.query.weight.T, memory @ layer.key.weight.T, memory @ layer.value.weight.T
    width = x.size(-1) // layer.heads
    heads = []
    for head in range(layer.heads):
        part = slice(head * width, (head + 1) * width)
        scores = q[..., part] @ k[..., part].transpose(1, 2) / math.sqrt(width)
        scores = scores.masked_fill(~visible, -math.inf)
        heads.append(scores.exp() / scores.exp().sum(-1, keepdim=True) @ v[..., part])
    return torch.cat(heads, -1) @ layer.out.weight.T


def some(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("has_scale", [True, False])
@pytest.mark.parametrize("spread", [2, 0.003])  # the small one is where the epsilon shows
def test_it_normalises_over_the_last_axis_when_asked(has_scale: bool, spread: float) -> None:
    norm, x = shake(Norm(12, has_scale=has_scale)), 0.5 + spread * some(2, 5, 12)
    scale = norm.weight if norm.weight is not None else 1
    torch.testing.assert_close(norm(x), normalised(x) * scale + norm.bias, atol=1e-4, rtol=1e-4)


def test_it_keeps_the_shift_alone_when_it_has_no_scale() -> None:
    assert set(Norm(4, has_scale=False).state_dict()) == {"bias"}
    assert set(Norm(4).state_dict()) == {"weight", "bias"}


def test_it_equals_explicit_softmax_when_some_columns_are_masked() -> None:
    layer, x = shake(Attention(12, 3)), some(2, 5, 12)
    mask = torch.tensor([[True, True, True, False, False], [True] * 5])
    visible = mask[:, None, :].expand(2, 5, 5)
    expected = explicit_attention(layer, x, x, visible)
    torch.testing.assert_close(layer(x, mask[:, None, None, :]), expected)
    assert not torch.allclose(layer(x), expected)


def test_it_equals_explicit_softmax_when_causal() -> None:
    layer, x = shake(Attention(12, 3)), some(2, 5, 12)
    visible = torch.ones(5, 5, dtype=torch.bool).tril().expand(2, 5, 5)
    expected = explicit_attention(layer, x, x, visible)
    torch.testing.assert_close(layer(x, is_causal=True), expected)


def test_it_equals_explicit_softmax_when_keys_come_from_elsewhere() -> None:
    layer, x, memory = shake(Attention(12, 2)), some(2, 3, 12), some(2, 7, 12, seed=2)
    keys, values = layer.keys_values(memory)
    assert keys.shape == values.shape == (2, 2, 7, 6)
    expected = explicit_attention(layer, x, memory, torch.ones(2, 3, 7, dtype=torch.bool))
    torch.testing.assert_close(layer.attend(layer.queries(x), keys, values), expected)


def test_it_gates_with_the_exact_gelu_when_fed_forward() -> None:
    layer, x = shake(GatedLinear(8, 20)), some(2, 3, 8)
    inner = normalised(x) + layer.norm_in.bias
    gate = inner @ layer.gate.weight.T
    gelu = gate * 0.5 * (1 + torch.erf(gate / math.sqrt(2)))
    hidden = normalised(gelu * (inner @ layer.value.weight.T)) + layer.norm_hidden.bias
    torch.testing.assert_close(layer(x), hidden @ layer.out.weight.T)


def test_it_has_no_linear_bias_when_built() -> None:
    names = [*Attention(8, 2).state_dict(), *GatedLinear(8, 16).state_dict()]
    assert [n for n in names if n.endswith("bias") and "norm" not in n] == []


@pytest.mark.parametrize("kind", [Attention, GatedLinear])
def test_it_gives_the_same_when_its_maps_are_joined(kind: type[Attention | GatedLinear]) -> None:
    layer, x = shake(kind(12, 4)), some(2, 5, 12)
    expected = layer(x)
    layer.join()
    torch.testing.assert_close(layer(x), expected)
    assert {name.partition(".")[0] for name, _ in layer.named_parameters()} >= {"joint", "out"}
    assert not hasattr(layer, "value")

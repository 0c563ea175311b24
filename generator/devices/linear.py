"""Linear maps as they are kept for sampling, where few rows meet large matrices.

Both stand in for a bias-free `nn.Linear` after its weights are loaded, and cannot be trained.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Make = Callable[[nn.Linear], nn.Module]
EIGHT_BITS = 127


class Int8Linear(nn.Module):
    """Weights as int8, one scale an output; inputs are rounded to int8 a row at a time.

    A scale for each row keeps every image of a batch free of the others. Dynamic quantisation by
    absolute maximum: Dettmers et al. 2022, arXiv:2208.07339 §2.
    """

    weight: Tensor
    scale: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight, scale = to_int8(linear.weight.detach().float())
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale.squeeze(-1))

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) float → (..., out) of the same dtype."""
        rows, scale = to_int8(x.flatten(0, -2))
        sums = torch._int_mm(rows, self.weight.T)
        return (sums * (scale * self.scale)).to(x.dtype).view(*x.shape[:-1], -1)


def to_int8(x: Tensor) -> tuple[Tensor, Tensor]:
    """(N, C) float → (N, C) int8 and (N, 1) scales, so that x ≈ int8 · scale."""
    scale = x.abs().amax(-1, keepdim=True).clamp_min(1e-8) / EIGHT_BITS
    return (x / scale).round_().to(torch.int8), scale


def can_pack(dtype: torch.dtype) -> bool:
    """Whether oneDNN packs weights of `dtype` here: bfloat16 it packs on some CPUs alone."""
    if not torch.backends.mkldnn.is_available():
        return False
    return dtype != torch.bfloat16 or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


class PackedLinear(nn.Module):
    """Weights in the blocked layout that oneDNN multiplies about `rows` rows with.

    `F.linear` would put them into that layout anew at every call.
    """

    weight: Tensor

    def __init__(self, linear: nn.Linear, rows: int) -> None:
        super().__init__()
        packed = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), rows)
        self.register_buffer("weight", packed, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) → (..., out)."""
        y: Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, None, "none", [], "")
        return y


def replace_linears(module: nn.Module, make: Make) -> None:
    """Put `make(linear)` in the place of every bias-free linear below `module`, one at a time.

    Each old weight is let go before the next one is made, so little memory is needed on the way.
    """
    for name, child in module.named_children():
        if isinstance(child, nn.Linear) and getattr(child, "bias", None) is None:
            setattr(module, name, make(child))
        else:
            replace_linears(child, make)

"""The pieces that BART is built from.

Layer norms follow NormFormer (Shleifer et al. 2021, arXiv:2110.09456) as DALL·E mini arranges
them: some have no scale. Feed-forwards are gated (Shazeer 2020, arXiv:2002.05202). No linear map
here has a bias.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EPSILON = 1e-5


class Norm(nn.Module):
    """Layer norm over the last axis; `has_scale=False` keeps the shift alone."""

    def __init__(self, width: int, *, has_scale: bool = True) -> None:
        super().__init__()
        self.width = width
        self.weight = nn.Parameter(torch.ones(width)) if has_scale else None
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, (self.width,), self.weight, self.bias, EPSILON)


class GatedLinear(nn.Module):
    """norm → gelu(gate) * value → norm → out. The gelu is the exact one (erf)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm_in = Norm(width, has_scale=False)
        self.gate = nn.Linear(width, hidden, bias=False)
        self.value = nn.Linear(width, hidden, bias=False)
        self.norm_hidden = Norm(hidden, has_scale=False)
        self.out = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm_in(x)
        return self.out(self.norm_hidden(F.gelu(self.gate(x)) * self.value(x)))


class Attention(nn.Module):
    """Multi-head attention whose keys and values can be computed apart and kept.

    Shapes: x (B, T, C); keys and values (B, H, S, C/H); mask (B, 1, 1, S) bool, True = visible.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def split(self, x: Tensor) -> Tensor:
        B, T, C = x.size()
        return x.view(B, T, self.heads, C // self.heads).transpose(1, 2)

    def keys_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        return self.split(self.key(memory)), self.split(self.value(memory))

    def attend(
        self,
        x: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor | None = None,
        *,
        is_causal: bool = False,
    ) -> Tensor:
        mixed = F.scaled_dot_product_attention(
            self.split(self.query(x)), keys, values, attn_mask=mask, is_causal=is_causal
        )
        return self.out(mixed.transpose(1, 2).flatten(2))

    def forward(self, x: Tensor, mask: Tensor | None = None, *, is_causal: bool = False) -> Tensor:
        return self.attend(x, *self.keys_values(x), mask, is_causal=is_causal)

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
        # Under autocast x may come in half precision; a norm works in the precision it is kept in.
        return F.layer_norm(x.to(self.bias.dtype), (self.width,), self.weight, self.bias, EPSILON)


class GatedLinear(nn.Module):
    """norm → gelu(gate) * value → norm → out. The gelu is the exact one (erf)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm_in = Norm(width, has_scale=False)
        self.gate = nn.Linear(width, hidden, bias=False)
        self.value = nn.Linear(width, hidden, bias=False)
        self.norm_hidden = Norm(hidden, has_scale=False)
        self.out = nn.Linear(hidden, width, bias=False)
        self.joint: nn.Module | None = None

    def join(self) -> None:
        """Make one map of gate and value, for sampling: the weights can't be saved any more."""
        self.joint = joined(self, "gate", "value")

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm_in(x)
        if self.joint is None:
            gate, value = self.gate(x), self.value(x)
        else:
            gate, value = self.joint(x).chunk(2, -1)
        return self.out(self.norm_hidden(F.gelu(gate) * value))


class Attention(nn.Module):
    """Multi-head attention whose keys and values can be computed apart and kept.

    Shapes: x (B, T, C); queries (B, H, T, C/H); keys and values (B, H, S, C/H);
    mask (B, 1, 1, S) bool, True = visible.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.joint: nn.Module | None = None

    def join(self) -> None:
        """Make one map of query, key and value, for sampling with attention to itself."""
        self.joint = joined(self, "query", "key", "value")

    def split(self, x: Tensor) -> Tensor:
        B, T, C = x.size()
        return x.view(B, T, self.heads, C // self.heads).transpose(1, 2)

    def queries(self, x: Tensor) -> Tensor:
        return self.split(self.query(x))

    def keys_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        return self.split(self.key(memory)), self.split(self.value(memory))

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of one and the same x."""
        if self.joint is None:
            return self.queries(x), *self.keys_values(x)
        query, key, value = self.joint(x).chunk(3, -1)
        return self.split(query), self.split(key), self.split(value)

    def attend(
        self,
        queries: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor | None = None,
        *,
        is_causal: bool = False,
    ) -> Tensor:
        mixed = _attend(queries.to(keys.dtype), keys, values, mask, is_causal)
        return self.out(mixed.transpose(1, 2).flatten(2).to(queries.dtype))

    def forward(self, x: Tensor, mask: Tensor | None = None, *, is_causal: bool = False) -> Tensor:
        return self.attend(*self.project(x), mask, is_causal=is_causal)


def joined(module: nn.Module, *names: str) -> nn.Linear:
    """One linear map that gives the outputs of several, which are taken out of the module."""
    weights = [module.get_parameter(f"{name}.weight").detach() for name in names]
    for name in names:
        delattr(module, name)
    with torch.device("meta"):
        joint = nn.Linear(weights[0].size(1), sum(map(len, weights)), bias=False)
    joint.weight = nn.Parameter(torch.cat(weights), requires_grad=False)
    return joint


def _attend(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, is_causal: bool
) -> Tensor:
    if keys.device.type != "cpu" or not torch.is_autocast_enabled("cpu"):
        return F.scaled_dot_product_attention(queries, keys, values, mask, 0.0, is_causal)
    # On a CPU, the backward pass of attention in bfloat16 takes six times that in float32.
    with torch.autocast("cpu", enabled=False):
        queries, keys, values = queries.float(), keys.float(), values.float()
        return F.scaled_dot_product_attention(queries, keys, values, mask, 0.0, is_causal)

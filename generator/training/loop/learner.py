"""A network and what trains it."""

from typing import Any, Protocol

import torch
from accelerate import Accelerator
from torch import nn

from generator.training.loop.muon import Muon, matrices


class Pace(Protocol):
    """What a learner takes from the plan of its run."""

    @property
    def rate(self) -> float: ...
    @property
    def matrix_rate(self) -> float | None: ...
    @property
    def betas(self) -> tuple[float, float]: ...
    @property
    def weight_decay(self) -> float: ...


class Learner:
    """AdamW (Loshchilov & Hutter 2017, arXiv:1711.05101), whose matrices alone decay.

    Where the plan has a rate for them, Muon moves the matrices in its place.
    """

    def __init__(
        self,
        accelerator: Accelerator,
        model: nn.Module,
        pace: Pace,
        scale: float = 1.0,
        head: str | None = None,
    ) -> None:
        """`head` names the map to the output, which Muon leaves to AdamW."""
        own = [] if pace.matrix_rate is None else matrices(model, head)
        left = {id(weight) for weight in own}
        rest = [p for p in model.parameters() if p.requires_grad and id(p) not in left]
        groups = [
            {"params": [p for p in rest if p.dim() >= 2], "weight_decay": pace.weight_decay},
            {"params": [p for p in rest if p.dim() < 2], "weight_decay": 0.0},
        ]
        optimisers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(groups, lr=pace.rate, betas=pace.betas)
        ]
        if pace.matrix_rate is not None and own:
            optimisers.append(Muon(own, lr=pace.matrix_rate, weight_decay=pace.weight_decay))
        # Every rate follows the plan's schedule, as a part of the peak that it has here.
        self._peaks = [
            [g["lr"] / pace.rate if pace.rate else 0.0 for g in o.param_groups] for o in optimisers
        ]
        self.accelerator, self.scale = accelerator, scale
        self.model, *self.optimisers = accelerator.prepare(model, *optimisers)

    @property
    def bare(self) -> nn.Module:
        """The network without what wraps it for several processes."""
        return self.accelerator.unwrap_model(self.model)

    def clip(self, norm: float) -> float:
        """Shorten the gradient to `norm`; its length before."""
        length = self.accelerator.clip_grad_norm_(self.model.parameters(), norm)
        return float(length) if length is not None else 0.0

    def forget(self) -> None:
        """Drop the gradients of the last step."""
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)

    def step(self, rate: float) -> None:
        for optimiser, peaks in zip(self.optimisers, self._peaks, strict=True):
            for group, peak in zip(optimiser.param_groups, peaks, strict=True):
                group["lr"] = self.scale * rate * peak
            optimiser.step()

    def state_dict(self) -> dict[str, Any]:
        return {
            "model": self.bare.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.bare.load_state_dict(state["model"])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)

"""A network and its optimiser."""

from typing import Any, Protocol

import torch
from accelerate import Accelerator
from torch import nn


class Pace(Protocol):
    """What a learner takes from the plan of its run."""

    @property
    def rate(self) -> float: ...
    @property
    def betas(self) -> tuple[float, float]: ...
    @property
    def weight_decay(self) -> float: ...


class Learner:
    """AdamW (Loshchilov & Hutter 2017, arXiv:1711.05101); matrices alone decay."""

    def __init__(
        self, accelerator: Accelerator, model: nn.Module, pace: Pace, scale: float = 1.0
    ) -> None:
        trained = [p for p in model.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in trained if p.dim() >= 2], "weight_decay": pace.weight_decay},
            {"params": [p for p in trained if p.dim() < 2], "weight_decay": 0.0},
        ]
        optimiser = torch.optim.AdamW(groups, lr=pace.rate, betas=pace.betas)
        self.accelerator, self.scale = accelerator, scale
        self.model, self.optimiser = accelerator.prepare(model, optimiser)

    @property
    def bare(self) -> nn.Module:
        """The network without what wraps it for several processes."""
        return self.accelerator.unwrap_model(self.model)

    def clip(self, norm: float) -> float:
        """Shorten the gradient to `norm`; its length before."""
        length = self.accelerator.clip_grad_norm_(self.model.parameters(), norm)
        return float(length) if length is not None else 0.0

    def step(self, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = self.scale * rate
        self.optimiser.step()

    def state_dict(self) -> dict[str, Any]:
        return {"model": self.bare.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.bare.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])

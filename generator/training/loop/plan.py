"""How long and how fast a network is trained."""

import math
from dataclasses import dataclass

COUNTS = ("steps", "batch", "accumulate", "log_every", "save_every", "grid_every")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast. `rate` falls from its peak to zero along a half cosine.

    With a `cooldown` it stays at the peak and falls along a line in so many last steps: a run whose
    length is not known yet goes on at the peak, and a copy of it can be cooled down at any time
    (Hägele et al. 2024, arXiv:2405.18392). `matrix_rate`, which falls with it, is Muon's, for
    linear maps and convolutions; without one AdamW trains them too.

    `batch` samples are computed at once, by all processes together; an optimiser step takes
    `accumulate` times as many. `precision` is "no" or "bf16"; `checkpointing` computes
    activations twice instead of keeping them. Figures, states and sample pictures are written
    every so many steps.
    """

    steps: int
    batch: int
    rate: float
    matrix_rate: float | None = None
    warmup: int = 200
    cooldown: int | None = None
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    ema: float = 0.999
    log_every: int = 50
    save_every: int = 500
    grid_every: int = 500
    seed: int = 0
    accumulate: int = 1
    precision: str = "no"
    checkpointing: bool = False

    def __post_init__(self) -> None:
        for name in COUNTS:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")

    def rate_at(self, step: int) -> float:
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        if self.cooldown is not None:
            return self.rate * min(1.0, max(0, self.steps - step) / max(1, self.cooldown))
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

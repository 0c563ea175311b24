"""What every training loop shares: optimiser, schedule, moving average, and a state file.

A loop asks for steps, turns each step number into a batch, and hands the loss back:

    for step in run.steps():
        run.update(loss_of(batch(step)))

Batches depend on the step number alone, so a run killed at any moment goes on from its last
state file as if nothing had happened.
"""

import json
import logging
import math
import os
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from tqdm import tqdm

logger = logging.getLogger(__name__)


class TrainingError(RuntimeError):
    """Training cannot go on; the last state file is still good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast. `rate` falls from its peak to zero along a half cosine."""

    steps: int
    batch: int
    rate: float
    warmup: int = 200
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    ema: float = 0.999
    save_every: int = 500
    seed: int = 0

    def rate_at(self, step: int) -> float:
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


class Run:
    """One model being trained, resumable from `folder/state.pt`."""

    def __init__(
        self,
        folder: Path,
        model: nn.Module,
        plan: Plan,
        on_save: Callable[[nn.Module, int], None] | None = None,
    ) -> None:
        self.folder, self.plan, self.on_save = folder, plan, on_save
        self.accelerator = Accelerator()
        self.averaged = deepcopy(model).requires_grad_(False).to(self.accelerator.device)
        matrices = [p for p in model.parameters() if p.requires_grad and p.dim() >= 2]
        vectors = [p for p in model.parameters() if p.requires_grad and p.dim() < 2]
        optimiser = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": plan.weight_decay},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=plan.rate,
            betas=plan.betas,
        )
        self.model, self.optimiser = self.accelerator.prepare(model, optimiser)
        self.step = 0
        self.state_file = folder / "state.pt"
        if self.state_file.exists():
            self._load()

    @property
    def device(self) -> torch.device:
        return self.accelerator.device

    def share(self, batch: int) -> slice:
        """The rows of a batch that this process works on."""
        return slice(self.accelerator.process_index, batch, self.accelerator.num_processes)

    def steps(self) -> Iterator[int]:
        """Step numbers still to do; saves along the way and at the end."""
        bar = tqdm(
            total=self.plan.steps,
            initial=self.step,
            desc=self.folder.name,
            mininterval=2.0,
            disable=not self.accelerator.is_main_process,
        )
        self._started, self._logged = time.perf_counter(), self.step
        self._losses: list[dict[str, float]] = []
        self.model.train()
        with bar:
            while self.step < self.plan.steps:
                yield self.step
                self.step += 1
                bar.update()
                if self.step % 50 == 0:
                    bar.set_postfix(self._log(), refresh=False)
                if self.step % self.plan.save_every == 0 or self.step == self.plan.steps:
                    self.save()

    def update(self, loss: Tensor, **parts: float) -> None:
        """One optimiser step.

        Raises:
            TrainingError: the loss is not finite.
        """
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(
                f"the loss became {value} at step {self.step}; the last good state is "
                f"{self.state_file}"
            )
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        self.optimiser.zero_grad(set_to_none=True)
        self.accelerator.backward(loss)
        norm = self.accelerator.clip_grad_norm_(self.model.parameters(), self.plan.clip_norm)
        if norm is not None and not math.isfinite(norm):
            raise TrainingError(
                f"the gradient became {float(norm)} at step {self.step}; the last good state is "
                f"{self.state_file}"
            )
        self.optimiser.step()
        self._average()
        self._losses.append({"loss": value, **parts})

    @torch.no_grad()
    def _average(self) -> None:
        # A young average follows closely; an old one keeps `ema` of what it was.
        decay = min(self.plan.ema, (1 + self.step) / (10 + self.step))
        live = self.accelerator.unwrap_model(self.model)
        for slow, fast in zip(self.averaged.parameters(), live.parameters(), strict=True):
            slow.lerp_(fast, 1 - decay)
        for kept, current in zip(self.averaged.buffers(), live.buffers(), strict=True):
            kept.copy_(current)

    def _log(self) -> dict[str, float]:
        names = self._losses[-1].keys()
        means = {
            name: sum(entry[name] for entry in self._losses) / len(self._losses) for name in names
        }
        spent = time.perf_counter() - self._started
        rate = (self.step - self._logged) * self.plan.batch / spent
        self._losses.clear()
        self._started, self._logged = time.perf_counter(), self.step
        if self.accelerator.is_main_process:
            self.folder.mkdir(parents=True, exist_ok=True)
            line = {"step": self.step, "samples_per_second": round(rate, 2), **means}
            with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        return {name: round(value, 4) for name, value in means.items()}

    def save(self) -> None:
        """Write everything needed to go on, in one rename."""
        if not self.accelerator.is_main_process:
            return
        state: dict[str, Any] = {
            "step": self.step,
            "model": self.accelerator.unwrap_model(self.model).state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        staging = self.state_file.with_suffix(".new")
        try:
            torch.save(state, staging)
            with staging.open("rb") as file:
                os.fsync(file.fileno())
            staging.replace(self.state_file)
        except (OSError, RuntimeError) as error:
            staging.unlink(missing_ok=True)
            raise TrainingError(
                f"the state could not be saved to {self.state_file} ({error}); what was there "
                "before is untouched"
            ) from error
        if self.on_save is not None:
            self.on_save(self.averaged, self.step)

    def _load(self) -> None:
        state = torch.load(self.state_file, map_location=self.device, weights_only=True)
        self.accelerator.unwrap_model(self.model).load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]
        logger.info("%s goes on from step %d", self.folder.name, self.step)

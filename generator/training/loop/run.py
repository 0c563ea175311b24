"""What every training loop shares: optimiser, schedule, moving average, records, a state file.

A loop asks for steps, turns each number into a batch, and hands the loss back:

    for step in run.steps():
        run.update(loss_of(batch(step)))

Batches depend on the number alone, and so does chance inside the networks (dropout): a run that
was killed at any moment goes on from its last state file as if nothing had happened. With
`accumulate`, that many numbers make one optimiser step, so a batch in a loop stays what fits.
"""

import logging
import math
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from generator.folders.lock import alone_in
from generator.training.loop.checkpointing import checkpoint_layers
from generator.training.loop.errors import TrainingError
from generator.training.loop.journal import Journal
from generator.training.loop.learner import Learner
from generator.training.loop.plan import Plan
from generator.training.loop.processes import new_accelerator, share_of
from generator.training.loop.saving import save_state
from generator.training.loop.stream import chance

logger = logging.getLogger(__name__)
# What reading a state file raises when it is empty, damaged, or another model's.
NO_STATE = (OSError, EOFError, RuntimeError, KeyError, ValueError, pickle.UnpicklingError)


class Run:
    """One model being trained, resumable from `folder/state.pt`."""

    def __init__(
        self,
        folder: Path,
        model: nn.Module,
        plan: Plan,
        on_save: Callable[[nn.Module, int], None] | None = None,
        head: str | None = None,
        data: str | None = None,
    ) -> None:
        """`on_save` is handed the average and the step number after every saved state.

        `head` names the model's map to its output (see `Learner`). `data` says what is learnt
        from: a run that was begun with something else is not gone on with.
        """
        self.folder, self.plan, self.on_save, self.data = folder, plan, on_save, data
        self.accelerator = new_accelerator(plan.precision)
        if plan.batch % (count := self.accelerator.num_processes):
            raise ValueError(f"a batch of {plan.batch} cannot be shared by {count} processes")
        self.averaged = deepcopy(model).requires_grad_(False).to(self.device)
        if plan.checkpointing:
            checkpoint_layers(model)
        self.learner = Learner(self.accelerator, model, plan, head=head)
        self.others: dict[str, Learner] = {}
        self.journal = Journal(folder, is_writing=self.accelerator.is_main_process)
        self.step = self._part = 0
        self._losses: list[dict[str, float]] = []
        self.state_file = folder / "state.pt"
        self._found: dict[str, Any] = {}
        if self.state_file.exists():
            self._load()

    @property
    def model(self) -> nn.Module:
        return self.learner.model

    @property
    def device(self) -> torch.device:
        return self.accelerator.device

    @property
    def number(self) -> int:
        """Of the batch that `steps` gives first."""
        return self.step * self.plan.accumulate

    def share(self, batch: int) -> slice:
        """The rows of a batch that this process works on."""
        return share_of(batch)

    def beside(self, name: str, model: nn.Module, scale: float = 1.0) -> Learner:
        """A second network, learning at `scale` of the rate, kept in the same state file."""
        pace = replace(self.plan, matrix_rate=None)  # Muon was not tried on a critic
        self.others[name] = Learner(self.accelerator, model, pace, scale)
        if state := self._found.get("others", {}).get(name):
            self.others[name].load_state_dict(state)
        return self.others[name]

    def steps(self) -> Iterator[int]:
        """Numbers of the batches still to do; saves along the way and at the end."""
        bar = tqdm(
            total=self.plan.steps,
            initial=self.step,
            desc=self.folder.name,
            mininterval=2.0,
            disable=not self.accelerator.is_main_process,
        )
        self._started, self._logged = time.perf_counter(), self.step
        self.model.train()
        if self.step >= self.plan.steps:
            self._hand_out()  # a kill may have come before it
        # Processes of one training share the folder, and the first of them writes.
        is_first = self.accelerator.is_main_process
        with bar, alone_in(self.folder) if is_first else nullcontext():
            while self.step < self.plan.steps:
                for part in range(self.plan.accumulate):
                    self._part = part
                    number = self.number + part
                    with self._as_if_alone(number):
                        yield number
                self.step += 1
                bar.update()
                if self.step % self.plan.log_every == 0 or self.step == self.plan.steps:
                    bar.set_postfix(self._log(), refresh=False)
                if self.step % self.plan.save_every == 0 or self.step == self.plan.steps:
                    self.save()
        self.accelerator.wait_for_everyone()  # what was saved is there for the next stage

    def _as_if_alone(self, number: int) -> ExitStack:
        """Chance of this batch alone, and no talk between processes before the last part."""
        around = ExitStack()
        devices = [self.device] if self.device.type == "cuda" else []
        around.enter_context(torch.random.fork_rng(devices))
        seed = chance(number, self.plan.seed).initial_seed()
        torch.manual_seed(seed + 2**32 * self.accelerator.process_index)
        if not self._is_last_part:
            for learner in (self.learner, *self.others.values()):
                around.enter_context(self.accelerator.no_sync(learner.model))
        return around

    @property
    def _is_last_part(self) -> bool:
        return self._part == self.plan.accumulate - 1

    def update(self, loss: Tensor, **parts: float) -> None:
        """Learn from one batch.

        Args:
            parts: figures to record beside the loss.
        Raises:
            TrainingError: the loss or its gradient is not finite.
        """
        self.improve(self.learner, loss)
        if self._is_last_part:
            self._average()
        self._losses.append({"loss": float(loss.detach()), **parts})

    def note(self, **parts: float) -> None:
        """More figures of the batch that `update` was told of."""
        self._losses[-1].update(parts)

    def improve(self, learner: Learner, loss: Tensor) -> None:
        """Let one of the run's networks learn from a loss of its own; raises as `update`."""
        self._check("loss", float(loss.detach()))
        if self._part == 0:
            learner.forget()
        self.accelerator.backward(loss / self.plan.accumulate)
        if self._is_last_part:
            self._check("gradient", learner.clip(self.plan.clip_norm))
            learner.step(self.plan.rate_at(self.step))

    def _check(self, what: str, value: float) -> None:
        if not math.isfinite(value):
            raise TrainingError(
                f"the {what} became {value} at step {self.step}; the last good state is "
                f"{self.state_file}"
            )

    @torch.no_grad()
    def _average(self) -> None:
        # A young average follows closely; an old one keeps `ema` of what it was.
        decay = min(self.plan.ema, (1 + self.step) / (10 + self.step))
        live = self.learner.bare
        for slow, fast in zip(self.averaged.parameters(), live.parameters(), strict=True):
            slow.lerp_(fast, 1 - decay)
        for kept, current in zip(self.averaged.buffers(), live.buffers(), strict=True):
            kept.copy_(current)

    def _log(self) -> dict[str, float]:
        names = dict.fromkeys(name for entry in self._losses for name in entry)
        means = {name: _mean([e[name] for e in self._losses if name in e]) for name in names}
        spent = time.perf_counter() - self._started
        samples = (self.step - self._logged) * self.plan.batch * self.plan.accumulate
        self._losses.clear()
        self._started, self._logged = time.perf_counter(), self.step
        rate = self.plan.rate_at(self.step - 1)
        self.journal.scalars(
            self.step, {"samples_per_second": round(samples / spent, 2), "rate": rate, **means}
        )
        return {name: round(value, 4) for name, value in means.items()}

    def save(self) -> None:
        """Write everything needed to go on, in one rename."""
        if not self.accelerator.is_main_process:
            return
        state = {
            "step": self.step,
            "data": self.data,
            **self.learner.state_dict(),
            "averaged": self.averaged.state_dict(),
            "others": {name: learner.state_dict() for name, learner in self.others.items()},
        }
        save_state(state, self.state_file)
        self._hand_out()

    def _hand_out(self) -> None:
        if self.on_save is not None and self.accelerator.is_main_process:
            self.on_save(self.averaged, self.step)

    def _load(self) -> None:
        try:
            state = torch.load(self.state_file, map_location=self.device, weights_only=True)
            self.learner.load_state_dict(state)
            self.averaged.load_state_dict(state["averaged"])
            self.step = state["step"]
        except NO_STATE as error:
            raise TrainingError(
                f"{self.state_file} does not belong to this model or is damaged; move it away to "
                f"start anew ({type(error).__name__})"
            ) from error
        if self.data is not None and state.get("data", self.data) not in (self.data, None):
            raise TrainingError(
                f"{self.folder} was begun with other data: go on with those, or move it away to "
                "start anew"
            )
        self._found = state
        self.journal.rewind(self.step)
        logger.info("%s goes on from step %d", self.folder.name, self.step)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)

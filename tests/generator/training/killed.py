"""Trainers that kill themselves: `python -m tests.generator.training.killed RUNS/STAGE:STEP …`.

Each goes on from what is in its folder of runs and dies in the middle of that step.
"""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.recipe import STAGES
from generator.training.smoke import SMOKE_RECIPE
from generator.training.vqgan.stage import Objective

PLAN = Plan(steps=8, batch=4, rate=1e-3, warmup=2, save_every=3)
# Every kind of state: a codebook that moves and revives, a discriminator, dropout, a pool.
RECIPE = replace(
    SMOKE_RECIPE,
    plans=dict.fromkeys(SMOKE_RECIPE.plans, PLAN),
    objective=Objective(adversarial_from=3),
    vqgan=replace(SMOKE_RECIPE.vqgan, has_encoder=True),
    bart=replace(SMOKE_RECIPE.bart, dropout=0.2),
)


def die_at(step: int) -> None:
    learn = Run.update

    def update(self: Run, loss: Tensor, **parts: float) -> None:
        if self.step == step:
            os.kill(os.getpid(), signal.SIGKILL)
        learn(self, loss, **parts)

    setattr(Run, "update", update)  # noqa: B010 - a method cannot be assigned


def main(tasks: list[str]) -> None:
    for task in tasks:
        place, step = task.rsplit(":", 1)
        if os.fork() == 0:
            die_at(int(step))
            STAGES[Path(place).name](RECIPE, Path(place).parent)
            os._exit(0)
        _, status = os.wait()
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"{task} was not killed")


if __name__ == "__main__":
    main(sys.argv[1:])

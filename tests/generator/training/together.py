"""A program for `torchrun`: a small model learns from batches that its processes share."""

import sys
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from tests.generator import tiny

PLAN = Plan(steps=5, batch=8, rate=1e-2, warmup=2, save_every=2)


def train(folder: Path, accumulate: int) -> None:
    plan = replace(PLAN, batch=PLAN.batch // accumulate, accumulate=accumulate)
    run = Run(folder, tiny.shake(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))), plan)
    critic = run.beside("critic", tiny.shake(nn.Linear(2, 1)))
    for number in run.steps():
        seeds = range(number * plan.batch, (number + 1) * plan.batch)
        rows = [torch.randn(3, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
        batch = torch.stack(rows)[run.share(plan.batch)]
        found = run.model(batch)
        run.update((found - batch[:, :2]).square().mean())
        run.improve(critic, critic.model(found.detach()).square().mean())


if __name__ == "__main__":
    train(Path(sys.argv[1]), int(sys.argv[2]))

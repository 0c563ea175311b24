"""The recogniser of the evaluation, trained on real scenes of the training split alone."""

from pathlib import Path

from generator.training.judge.recogniser import RecogniserConfig
from generator.training.judge.stage import train_recogniser
from generator.training.loop.plan import Plan

PLAN = Plan(steps=4_200, batch=64, rate=2e-3, warmup=100, weight_decay=0.05, ema=0.995)
# No other stage draws from it.
STREAM = 7


def train_examiner(folder: Path, plan: Plan = PLAN, config: RecogniserConfig | None = None) -> None:
    """Train from scratch or go on; the average goes to `folder/model.safetensors`."""
    train_recogniser(folder, plan, config or RecogniserConfig(), STREAM)

"""The recogniser of the evaluation, trained on scenes of the training split alone, at full size.

It sees them as they are, as the VQGAN paints them, and broken; never a picture of BART's.
"""

from pathlib import Path

from generator.networks.vqgan import Vqgan
from generator.training.judge.recogniser import RecogniserConfig
from generator.training.judge.stage import train_recogniser
from generator.training.loop.plan import Plan

EXAMINER = RecogniserConfig(image_size=192, widths=(40, 80, 128, 192), blocks=(1, 1, 2, 2))
PLAN = Plan(steps=2_000, batch=64, rate=2e-3, warmup=100, weight_decay=0.05, ema=0.995)
# No other stage draws from it.
STREAM = 7


def train_examiner(
    folder: Path, vqgan: Vqgan | None, plan: Plan = PLAN, config: RecogniserConfig = EXAMINER
) -> None:
    """Train from scratch or go on; the average goes to `folder/model.safetensors`."""
    train_recogniser(folder, plan, config, STREAM, vqgan)

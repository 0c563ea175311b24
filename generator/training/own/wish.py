"""What is wanted of a model of one's own, and what all of its stages share."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from torch import nn

from generator.sources.batches import CaptionedImages
from generator.sources.records import Keys
from generator.sources.selection import Selection
from generator.training.loop.plan import Plan
from generator.training.loop.processes import processes
from generator.training.own.sizes import Sizes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is wanted.

    Args:
        data: see `generator.sources.opening`; `held_out` is the share of captions kept apart.
        runs: where the work is kept; out: the model folder.
        vqgan, clip, start: what is given and not trained anew, each a folder or an id on the hub;
            `start` is a whole model whose BART, words and VQGAN are gone on from.
        encode_batch: pictures encoded at once; 32 of 256 pixels took 6.9 GB in an original's VQGAN.
        tunes_vqgan: a given VQGAN is trained on, and its codes move if it has an encoder.
    """

    data: str
    runs: Path
    out: Path
    sizes: Sizes
    name: str
    licence: str
    held_out: float = 0.02
    keys: Keys = field(default_factory=Keys)
    vqgan: str | None = None
    tunes_vqgan: bool = False
    clip: str | None = None
    start: str | None = None
    workers: int = 0
    encode_batch: int = 32


def pictures_of(own: Own, train: Selection, plan: Plan, size: int) -> CaptionedImages:
    """Batches of `plan.batch` for all processes together."""
    state = processes()
    return CaptionedImages(
        train,
        size=size,
        batch=plan.batch // state.num_processes,
        seed=plan.seed,
        workers=own.workers,
        rank=state.process_index,
        ranks=state.num_processes,
    )


def count_of(part: Selection) -> int:
    return sum(part.sizes)


def size_of(network: nn.Module) -> str:
    return f"{sum(p.numel() for p in network.parameters()) / 1e6:.1f} M parameters"


def announce(stage: str, network: nn.Module, plan: Plan, pictures: int) -> None:
    """Say what is about to begin; training keeps weights, two moments and an average."""
    parameters = sum(p.numel() for p in network.parameters())
    samples = plan.steps * plan.batch * plan.accumulate
    logger.info(
        "── %s: %.1f M parameters, whose state takes %.2f GB; %d steps of %d, %.1f passes",
        stage,
        parameters / 1e6,
        parameters * 16 / 1e9,
        plan.steps,
        plan.batch * plan.accumulate,
        samples / pictures,
    )

"""Which processes train together, and on what: `torchrun` says the first, accelerate the second."""

import torch
from accelerate import Accelerator, PartialState


def processes() -> PartialState:
    """All processes of this training; known before there is a run."""
    return PartialState(cpu=_has_no_accelerator())


def new_accelerator(precision: str) -> Accelerator:
    return Accelerator(cpu=_has_no_accelerator(), mixed_precision=precision)


def share_of(batch: int) -> slice:
    """The rows of a batch that this process works on."""
    state = processes()
    return slice(state.process_index, batch, state.num_processes)


def _has_no_accelerator() -> bool:
    # Without being told so, accelerate takes several processes on CPUs for strangers.
    return not torch.accelerator.is_available()

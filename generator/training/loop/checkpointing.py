"""Activation checkpointing (Chen et al. 2016, arXiv:1604.06174): compute twice, keep little."""

from functools import partial

from torch import nn
from torch.utils.checkpoint import checkpoint

from generator.networks import bart, vqgan

LAYERS = (bart.EncoderLayer, bart.DecoderLayer, vqgan.ResidualBlock, vqgan.SpatialAttention)


def checkpoint_layers(model: nn.Module) -> None:
    """Let every layer of BART and block of a VQGAN within `model` compute its activations anew.

    Weights and their names stay as they are.
    """
    for module in model.modules():
        if isinstance(module, LAYERS):
            again = partial(checkpoint, module.forward, use_reentrant=False)
            module.forward = again  # type: ignore[method-assign]

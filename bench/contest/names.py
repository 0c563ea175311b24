"""Our tensors under min-dalle's names: generator.convert's way, backwards."""

from torch import nn

from generator.convert.bart.checkpoint import split
from generator.convert.bart.min_dalle import MODULES, UNSCALED
from generator.convert.vqgan.names import torch_names
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan

CODEBOOK = "embedding.weight"
HEAD = {"head.weight": "lm_head.weight"}  # in the decoder's file


def bart_names(bart: Bart, side: str) -> dict[str, str]:
    """Our name of each tensor that min-dalle's encoder or decoder has, and its name there."""
    names = dict(HEAD) if side == "decoder" else {}
    for name in bart.state_dict():
        where, layer, module, leaf = split(name)
        if where == side:
            place = "" if layer is None else f"layers.{layer}."
            names[name] = f"{place}{MODULES[module]}.{leaf}"
    return names


def vqgan_names(vqgan: Vqgan) -> dict[str, str]:
    find = torch_names(vqgan.config, CODEBOOK)
    return {name: find(name, tuple(t.shape)).name for name, t in vqgan.state_dict().items()}


def hand_over(names: dict[str, str], ours: nn.Module, theirs: nn.Module) -> None:
    """Put our tensors in theirs, each in its place; only scales of norms that ours lack may stay.

    Those are 1 everywhere in min-dalle's modules.
    """
    state = ours.state_dict()
    found = theirs.load_state_dict(
        {their_name: state[name] for name, their_name in names.items()}, strict=False, assign=True
    )
    left = [name for name in found.missing_keys if not UNSCALED.fullmatch(name)]
    if left or found.unexpected_keys:
        raise SystemExit(f"this min-dalle has other tensors: {left or found.unexpected_keys}")

"""In which numbers a loaded model computes.

float32   as the weights were trained; on a CPU in the layout that it multiplies fastest
bfloat16  half the memory; for GPUs, and CPUs that have instructions for it
float16   half the memory; for GPUs
int8      BART's weights in a quarter of the memory; for CPUs
"""

from functools import partial

import torch
from torch import nn

from generator.config import PRECISIONS
from generator.devices.halving import give_back_memory
from generator.devices.linear import Int8Linear, PackedLinear, can_pack, replace_linears
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan

# Nine images, each with and without its caption.
ROWS = 18


def dtype_of(precision: str) -> torch.dtype:
    """What weights are loaded as.

    Raises:
        ValueError: there is no such precision.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, not {precision!r}")
    dtype: torch.dtype = getattr(torch, "float32" if precision == "int8" else precision)
    return dtype


def prepare(bart: Bart, precision: str, device: torch.device) -> None:
    """Make a loaded BART ready to sample, in place: it cannot be trained or saved afterwards.

    Raises:
        ValueError: this precision is not for this kind of device.
    """
    dtype = dtype_of(precision)
    is_cpu = device.type == "cpu"
    if precision == "int8" and not is_cpu:
        raise ValueError(f"int8 is for CPUs; on {device.type} bfloat16 or float16 is faster")
    bart.to(dtype)
    if precision == "int8":
        quantise(bart)
    elif is_cpu and dtype != torch.float16:
        pack(bart)


def paint_in(vqgan: Vqgan, precision: str) -> None:
    """Make a loaded VQGAN ready to paint, in place; int8 is BART's, and this is what is fast."""
    is_cpu = vqgan.quantiser.codebook.weight.device.type == "cpu"
    half = precision == "int8" and is_cpu and has_fast_bfloat16()
    vqgan.to(torch.bfloat16 if half else dtype_of(precision))
    vqgan.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch has no type


def join(bart: Bart) -> None:
    """Fewer and larger maps in the decoder: those that are given the same rows become one."""
    for layer in bart.decoder.layers:
        layer.attention.join()
        layer.glu.join()


def quantise(bart: Bart) -> None:
    """Every linear map of BART in int8, and what it remembers while sampling in bfloat16."""
    join(bart)
    replace_linears(bart, Int8Linear)
    bart.cache_dtype = torch.bfloat16
    give_back_memory()


def pack(bart: Bart) -> None:
    """The decoder's linear maps in the layout for sampling nine images, where oneDNN packs them."""
    join(bart)
    if can_pack(next(bart.head.parameters()).dtype):
        parts = nn.ModuleDict({"decoder": bart.decoder, "head": bart.head})
        replace_linears(parts, partial(PackedLinear, rows=ROWS))
        bart.head = parts["head"]


def has_fast_bfloat16() -> bool:
    """Whether this CPU multiplies matrices of bfloat16 in hardware."""
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))


def weight_bytes(module: nn.Module) -> int:
    """Memory of a module's weights as they are kept."""
    tensors = [*module.parameters(), *module.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)

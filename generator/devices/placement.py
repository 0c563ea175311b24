"""A BART that is larger than one GPU: its layers on several, and in main memory.

accelerate's hooks bring a layer's weights to the GPU when its turn comes.
"""

import importlib
from pathlib import Path
from typing import Any

import torch

from generator.groups import install
from generator.networks.bart import Bart, DecoderLayer, EncoderLayer

WHOLE_LAYERS = [EncoderLayer.__name__, DecoderLayer.__name__]
Memory = dict[int | str, int | str]


class PlacementError(RuntimeError):
    """The layers cannot be placed; the message says what is missing."""


def spread(
    bart: Bart, dtype: torch.dtype, memory: Memory | None = None, folder: Path | None = None
) -> None:
    """Give each layer its device: GPUs as far as they go, then main memory, then a folder.

    Args:
        bart: loaded, in main memory.
        dtype: what it computes in.
        memory: the most to use, as accelerate has it: {0: "6GiB", "cpu": "30GiB"}; None measures.
        folder: where to put what is left over; None is nowhere.
    Raises:
        PlacementError: accelerate is missing, or there is too little memory in all.
    """
    accelerate = _accelerate()
    bart.to(dtype)
    limits = accelerate.utils.get_max_memory(memory)
    places = accelerate.infer_auto_device_map(
        bart, max_memory=limits, no_split_module_classes=WHOLE_LAYERS, dtype=dtype
    )
    if folder is None and "disk" in places.values():
        found = ", ".join(f"{device}: {limit}" for device, limit in limits.items())
        raise PlacementError(f"BART does not fit into memory ({found} bytes)")
    bart.is_whole = len(set(places.values())) == 1
    if bart.is_whole:
        bart.to(next(iter(places.values())))
        return
    main = next((place for place in places.values() if place not in ("cpu", "disk")), "cpu")
    accelerate.dispatch_model(bart, places, main_device=main, offload_dir=folder, force_hooks=True)


def _accelerate() -> Any:
    try:
        return importlib.import_module("accelerate")
    except ImportError as error:
        raise PlacementError(
            f"spreading layers over devices needs the package accelerate ({error}): "
            + install("train")
        ) from error

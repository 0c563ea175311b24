"""Tiny checkpoints as Flax writes them.

The slow, obvious twins of the converter: they go from our names to Flax's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import torch
from torch import Tensor

from tests.generator.checkpoints import (
    BART,
    BART_WEIGHTS,
    VQGAN_WEIGHTS,
    Tree,
    Weights,
    taming_names,
    write_json,
)


def packed(tensor: Tensor) -> msgpack.ExtType:
    name = str(tensor.dtype).removeprefix("torch.")
    data = tensor.contiguous().view(-1).view(torch.uint8).numpy().tobytes()
    return msgpack.ExtType(1, msgpack.packb((list(tensor.shape), name, data)))


def chunked(tensor: Tensor, size: int) -> Tree:
    parts = tensor.reshape(-1).split(size)
    return {
        "__msgpack_chunked_array__": True,
        "shape": {str(i): n for i, n in enumerate(tensor.shape)},
        "chunks": {str(i): packed(part) for i, part in enumerate(parts)},
    }


def nest(flat: dict[str, Any]) -> Tree:
    tree: Tree = {}
    for name, value in flat.items():
        *path, leaf = name.split("/")
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[leaf] = value
    return tree


def write_flax(path: Path, tensors: Weights, chunk: int = 0) -> None:
    leaves = {
        name: chunked(tensor, chunk) if 0 < chunk < tensor.numel() else packed(tensor)
        for name, tensor in tensors.items()
    }
    path.write_bytes(msgpack.packb(nest(leaves)))


def bart_in_flax(weights: Weights, dtype: torch.dtype, is_stacked: bool) -> Weights:
    flat = {"lm_head/kernel": weights["head.weight"].T}
    for side, layers in (("encoder", BART.encoder_layers), ("decoder", BART.decoder_layers)):
        base = f"model/{side}"
        flat[f"{base}/embed_tokens/embedding"] = weights[f"{side}.tokens.weight"]
        flat[f"{base}/embed_positions/embedding"] = weights[f"{side}.positions.weight"]
        flat[f"{base}/layernorm_embedding/scale"] = weights[f"{side}.norm_embedding.weight"]
        flat[f"{base}/layernorm_embedding/bias"] = weights[f"{side}.norm_embedding.bias"]
        flat[f"{base}/final_ln/bias"] = weights[f"{side}.norm_final.bias"]
        each = [layer_in_flax(weights, side, i) for i in range(layers)]
        names = f"{base}/layers/FlaxBart{side.capitalize()}Layer"
        if is_stacked:
            for key in each[0]:
                flat[f"{names}s/{key}"] = torch.stack([layer[key] for layer in each])
        else:
            for i, layer in enumerate(each):
                flat |= {f"{names}_{i}/{key}": tensor for key, tensor in layer.items()}
    return {name: tensor.to(dtype) for name, tensor in flat.items()}


def layer_in_flax(weights: Weights, side: str, i: int) -> Weights:
    ours = f"{side}.layers.{i}"
    layer: Weights = {}
    blocks = [("attention", "FlaxBartAttention_0")]
    norms = [("norm_in", "LayerNorm_0"), ("norm_out", "LayerNorm_1")]
    if side == "decoder":
        blocks += [("cross_attention", "FlaxBartAttention_1")]
        norms += [("cross_norm_in", "LayerNorm_2"), ("cross_norm_out", "LayerNorm_3")]
    norms += [("glu.norm_in", "GLU_0/LayerNorm_0"), ("glu.norm_hidden", "GLU_0/LayerNorm_1")]
    for mine, theirs in blocks:
        for a, b in (("query", "q_proj"), ("key", "k_proj"), ("value", "v_proj")):
            layer[f"{theirs}/{b}/kernel"] = weights[f"{ours}.{mine}.{a}.weight"].T
        layer[f"{theirs}/out_proj/kernel"] = weights[f"{ours}.{mine}.out.weight"].T
    for a, b in (("gate", "Dense_0"), ("value", "Dense_1"), ("out", "Dense_2")):
        layer[f"GLU_0/{b}/kernel"] = weights[f"{ours}.glu.{a}.weight"].T
    for mine, theirs in norms:
        layer[f"{theirs}/bias"] = weights[f"{ours}.{mine}.bias"]
        if f"{ours}.{mine}.weight" in weights:
            layer[f"{theirs}/scale"] = weights[f"{ours}.{mine}.weight"]
    return layer


def vqgan_in_flax(norm_axes: int = 1) -> Weights:
    flat = {}
    for ours, theirs in taming_names().items():
        tensor = VQGAN_WEIGHTS[ours]
        *path, leaf = theirs.split(".")
        joined: list[str] = []
        for part in path:
            if part.isdigit():
                joined[-1] += f"_{part}"
            else:
                joined.append(part)
        is_norm = "norm" in joined[-1]
        if ours == "quantiser.codebook.weight":
            leaf = "embedding"
        elif tensor.dim() == 4:
            leaf, tensor = "kernel", tensor.permute(2, 3, 1, 0)
        elif leaf == "weight":
            leaf = "scale"
        if is_norm:
            tensor = tensor.view([1] * (norm_axes - 1) + [-1])
        flat["/".join([*joined, leaf])] = tensor
    return flat


def write_shards(folder: Path) -> dict[str, str]:
    (folder / "flax_model.msgpack").unlink()
    tensors = bart_in_flax(BART_WEIGHTS, torch.float32, False)
    places = {
        name: f"flax_model-0000{i % 3 + 1}-of-00003.msgpack" for i, name in enumerate(tensors)
    }
    for shard in set(places.values()):
        held = {name: t for name, t in tensors.items() if places[name] == shard}
        write_flax(folder / shard, held)
    write_json(folder / "flax_model.msgpack.index.json", {"weight_map": places})
    return places


KEYS = "model/decoder/layers/FlaxBartDecoderLayers/FlaxBartAttention_1/k_proj/kernel"


def changed(folder: Path, change: Callable[[Weights], object]) -> None:
    """Rewrite a Flax BART with its tensors changed."""
    tensors = bart_in_flax(BART_WEIGHTS, torch.float32, True)
    change(tensors)
    write_flax(folder / "flax_model.msgpack", tensors)

"""Tiny checkpoints as taming-transformers and min-dalle leave them.

The slow, obvious twins of the converter: they go from our names to theirs.
"""

import json
import sys
from itertools import accumulate
from pathlib import Path
from types import ModuleType

import pytest
import torch

from generator.reading.tokenizer import train_tokenizer
from tests.generator.checkpoints import (
    BART_WEIGHTS,
    VQGAN_WEIGHTS,
    Weights,
    taming_names,
    write_json,
)

LIGHTNING = "pytorch_lightning.callbacks.model_checkpoint"


def write_taming(folder: Path) -> Path:
    """As PyTorch Lightning leaves it: with a discriminator, and naming a class of its own."""
    folder.mkdir(exist_ok=True)
    state = {theirs: VQGAN_WEIGHTS[ours] for ours, theirs in taming_names().items()}
    state["loss.discriminator.main.0.weight"] = torch.zeros(3)
    callback = type("ModelCheckpoint", (), {"__module__": LIGHTNING})
    names = list(accumulate(LIGHTNING.split("."), "{}.{}".format))
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setitem(sys.modules, name, ModuleType(name))
        patch.setattr(sys.modules[LIGHTNING], "ModelCheckpoint", callback, raising=False)
        content = {"callbacks": {callback: {"best": 1.0}}, "one": callback(), "state_dict": state}
        torch.save(content, folder / "last.ckpt")
    return folder


MIN_DALLE = {
    "norm_embedding": "layernorm_embedding", "norm_final": "final_ln", "tokens": "embed_tokens",
    "positions": "embed_positions", "cross_attention": "encoder_attn", "attention": "self_attn",
    "cross_norm_in": "pre_encoder_attn_layer_norm", "cross_norm_out": "encoder_attn_layer_norm",
    "glu.norm_in": "glu.ln0", "glu.norm_hidden": "glu.ln1", "norm_in": "pre_self_attn_layer_norm",
    "norm_out": "self_attn_layer_norm", "glu.gate": "glu.fc0", "glu.value": "glu.fc1",
    "glu.out": "glu.fc2", "query": "q_proj", "key": "k_proj", "value": "v_proj", "out": "out_proj",
}  # fmt: skip


def min_dalle_name(name: str) -> str:
    for ours in ("glu.norm_in", "glu.norm_hidden", "glu.gate", "glu.value", "glu.out"):
        name = name.replace(ours, MIN_DALLE[ours])
    return ".".join(MIN_DALLE.get(part, part) for part in name.split("."))


def min_dalle_files() -> dict[str, Weights]:
    files: dict[str, Weights] = {"encoder.pt": {}, "decoder.pt": {}, "detoker.pt": {}}
    for name, tensor in BART_WEIGHTS.items():
        side, _, rest = name.partition(".")
        if side == "head":
            files["decoder.pt"]["lm_head.weight"] = tensor.half()
        else:
            files[f"{side}.pt"][min_dalle_name(rest)] = tensor.half()
    for ours, theirs in taming_names().items():
        if not theirs.startswith(("encoder.", "quant_conv.")):
            files["detoker.pt"][theirs.replace("quantize.embedding", "embedding")] = VQGAN_WEIGHTS[
                ours
            ]
    return files


def write_min_dalle(folder: Path, files: dict[str, Weights], suffix: str = "") -> Path:
    folder.mkdir()
    for name, tensors in files.items():
        stem = name.removesuffix(".pt")
        torch.save(tensors, folder / (name if stem == "detoker" else f"{stem}{suffix}.pt"))
    tokenizer = json.loads(train_tokenizer(["a red fox"], 262).to_str())
    write_json(folder / f"vocab{suffix}.json", tokenizer["model"]["vocab"])
    lines = [" ".join(pair) for pair in tokenizer["model"]["merges"]]
    (folder / f"merges{suffix}.txt").write_text("\n".join(["#version: 0.2", *lines, ""]))
    return folder

"""Tiny networks with lively random weights, and a whole model folder made of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn
from transformers import CLIPConfig, CLIPModel

from generator.config import TINY_BART, TINY_VQGAN, Sampling
from generator.folders.manifest import Manifest
from generator.folders.weights import save_tensors, seal
from generator.networks.bart import Bart
from generator.networks.stem import build_clip
from generator.networks.vqgan import Vqgan
from generator.reading.tokenizer import CaptionTokenizer, train_tokenizer

CAPTIONS = [
    "a fox riding a bicycle on the moon",
    "an owl eating pizza in the forest",
    "three mice next to a red car",
    "a cat wearing sunglasses under the sea",
    "pixel art of a robot playing a guitar",
    "a dog holding a balloon in the snow",
]
CLIP_LENGTH, CLIP_SIZE = 16, 16
M = TypeVar("M", bound=nn.Module)


def shake(module: M, seed: int = 0) -> M:
    """Random weights of a size that lets every part speak: norms too, which start as ones."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() >= 2:
                parameter.copy_(noise * 1.5 / parameter[0].numel() ** 0.5)
            elif parameter.dim() == 1:
                parameter.copy_(0.3 * noise + name.endswith("weight"))
    return module.eval()


def bart(seed: int = 0, **changes: Any) -> Bart:
    return shake(Bart(replace(TINY_BART, **changes)), seed)


def vqgan(seed: int = 0, **changes: Any) -> Vqgan:
    return shake(Vqgan(replace(TINY_VQGAN, **changes)), seed)


def tokenizer(length: int = TINY_BART.text_length) -> CaptionTokenizer:
    return CaptionTokenizer(train_tokenizer(CAPTIONS, TINY_BART.text_vocab_size), length)


def clip_config(stem: tuple[int, ...] = ()) -> CLIPConfig:
    layer = {
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_attention_heads": 2,
        "num_hidden_layers": 2,
    }
    return CLIPConfig(
        text_config={
            **layer,
            "vocab_size": TINY_BART.text_vocab_size,
            "max_position_embeddings": CLIP_LENGTH,
            "bos_token_id": 0,
            "pad_token_id": 1,
            "eos_token_id": 2,
        },
        vision_config={
            **layer,
            "image_size": CLIP_SIZE,
            "patch_size": 8,
            **({"stem": list(stem)} if stem else {}),
        },
        projection_dim=12,
    )


def clip(seed: int = 0, stem: tuple[int, ...] = ()) -> CLIPModel:
    return shake(build_clip(clip_config(stem)), seed)


def manifest(**changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "name": "tiny",
        "licence": "Apache-2.0",
        "normaliser": "plain",
        "vocabulary": "world",
        "sampling": Sampling(condition_scale=2.0, top_k=20).to_dict(),
    }
    return Manifest(**{**values, **changes})


def stage(folder: Path, stem: tuple[int, ...] = (), **vqgan_changes: Any) -> Path:
    """Everything of a model folder but the manifest."""
    for name, module in (("bart", bart()), ("vqgan", vqgan(**vqgan_changes))):
        save_tensors(module, folder / name / "model.safetensors", torch.float32)
        text = json.dumps(module.config.to_dict())
        (folder / name / "config.json").write_text(text, encoding="utf-8")
    save_tensors(clip(stem=stem), folder / "clip" / "model.safetensors", torch.float32)
    clip_config(stem).to_json_file(folder / "clip" / "config.json", use_diff=False)
    (folder / "tokenizer").mkdir()
    for place in ("clip", "tokenizer"):
        tokenizer().save(folder / place / "tokenizer.json")
    return folder


def write_model(
    staging: Path, folder: Path, stem: tuple[int, ...] = (), **changes: Any
) -> Manifest:
    return seal(stage(staging, stem), manifest(**changes), folder)

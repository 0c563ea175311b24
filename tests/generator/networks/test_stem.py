"""Convolutions before CLIP's vision transformer, where its config asks for them."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F
from transformers import CLIPConfig, CLIPModel

from generator.drawing.pipeline import Generator
from generator.folders.manifest import WeightsError
from generator.folders.weights import seal
from generator.networks import stem
from tests.generator import tiny

WIDTHS = (8, 16)


def test_it_equals_its_layers_one_after_the_other() -> None:
    module = tiny.shake(stem.Stem(WIDTHS, 12))
    pixels = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    x = F.conv2d(F.pixel_unshuffle(pixels, 4), module.conv_in.weight, module.conv_in.bias, 1, 1)
    levels: Any = module.levels
    first, down, second = levels
    x = first(x)
    x = F.conv2d(F.pad(x, (0, 1, 0, 1)), down.conv.weight, down.conv.bias, 2)
    x = second(x)
    x = F.group_norm(x, 8, module.norm_out.weight, module.norm_out.bias, 1e-6)
    x = F.conv2d(F.silu(x), module.conv_out.weight, module.conv_out.bias)
    torch.testing.assert_close(module(pixels), x)
    assert module(pixels).shape == (2, 12, 32 // stem.stride(WIDTHS), 32 // stem.stride(WIDTHS))


def test_it_builds_what_transformers_builds_without_a_stem() -> None:
    config = tiny.clip_config()
    assert stem.build_clip(config).state_dict().keys() == CLIPModel(config).state_dict().keys()


def test_it_keeps_the_stem_in_the_config_file(tmp_path: Path) -> None:
    tiny.clip_config(WIDTHS).to_json_file(tmp_path / "config.json", use_diff=False)
    values = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    names = stem.build_clip(CLIPConfig(**values)).state_dict().keys()
    assert "vision_model.embeddings.patch_embedding.levels.0.conv_1.weight" in names
    assert "vision_model.embeddings.patch_embedding.weight" not in names


def test_it_refuses_a_stem_whose_map_has_not_the_patches_size() -> None:
    with pytest.raises(ValueError, match="a stem of 3 levels has a stride of 16, the patches of 8"):
        stem.build_clip(tiny.clip_config((8, 8, 8)))


def test_it_ranks_with_a_stem_when_the_model_has_one(tmp_path: Path) -> None:
    tiny.write_model(tmp_path / "staging", tmp_path / "model", stem=WIDTHS)
    pictures = Generator.load(tmp_path / "model").draw("a fox", count=9, seed=1).pictures
    assert len({picture.score for picture in pictures}) == 9
    staging = tiny.stage(tmp_path / "other", WIDTHS)
    tiny.clip_config((8, 8, 8)).to_json_file(staging / "clip" / "config.json", use_diff=False)
    seal(staging, tiny.manifest(), tmp_path / "damaged")
    with pytest.raises(WeightsError, match="is no CLIP config: a stem of 3 levels"):
        Generator.load(tmp_path / "damaged")

"""Fixtures: whole folders as their makers publish them, and a converter of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from generator.convert.folder import Options, convert
from generator.folders.manifest import Manifest
from tests.generator.checkpoints import (
    BART_JSON,
    BART_WEIGHTS,
    VQGAN_JSON,
    smallest_clip,
    write_clip,
    write_json,
    write_tokenizer,
)
from tests.generator.convert.flax_checkpoints import bart_in_flax, vqgan_in_flax, write_flax


@pytest.fixture
def bart(tmp_path: Path) -> Path:
    folder = tmp_path / "bart"
    folder.mkdir()
    write_json(folder / "config.json", BART_JSON)
    write_flax(folder / "flax_model.msgpack", bart_in_flax(BART_WEIGHTS, torch.float32, True))
    write_tokenizer(folder)
    return folder


@pytest.fixture
def vqgan(tmp_path: Path) -> Path:
    folder = tmp_path / "vqgan"
    folder.mkdir()
    write_json(folder / "config.json", VQGAN_JSON)
    write_flax(folder / "flax_model.msgpack", vqgan_in_flax())
    return folder


@pytest.fixture(scope="module")
def clip_model() -> Any:
    return smallest_clip()


@pytest.fixture
def clip(tmp_path: Path, clip_model: Any) -> Path:
    return write_clip(tmp_path / "clip", clip_model)


Run = Callable[..., tuple[Manifest, Path]]


@pytest.fixture
def run(tmp_path: Path, bart: Path, vqgan: Path, clip: Path) -> Run:
    def run(**changed: Any) -> tuple[Manifest, Path]:
        out = changed.pop("out", tmp_path / "model")
        sources = {"bart": bart, "vqgan": vqgan, "clip": clip} | {
            name: changed.pop(name) for name in ("bart", "vqgan", "clip") if name in changed
        }
        return convert(**sources, out=out, options=Options(**changed)), out

    return run

"""The model folder that the converter makes: as asked for, whole or not at all."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from generator.config import BartConfig, VqganConfig
from generator.convert.cli import add_arguments, main
from generator.convert.errors import ConvertError
from generator.folders.manifest import verify
from tests.generator.checkpoints import (
    BART,
    BART_JSON,
    BART_WEIGHTS,
    VQGAN,
    VQGAN_WEIGHTS,
    config_of,
    same,
    write_json,
)
from tests.generator.convert.flax_checkpoints import KEYS, bart_in_flax, changed, write_flax
from tests.generator.convert.originals import Run, bart, clip, clip_model, run, vqgan

__all__ = ["bart", "clip", "clip_model", "run", "vqgan"]


def test_it_makes_a_model_folder(run: Run, clip_model: Any) -> None:
    manifest, out = run(licence="Apache-2.0")

    assert verify(out) == manifest
    assert (manifest.name, manifest.licence) == ("bart", "Apache-2.0")
    assert (manifest.normaliser, manifest.vocabulary) == ("dalle-mini", "open")
    assert manifest.settings.condition_scale == 10
    assert manifest.settings.top_k == 50
    assert BartConfig.from_dict(config_of(out, "bart")) == BART
    assert VqganConfig.from_dict(config_of(out, "vqgan")) == VQGAN
    same(out / "bart/model.safetensors", BART_WEIGHTS)
    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)
    same(out / "clip/model.safetensors", clip_model.state_dict())


# Options


def test_it_writes_the_precision_asked_for(run: Run) -> None:
    _, out = run(dtype=torch.bfloat16)

    for network in ("bart", "vqgan", "clip"):
        tensors = load_file(out / network / "model.safetensors")
        assert {tensor.dtype for tensor in tensors.values()} == {torch.bfloat16}


def test_it_refuses_what_float16_cannot_hold(bart: Path, run: Run, tmp_path: Path) -> None:
    tensors = bart_in_flax(BART_WEIGHTS, torch.float32, True)
    tensors["lm_head/kernel"] = tensors["lm_head/kernel"] * 1e6
    write_flax(bart / "flax_model.msgpack", tensors)

    with pytest.raises(ConvertError, match="lm_head/kernel holds numbers too large"):
        run(dtype=torch.float16)


def test_it_takes_the_word_frequencies_along(bart: Path, run: Run) -> None:
    (bart / "enwiki-words-frequency.txt").write_text("the 2\nfox 1\n")
    _, out = run()

    assert (out / "tokenizer/word-frequency.txt").read_text() == "the 2\nfox 1\n"


def test_it_leaves_prompts_alone_where_the_original_does(bart: Path, run: Run) -> None:
    write_json(bart / "config.json", {**BART_JSON, "normalize_text": False})
    manifest, out = run()

    assert manifest.normaliser == "none"
    assert not (out / "tokenizer/word-frequency.txt").exists()


def test_it_runs_from_the_command_line(tmp_path: Path, bart: Path, vqgan: Path, clip: Path) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    sources = ["--bart", str(bart), "--vqgan", str(vqgan), "--clip", str(clip)]
    arguments = [*sources, "--out", str(tmp_path / "model"), "--dtype", "float16", "--name", "fox"]

    assert main(parser.parse_args(arguments)) == 0
    assert verify(tmp_path / "model").name == "fox"


# Half-written folders


def leftovers(out: Path) -> Iterator[Path]:
    return (path for path in out.parent.iterdir() if path.name.startswith(".converting"))


def test_it_leaves_nothing_behind_when_it_fails(clip: Path, run: Run, tmp_path: Path) -> None:
    """CLIP comes last: by then the other networks have been written."""
    (clip / "model.safetensors").unlink()

    with pytest.raises(ConvertError, match=r"model\.safetensors"):
        run()
    assert not (tmp_path / "model").exists()
    assert not list(leftovers(tmp_path / "model"))


def test_it_leaves_nothing_behind_when_the_disk_is_full(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, entries: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generator.convert.folder.write_safetensors", full)

    with pytest.raises(OSError, match="No space left"):
        run()
    assert not (tmp_path / "model").exists()
    assert not list(leftovers(tmp_path / "model"))


def test_it_replaces_a_model_folder_only_when_told(run: Run, bart: Path) -> None:
    first, out = run()
    with pytest.raises(ConvertError, match="exists"):
        run()
    assert verify(out) == first

    changed(bart, lambda t: t.pop(KEYS))
    with pytest.raises(ConvertError, match="lacks"):
        run(replace=True)
    assert verify(out) == first

    changed(bart, lambda t: t)
    assert run(replace=True, name="second")[0].name == "second"
    assert verify(out).name == "second"


def test_it_never_replaces_a_folder_of_other_things(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")

    with pytest.raises(ConvertError, match="is no model folder"):
        run(out=tmp_path / "mine", replace=True)
    assert (tmp_path / "mine/letter.txt").read_text() == "dear"

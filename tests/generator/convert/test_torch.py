"""PyTorch's files there and back: taming-transformers, min-dalle, and what is refused."""

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from generator.config import BartConfig, VqganConfig
from generator.convert.errors import ConvertError
from generator.convert.formats.torch_file import read_torch
from tests.generator.checkpoints import (
    BART,
    BART_WEIGHTS,
    VQGAN,
    VQGAN_JSON,
    VQGAN_WEIGHTS,
    config_of,
    same,
)
from tests.generator.convert.originals import Run, bart, clip, clip_model, run, vqgan
from tests.generator.convert.torch_checkpoints import (
    min_dalle_files,
    write_min_dalle,
    write_taming,
)

__all__ = ["bart", "clip", "clip_model", "run", "vqgan"]


@pytest.mark.parametrize("has_config", [True, False])
def test_it_reads_taming_transformers(tmp_path: Path, run: Run, has_config: bool) -> None:
    folder = write_taming(tmp_path / "taming")
    if has_config:
        sizes = {k: v for k, v in VQGAN_JSON.items() if k not in ("n_embed", "embed_dim")}
        params = {"n_embed": 32, "embed_dim": 8, "ddconfig": sizes}
        (folder / "model.yaml").write_text(yaml.safe_dump({"model": {"params": params}}))
    _, out = run(vqgan=folder)

    assert VqganConfig.from_dict(config_of(out, "vqgan")) == VQGAN
    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)


def test_it_reads_a_checkpoint_named_by_its_file(tmp_path: Path, run: Run) -> None:
    _, out = run(vqgan=write_taming(tmp_path / "taming") / "last.ckpt")

    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)


@pytest.mark.parametrize("suffix", ["", "_mini"])
@pytest.mark.parametrize("has_neutral_scales", [True, False])
def test_it_reads_min_dalle(
    tmp_path: Path, run: Run, suffix: str, has_neutral_scales: bool
) -> None:
    files = min_dalle_files()
    if has_neutral_scales:
        files["encoder.pt"]["final_ln.weight"] = torch.ones(BART.width)
        files["decoder.pt"]["layers.1.glu.ln1.weight"] = torch.ones(BART.decoder_glu)
    folder = write_min_dalle(tmp_path / "min", files, suffix)
    manifest, out = run(bart=folder, vqgan=folder)

    assert manifest.normaliser == "dalle-mini"
    assert BartConfig.from_dict(config_of(out, "bart")) == BART
    assert config_of(out, "vqgan") == {**VQGAN.to_dict(), "has_encoder": False} | {
        "multipliers": [1, 2],
        "attention_resolutions": [4],
    }
    same(out / "bart/model.safetensors", {n: t.half() for n, t in BART_WEIGHTS.items()})
    painting = ("decoder.", "post_quant_conv.", "quantiser.")
    same(
        out / "vqgan/model.safetensors",
        {name: t for name, t in VQGAN_WEIGHTS.items() if name.startswith(painting)},
    )


class Harm:
    """Unpickled without care, it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("is_legacy", [True, False])
def test_it_never_runs_a_pickle_s_code(tmp_path: Path, is_legacy: bool) -> None:
    path, harm = tmp_path / "encoder.pt", tmp_path / "harm"
    torch.save({"a": Harm(harm)}, path, _use_new_zipfile_serialization=not is_legacy)

    with pytest.raises(ConvertError, match="is refused"):
        read_torch(path)
    assert not harm.exists()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 cut off", "cannot be read|is refused"),
        (pickle.dumps([1, 2]), "not a state dict|is refused|cannot be read"),
    ],
)
def test_it_refuses_a_file_that_is_not_pytorch_s(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "encoder.pt"
    path.write_bytes(content)

    with pytest.raises(ConvertError, match=problem):
        read_torch(path)


def test_it_refuses_a_state_dict_of_other_things(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(1), "b": "text"}, tmp_path / "a.pt")

    with pytest.raises(ConvertError, match="b is no plain tensor"):
        read_torch(tmp_path / "a.pt")

"""What the converter says of sources that lack something or do not fit together."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from generator.convert.errors import ConvertError
from generator.reading.tokenizer import train_tokenizer
from tests.generator.checkpoints import BART_JSON, VQGAN_WEIGHTS, Weights, taming_names, write_json
from tests.generator.convert.flax_checkpoints import KEYS, changed, vqgan_in_flax, write_flax
from tests.generator.convert.originals import Run, bart, clip, clip_model, run, vqgan
from tests.generator.convert.torch_checkpoints import (
    min_dalle_files,
    write_min_dalle,
    write_taming,
)

__all__ = ["bart", "clip", "clip_model", "run", "vqgan"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda t: t.pop(KEYS), f"lacks {KEYS}$"),
        (
            lambda t: t.update({"model/encoder/final_ln/scale": torch.ones(128)}),
            "surplus model/enc",
        ),
        (lambda t: t.update({KEYS: t[KEYS][:2]}), rf"{KEYS} has shape \(2, 128, 128\), expected"),
        (lambda t: t.update({"lm_head/kernel": t["lm_head/kernel"].T}), r"\(41, 128\), expected"),
    ],
)
def test_it_names_the_tensor_that_is_wrong(
    bart: Path, run: Run, change: Callable[[Weights], object], problem: str
) -> None:
    changed(bart, change)

    with pytest.raises(ConvertError, match=problem):
        run()


def test_it_names_the_tensor_that_is_wrong_in_each_format(
    tmp_path: Path, vqgan: Path, clip: Path, clip_model: Any, run: Run
) -> None:
    flax = vqgan_in_flax()
    del flax["decoder/up_1/upsample/conv/kernel"]
    write_flax(vqgan / "flax_model.msgpack", flax)
    with pytest.raises(ConvertError, match="lacks decoder/up_1/upsample/conv/kernel"):
        run()

    taming = write_taming(tmp_path / "taming")
    state = {theirs: VQGAN_WEIGHTS[ours] for ours, theirs in taming_names().items()}
    torch.save({**state, "decoder.extra": torch.zeros(1)}, taming / "last.ckpt")
    with pytest.raises(ConvertError, match=r"surplus decoder\.extra"):
        run(vqgan=taming)

    files = min_dalle_files()
    name = "layers.0.glu.ln0.weight"
    files["encoder.pt"][name] = torch.full((128,), 1.5)
    folder = write_min_dalle(tmp_path / "min", files)
    with pytest.raises(ConvertError, match=rf"surplus encoder\.pt: {name}"):
        run(bart=folder)

    state = dict(clip_model.state_dict())
    state["text_projection.weight"] = torch.zeros(8, 4)
    save_file(state, clip / "model.safetensors")
    with pytest.raises(ConvertError, match=r"text_projection\.weight has shape"):
        run(vqgan=write_taming(tmp_path / "whole"))


@pytest.mark.parametrize("key", ["decoder_start_token_id", "d_model", "image_vocab_size"])
def test_it_names_the_config_key_that_is_missing(bart: Path, run: Run, key: str) -> None:
    write_json(bart / "config.json", {k: v for k, v in BART_JSON.items() if k != key})

    with pytest.raises(ConvertError, match=f"config.json's {key} is None"):
        run()


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"activation_function": "relu"}, "activation_function 'relu' is not known here"),
        ({"use_cosine_attention": True}, "use_cosine_attention True"),
        ({"encoder_layers": 10**9}, "more than 1000 layers"),
        ({"d_model": 10**30}, "no network has these sizes"),
        ({"d_model": -1}, "d_model is -1"),
        ({"decoder_start_token_id": 41}, "start id 41"),
        ({"image_length": 15}, "not a square"),
    ],
)
def test_it_refuses_a_config_it_cannot_follow(
    bart: Path, run: Run, values: dict[str, Any], problem: str
) -> None:
    write_json(bart / "config.json", BART_JSON | values)

    with pytest.raises(ConvertError, match=problem):
        run()


def test_it_refuses_a_tokenizer_with_more_ids_than_bart_embeds(bart: Path, run: Run) -> None:
    train_tokenizer(["a red fox in the snow"] * 9, 400).save(str(bart / "tokenizer.json"))
    name = "model/encoder/embed_tokens/embedding"
    write_json(bart / "config.json", {**BART_JSON, "encoder_vocab_size": 260})
    changed(bart, lambda tensors: tensors.update({name: tensors[name][:260]}))

    with pytest.raises(ConvertError, match="BART embeds 260"):
        run()


@pytest.mark.parametrize("gone", ["flax_model.msgpack", "config.json", "tokenizer.json"])
def test_it_says_what_a_source_lacks(bart: Path, run: Run, gone: str) -> None:
    (bart / gone).unlink()

    with pytest.raises(ConvertError, match=gone.partition(".")[0]):
        run()

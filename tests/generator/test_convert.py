"""Every format there and back: a tiny model's weights written as each publishes them, and read.

The writers below are the slow, obvious twins of the converter: they go from our names to theirs.
"""

import argparse
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from types import ModuleType
from typing import Any

import msgpack
import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, pre_tokenizers
from torch import Tensor

from generator.bart import Bart
from generator.config import BartConfig, VqganConfig
from generator.convert import ConvertError, Options, convert
from generator.convert.cached import converted
from generator.convert.cli import add_arguments, main
from generator.convert.flax_file import read_flax
from generator.convert.safetensors_file import read_safetensors
from generator.convert.torch_file import read_torch
from generator.manifest import Manifest, verify
from generator.ranker import Ranker
from generator.tokenizer import train_tokenizer
from generator.vqgan import Vqgan

BART = BartConfig(
    text_vocab_size=300, text_length=8, image_vocab_rows=41, codes=32, image_length=16,
    start_id=32, width=128, encoder_layers=2, decoder_layers=3, encoder_heads=2, decoder_heads=2,
    encoder_glu=24, decoder_glu=40,
)  # fmt: skip
VQGAN = VqganConfig(
    resolution=8, channels=32, multipliers=(1, 2), residual_blocks=1, attention_resolutions=(4,),
    latent_channels=16, codebook_size=32, code_width=8,
)  # fmt: skip

Weights = dict[str, Tensor]
Tree = dict[str, Any]


def weights_of(module: torch.nn.Module) -> Weights:
    generator = torch.Generator().manual_seed(7)
    return {
        name: torch.randn(tensor.shape, generator=generator)
        for name, tensor in module.state_dict().items()
    }


BART_WEIGHTS = weights_of(Bart(BART))
VQGAN_WEIGHTS = weights_of(Vqgan(VQGAN))

# Flax


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


BART_JSON = {
    "encoder_vocab_size": 300, "max_text_length": 8, "image_vocab_size": 40, "image_length": 16,
    "decoder_start_token_id": 32, "d_model": 128, "encoder_layers": 2, "decoder_layers": 3,
    "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 24,
    "decoder_ffn_dim": 40, "normalize_text": True, "use_scan": True, "model_type": "dallebart",
}  # fmt: skip
VQGAN_JSON = {
    "resolution": 8, "ch": 32, "ch_mult": [1, 2], "num_res_blocks": 1, "attn_resolutions": [4],
    "z_channels": 16, "n_embed": 32, "embed_dim": 8, "in_channels": 3, "out_ch": 3,
}  # fmt: skip


def taming_names() -> dict[str, str]:
    """Ours to taming-transformers', written out for this one size."""
    blocks = {
        "encoder.levels.0": "encoder.down.0.block.0",
        "encoder.levels.1": "encoder.down.0.downsample",
        "encoder.levels.2": "encoder.down.1.block.0",
        "encoder.levels.3": "encoder.down.1.attn.0",
        "decoder.levels.0": "decoder.up.1.block.0",
        "decoder.levels.1": "decoder.up.1.attn.0",
        "decoder.levels.2": "decoder.up.1.block.1",
        "decoder.levels.3": "decoder.up.1.attn.1",
        "decoder.levels.4": "decoder.up.1.upsample",
        "decoder.levels.5": "decoder.up.0.block.0",
        "decoder.levels.6": "decoder.up.0.block.1",
        "encoder.middle.0": "encoder.mid.block_1",
        "encoder.middle.1": "encoder.mid.attn_1",
        "encoder.middle.2": "encoder.mid.block_2",
        "decoder.middle.0": "decoder.mid.block_1",
        "decoder.middle.1": "decoder.mid.attn_1",
        "decoder.middle.2": "decoder.mid.block_2",
        "quantiser.codebook": "quantize.embedding",
    }
    parts = {
        ".norm_1.": ".norm1.", ".norm_2.": ".norm2.", ".conv_1.": ".conv1.", ".conv_2.": ".conv2.",
        ".skip.": ".nin_shortcut.", ".query.": ".q.", ".key.": ".k.", ".value.": ".v.",
        ".out.": ".proj_out.",
    }  # fmt: skip
    names = {}
    for name in VQGAN_WEIGHTS:
        theirs = name
        for ours, block in blocks.items():
            if name.startswith(f"{ours}."):
                theirs = block + name.removeprefix(ours)
                for a, b in parts.items():
                    theirs = theirs.replace(a, b)
        names[name] = theirs
    return names


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


# Whole folders


def write_json(path: Path, values: object) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def write_tokenizer(folder: Path) -> None:
    tokenizer = train_tokenizer(["a red fox in the snow"], 262)
    tokenizer.save(str(folder / "tokenizer.json"))


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
    from transformers import CLIPConfig, CLIPModel

    small = {
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
    }
    text = {**small, "vocab_size": 515, "max_position_embeddings": 12}
    config = CLIPConfig(
        text_config={**text, "bos_token_id": 513, "eos_token_id": 514},
        vision_config={**small, "image_size": 8, "patch_size": 8},
        projection_dim=4,
    )
    return CLIPModel(config)


@pytest.fixture
def clip(tmp_path: Path, clip_model: Any) -> Path:
    folder = tmp_path / "clip"
    folder.mkdir()
    (folder / "config.json").write_text(clip_model.config.to_json_string())
    save_file(clip_model.state_dict(), folder / "model.safetensors")
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *(f"{x}</w>" for x in letters), "fo", "<|startoftext|>", "<|endoftext|>"]
    write_json(folder / "vocab.json", {token: i for i, token in enumerate(tokens)})
    (folder / "merges.txt").write_text("#version: 0.2\nf o\n", encoding="utf-8")
    return folder


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


def same(path: Path, weights: Weights) -> None:
    found = load_file(path)
    assert found.keys() == weights.keys()
    for name, tensor in weights.items():
        assert torch.equal(found[name], tensor.to(found[name].dtype)), name


def config_of(out: Path, network: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((out / network / "config.json").read_text())
    return values


# There and back


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


@pytest.mark.parametrize("is_stacked", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_it_reads_flax_in_any_precision(
    bart: Path, run: Run, is_stacked: bool, dtype: torch.dtype
) -> None:
    write_flax(bart / "flax_model.msgpack", bart_in_flax(BART_WEIGHTS, dtype, is_stacked))
    _, out = run()

    kept = torch.float16 if dtype is torch.float16 else torch.float32
    expected = {name: tensor.to(dtype).to(kept) for name, tensor in BART_WEIGHTS.items()}
    same(out / "bart/model.safetensors", expected)
    assert {t.dtype for t in load_file(out / "bart/model.safetensors").values()} == {kept}
    assert {t.dtype for t in load_file(out / "vqgan/model.safetensors").values()} == {torch.float32}


def test_it_reads_arrays_in_chunks(bart: Path, run: Run) -> None:
    tensors = bart_in_flax(BART_WEIGHTS, torch.float32, True)
    write_flax(bart / "flax_model.msgpack", tensors, chunk=999)
    _, out = run()

    same(out / "bart/model.safetensors", BART_WEIGHTS)


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


def test_it_reads_shards(bart: Path, run: Run) -> None:
    write_shards(bart)
    _, out = run()

    same(out / "bart/model.safetensors", BART_WEIGHTS)


def test_it_reads_a_vqgan_with_the_norms_of_older_flax(vqgan: Path, run: Run) -> None:
    write_flax(vqgan / "flax_model.msgpack", vqgan_in_flax(norm_axes=4))
    _, out = run()

    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)


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


# CLIP


@pytest.mark.parametrize("form", ["safetensors", "shards", "bin"])
def test_it_reads_any_form_of_clip(clip: Path, clip_model: Any, run: Run, form: str) -> None:
    state = {n: t.clone() for n, t in clip_model.state_dict().items()}
    state["text_model.embeddings.position_ids"] = torch.arange(12)[None]
    (clip / "model.safetensors").unlink()
    if form == "safetensors":
        save_file(state, clip / "model.safetensors")
    elif form == "bin":
        torch.save(state, clip / "pytorch_model.bin")
    else:
        places = {n: f"model-0000{i % 2 + 1}-of-00002.safetensors" for i, n in enumerate(state)}
        for shard in set(places.values()):
            save_file({n: t for n, t in state.items() if places[n] == shard}, clip / shard)
        write_json(clip / "model.safetensors.index.json", {"weight_map": places})
    _, out = run()

    same(out / "clip/model.safetensors", clip_model.state_dict())


def test_it_makes_a_clip_that_ranks(clip: Path, clip_model: Any, run: Run) -> None:
    from transformers import CLIPTokenizer

    _, out = run()
    ranker = Ranker.load(out / "clip", torch.device("cpu"))
    images = torch.rand(1, 2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    ids, mask = ranker.tokenizer(["A Fox"])
    theirs = CLIPTokenizer(vocab=str(clip / "vocab.json"), merges=str(clip / "merges.txt"))

    assert ids[0, : int(mask.sum())].tolist() == theirs("A Fox")["input_ids"]
    assert ids[0].tolist()[int(mask.sum()) :] == [514] * (12 - int(mask.sum()))
    assert ranker.score(["A Fox"], images).shape == (1, 2)


def test_it_pads_clip_s_captions_as_its_files_say(clip: Path, run: Run) -> None:
    write_json(clip / "special_tokens_map.json", {"pad_token": {"content": "!"}})
    _, out = run()
    padding = Tokenizer.from_file(str(out / "clip/tokenizer.json")).padding

    assert padding is not None
    assert (padding["pad_token"], padding["length"]) == ("!", 12)


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


# Damage


def changed(folder: Path, change: Callable[[Weights], object]) -> None:
    """Rewrite a Flax BART with its tensors changed."""
    tensors = bart_in_flax(BART_WEIGHTS, torch.float32, True)
    change(tensors)
    write_flax(folder / "flax_model.msgpack", tensors)


KEYS = "model/decoder/layers/FlaxBartDecoderLayers/FlaxBartAttention_1/k_proj/kernel"


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


def flax_bytes() -> bytes:
    tensors = {"a/b": torch.ones(1, 2), "a/c": torch.zeros(2, dtype=torch.float16)}
    leaves = {name: packed(tensor) for name, tensor in tensors.items()}
    leaves["d"] = chunked(torch.arange(3.0).view(3, 1), 2)
    packed_bytes: bytes = msgpack.packb(nest(leaves))
    return packed_bytes


def test_it_refuses_a_msgpack_cut_off_anywhere(tmp_path: Path) -> None:
    whole, path = flax_bytes(), tmp_path / "cut.msgpack"
    path.write_bytes(whole)
    assert set(read_flax(path)) == {"a/b", "a/c", "d"}

    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ConvertError, match=r"cut\.msgpack"):
            read_flax(path)


def test_it_reads_or_refuses_a_msgpack_with_any_byte_wrong(tmp_path: Path) -> None:
    whole, path = flax_bytes(), tmp_path / "wrong.msgpack"
    for place in range(len(whole)):
        for value in (0x00, 0x8F, 0xC9, 0xDF):
            path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
            try:
                for stored in read_flax(path).values():
                    stored.read(None)
            except ConvertError:
                pass


def deep(levels: int) -> Any:
    return {"a": deep(levels - 1)} if levels else packed(torch.ones(1))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "truncated"),
        (b"PK\x03\x04 no msgpack at all", "starts with a map"),
        (msgpack.packb([1, 2]), "starts with a map"),
        (msgpack.packb({"a": 1}), "byte 3: 0x01 stands where an array or a map"),
        (msgpack.packb({"a": "text"}), "0xa4 stands where an array or a map"),
        (msgpack.packb({"a": msgpack.ExtType(3, b"1234")}), "extension type 3"),
        (msgpack.packb({1: packed(torch.ones(1))}), "a name does not begin"),
        (msgpack.packb({"a": packed(torch.ones(2, dtype=torch.int64))}), "dtype 'int64'"),
        (b"\xdf\xff\xff\xff\xff", "4294967295 entries cannot fit"),
        (b"\x81\xa1a\xc9\xff\xff\xff\xff\x01\x93", "4294967295 entries cannot fit"),
        (b"\x81\xda\xff\xff" + b"a" * 70000, "a name is 65535 bytes long"),
        (msgpack.packb(deep(40)), "nested more than 32 deep"),
        (flax_bytes() + b"\x00", "1 bytes follow"),
        (
            msgpack.packb({"a": msgpack.ExtType(1, msgpack.packb(([9, 9], "float32", b"1234")))}),
            "4 bytes of data do not fill",
        ),
        (b"\x82" + 2 * (b"\xa1a" + msgpack.packb(packed(torch.ones(1)))), "holds a twice"),
    ],
)
def test_it_says_where_a_msgpack_is_wrong(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "flax_model.msgpack"
    path.write_bytes(content)

    with pytest.raises(ConvertError, match=problem):
        read_flax(path)


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        ({}, "no weight_map"),
        ({"weight_map": {"a": "../flax_model.msgpack"}}, "not a file beside it"),
        ({"weight_map": {"a": "gone.msgpack"}}, "gone.msgpack cannot be read"),
    ],
)
def test_it_refuses_a_wrong_index(bart: Path, run: Run, index: object, problem: str) -> None:
    write_shards(bart)
    write_json(bart / "flax_model.msgpack.index.json", index)

    with pytest.raises(ConvertError, match=problem):
        run()


def test_it_refuses_shards_that_do_not_hold_what_the_index_says(bart: Path, run: Run) -> None:
    places = write_shards(bart)
    index = bart / "flax_model.msgpack.index.json"
    write_json(index, {"weight_map": {**places, "new": "flax_model-00001-of-00003.msgpack"}})
    with pytest.raises(ConvertError, match=r"00001-of-00003\.msgpack lacks new"):
        run()

    places.pop("lm_head/kernel")
    write_json(index, {"weight_map": places})
    with pytest.raises(ConvertError, match="surplus lm_head/kernel"):
        run()


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
        (b"", "cannot be read|is refused"),
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


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        (2).to_bytes(8, "little") + b"[]",
        (9).to_bytes(8, "little") + b'{"a": 1} ',
        b"%\0\0\0\0\0\0\0" + b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}',
    ],
)
def test_it_refuses_what_is_not_safetensors(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)

    with pytest.raises(ConvertError, match="cannot be read as safetensors"):
        read_safetensors(path)


def test_it_refuses_safetensors_cut_off(clip: Path) -> None:
    path = clip / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4])

    with pytest.raises(ConvertError, match="cannot be read as safetensors"):
        read_safetensors(path)


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


# The hub


class Hub:
    """Stands in for huggingface_hub: repositories are folders."""

    def __init__(self, repositories: dict[str, Path]) -> None:
        self.repositories = repositories
        self.calls: list[tuple[str, str | None, list[str]]] = []

    def snapshot_download(
        self, repo_id: str, *, revision: str | None, allow_patterns: list[str]
    ) -> str:
        self.calls.append((repo_id, revision, allow_patterns))
        if repo_id not in self.repositories:
            raise RuntimeError("404 Not Found")
        return str(self.repositories[repo_id])


@pytest.fixture
def hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bart: Path, vqgan: Path, clip: Path
) -> Hub:
    words = tmp_path / "words"
    words.mkdir()
    (words / "enwiki-words-frequency.txt").write_text("the 1\n")
    stand_in = Hub(
        {
            "dalle/mini": bart,
            "dalle/vqgan": vqgan,
            "open/clip": clip,
            "dalle-mini/dalle-mini": words,
        }
    )
    monkeypatch.setitem(sys.modules, "huggingface_hub", stand_in)
    return stand_in


def test_it_downloads_what_is_needed_and_no_more(run: Run, hub: Hub) -> None:
    manifest, out = run(bart="dalle/mini@v1", vqgan="dalle/vqgan", clip="open/clip")

    assert manifest.name == "mini"
    assert [call[:2] for call in hub.calls[:3]] == [
        ("dalle/mini", "v1"),
        ("dalle/vqgan", None),
        ("open/clip", None),
    ]
    for _, _, patterns in hub.calls:
        assert not {"*", "pytorch_model.bin", "tf_model.h5"} & set(patterns)
    assert (out / "tokenizer/word-frequency.txt").read_text() == "the 1\n"


def test_it_downloads_pytorch_s_file_where_there_is_no_other(
    run: Run, hub: Hub, clip: Path, clip_model: Any
) -> None:
    (clip / "model.safetensors").unlink()
    torch.save(clip_model.state_dict(), clip / "pytorch_model.bin")
    _, out = run(clip="open/clip")

    same(out / "clip/model.safetensors", clip_model.state_dict())
    assert [("pytorch_model.bin" in patterns) for _, _, patterns in hub.calls] == [False, True]


def test_it_converts_an_original_once(tmp_path: Path, hub: Hub) -> None:
    first = converted("dalle/mini@v1", tmp_path / "cache", vqgan="dalle/vqgan", clip="open/clip")
    downloads = len(hub.calls)
    again = converted("dalle/mini@v1", tmp_path / "cache", vqgan="dalle/vqgan", clip="open/clip")

    assert first == again == tmp_path / "cache/dalle--mini--v1"
    assert verify(first).name == "mini"
    assert len(hub.calls) == downloads


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("no/where", "no/where could not be fetched from the hub: 404"),
        ("not a hub id", "there is no not a hub id"),
        ("/no/such/folder", "there is no /no/such/folder"),
    ],
)
def test_it_says_when_a_source_is_nowhere(run: Run, hub: Hub, source: str, problem: str) -> None:
    with pytest.raises(ConvertError, match=problem):
        run(bart=source)


def test_it_says_which_package_downloads(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)

    with pytest.raises(ConvertError, match="needs the package huggingface_hub"):
        run(bart="dalle-mini/dalle-mega")

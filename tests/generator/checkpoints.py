"""Tiny networks with random weights, and what every original format says of them."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import pre_tokenizers
from torch import Tensor

from generator.config import BartConfig, VqganConfig
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan
from generator.reading.tokenizer import train_tokenizer

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


def write_json(path: Path, values: object) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def write_tokenizer(folder: Path) -> None:
    tokenizer = train_tokenizer(["a red fox in the snow"], 262)
    tokenizer.save(str(folder / "tokenizer.json"))


def smallest_clip() -> Any:
    """A CLIP no larger than it has to be: a model folder has to have one."""
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


def write_clip(folder: Path, model: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(model.config.to_json_string())
    save_file(model.state_dict(), folder / "model.safetensors")
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *(f"{x}</w>" for x in letters), "fo", "<|startoftext|>", "<|endoftext|>"]
    write_json(folder / "vocab.json", {token: i for i, token in enumerate(tokens)})
    (folder / "merges.txt").write_text("#version: 0.2\nf o\n", encoding="utf-8")
    return folder


def same(path: Path, weights: Weights) -> None:
    found = load_file(path)
    assert found.keys() == weights.keys()
    for name, tensor in weights.items():
        assert torch.equal(found[name], tensor.to(found[name].dtype)), name


def config_of(out: Path, network: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((out / network / "config.json").read_text())
    return values

"""DALL·E mini's and mega's original checkpoints, as Flax saved them.

Layers are stacked along a first axis, or numbered; the names tell which, whatever `use_scan` says.
"""

from pathlib import Path
from typing import Any

from generator.convert.bart.checkpoint import BartCheckpoint, join, split
from generator.convert.errors import ConvertError
from generator.convert.formats.files import read_config, read_flax_folder
from generator.convert.formats.layout import Layout
from generator.convert.formats.stored import Shape
from generator.convert.plan import Find, Origin

MODULES = {
    "tokens": "embed_tokens",
    "positions": "embed_positions",
    "norm_embedding": "layernorm_embedding",
    "norm_final": "final_ln",
    "norm_in": "LayerNorm_0",
    "norm_out": "LayerNorm_1",
    "cross_norm_in": "LayerNorm_2",
    "cross_norm_out": "LayerNorm_3",
    "attention": "FlaxBartAttention_0",
    "cross_attention": "FlaxBartAttention_1",
    "glu.norm_in": "GLU_0/LayerNorm_0",
    "glu.norm_hidden": "GLU_0/LayerNorm_1",
    "glu.gate": "GLU_0/Dense_0",
    "glu.value": "GLU_0/Dense_1",
    "glu.out": "GLU_0/Dense_2",
} | {
    f"{ours}.{part}": f"{theirs}/{projection}"
    for ours, theirs in (
        ("attention", "FlaxBartAttention_0"),
        ("cross_attention", "FlaxBartAttention_1"),
    )
    for part, projection in (
        ("query", "q_proj"),
        ("key", "k_proj"),
        ("value", "v_proj"),
        ("out", "out_proj"),
    )
}
SIZES = {
    "text_vocab_size": "encoder_vocab_size",
    "text_length": "max_text_length",
    "image_length": "image_length",
    "width": "d_model",
    "encoder_layers": "encoder_layers",
    "decoder_layers": "decoder_layers",
    "encoder_heads": "encoder_attention_heads",
    "decoder_heads": "decoder_attention_heads",
    "encoder_glu": "encoder_ffn_dim",
    "decoder_glu": "decoder_ffn_dim",
}
# The variants of DALL·E mini's code that were never released. Older configs lack the later keys.
ONLY = {
    "activation_function": "gelu",
    "ln_type": "layernorm",
    "ln_positions": "normformer",
    "use_glu": True,
    "use_absolute_position_embeddings": True,
    "use_final_ln_encoder": True,
    "use_final_ln_decoder": True,
    "use_bias": False,
    "use_alibi": False,
    "use_cosine_attention": False,
    "use_deepnet_scaling": False,
    "use_head_scale": False,
    "head_scale": False,
    "use_swin_position_embeddings": False,
    "force_ln_scale": False,
    "scale_embedding": False,
    "tie_word_embeddings": False,
}


def read_bart_flax(folder: Path) -> BartCheckpoint:
    values = read_config(folder)
    for key, only in ONLY.items():
        if values.get(key, only) != only:
            raise ConvertError(f"{folder}: {key} {values[key]!r} is not known here, only {only!r}")
    sizes = {ours: _number(values, theirs, folder) for ours, theirs in SIZES.items()}
    sizes["image_vocab_rows"] = _number(values, "image_vocab_size", folder) + 1
    tensors = read_flax_folder(folder)
    stacked = {
        side: sizes[f"{side}_layers"]
        for side in ("encoder", "decoder")
        if any(name.startswith(f"{_layers(side)}s/") for name in tensors)
    }
    return BartCheckpoint(
        source=folder,
        sizes=sizes,
        start_id=_number(values, "decoder_start_token_id", folder),
        has_normaliser=bool(values.get("normalize_text", False)),
        tensors=tensors,
        find=_finder(stacked),
    )


def _number(values: dict[str, Any], key: str, folder: Path) -> int:
    value = values.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConvertError(f"{folder}: config.json's {key} is {value!r}, not a number")
    return value


def _layers(side: str) -> str:
    return f"model/{side}/layers/FlaxBart{side.capitalize()}Layer"


def _finder(stacked: dict[str, int]) -> Find:
    """`stacked`: the number of layers of each side that is stacked."""

    def find(name: str, shape: Shape) -> Origin:
        side, layer, module, leaf = split(name)
        if side == "head":
            return Origin("lm_head/kernel", Layout.LINEAR)
        theirs = MODULES[module]
        is_norm, is_table = len(shape) == 1, module in ("tokens", "positions")
        if leaf == "weight":
            leaf = "scale" if is_norm else "embedding" if is_table else "kernel"
        layout = Layout.LINEAR if leaf == "kernel" else Layout.SAME
        if layer is None:
            return Origin(f"model/{side}/{theirs}/{leaf}", layout)
        if side in stacked:
            rows = stacked[side]
            return Origin(join([f"{_layers(side)}s", theirs, leaf], "/"), layout, layer, rows)
        return Origin(f"{_layers(side)}_{layer}/{theirs}/{leaf}", layout)

    return find

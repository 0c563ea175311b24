"""min-dalle's PyTorch files: encoder.pt and decoder.pt, which hold nothing but tensors.

Sizes come from the shapes. Two things no shape tells: a head is 64 wide, as in both released
sizes, and the image starts with the id after the last code. Norms without a scale may be saved
with one that is 1 everywhere.
"""

import math
import re
from collections.abc import Mapping
from pathlib import Path

from generator.convert.bart.checkpoint import BartCheckpoint, split
from generator.convert.errors import ConvertError
from generator.convert.formats.stored import Shape, Stored
from generator.convert.formats.torch_file import read_torch
from generator.convert.plan import Origin

HEAD_WIDTH = 64
WIDEST = 1 << 20
MODULES = {
    "tokens": "embed_tokens",
    "positions": "embed_positions",
    "norm_embedding": "layernorm_embedding",
    "norm_final": "final_ln",
    "norm_in": "pre_self_attn_layer_norm",
    "norm_out": "self_attn_layer_norm",
    "cross_norm_in": "pre_encoder_attn_layer_norm",
    "cross_norm_out": "encoder_attn_layer_norm",
    "glu.norm_in": "glu.ln0",
    "glu.norm_hidden": "glu.ln1",
    "glu.gate": "glu.fc0",
    "glu.value": "glu.fc1",
    "glu.out": "glu.fc2",
} | {
    f"{ours}.{part}": f"{theirs}.{projection}"
    for ours, theirs in (("attention", "self_attn"), ("cross_attention", "encoder_attn"))
    for part, projection in (
        ("query", "q_proj"),
        ("key", "k_proj"),
        ("value", "v_proj"),
        ("out", "out_proj"),
    )
}
UNSCALED = re.compile(
    r"(layers\.\d+\.(pre_self_attn_layer_norm|pre_encoder_attn_layer_norm|glu\.ln[01])|final_ln)\.weight"
)


def encoder_of(folder: Path) -> Path | None:
    """encoder.pt, or encoder_mini.pt in a folder that has the small model alone."""
    places = (folder / "encoder.pt", folder / "encoder_mini.pt")
    return next((path for path in places if path.is_file()), None)


def read_bart_min_dalle(folder: Path) -> BartCheckpoint:
    encoder = encoder_of(folder)
    if encoder is None:
        raise ConvertError(f"{folder} has no encoder.pt")
    decoder = encoder.with_name(encoder.name.replace("encoder", "decoder"))
    return bart_of({"encoder": read_torch(encoder), "decoder": read_torch(decoder)}, folder)


def bart_of(files: Mapping[str, Mapping[str, Stored]], source: Path) -> BartCheckpoint:
    """The checkpoint made of an "encoder" and a "decoder" file's tensors."""
    tensors = {
        f"{side}.pt: {name}": stored
        for side, held in files.items()
        for name, stored in held.items()
        if not _is_neutral(stored)
    }
    return BartCheckpoint(
        source=source,
        sizes=_sizes(tensors, source),
        start_id=None,
        has_normaliser=True,
        tensors=tensors,
        find=_find,
    )


def _is_neutral(stored: Stored) -> bool:
    if not UNSCALED.fullmatch(stored.name) or math.prod(stored.shape) > WIDEST:
        return False
    return bool((stored.read(None) == 1).all())


def _sizes(tensors: Mapping[str, Stored], folder: Path) -> dict[str, int]:
    def shape(name: str) -> Shape:
        if name not in tensors or len(tensors[name].shape) != 2:
            raise ConvertError(f"{folder} lacks the matrix {name}")
        return tensors[name].shape

    text_vocab_size, width = shape("encoder.pt: embed_tokens.weight")
    if width % HEAD_WIDTH:
        raise ConvertError(f"{folder}: width {width} is not a multiple of {HEAD_WIDTH}")
    sizes = {
        "text_vocab_size": text_vocab_size,
        "text_length": shape("encoder.pt: embed_positions.weight")[0],
        "image_vocab_rows": shape("decoder.pt: embed_tokens.weight")[0],
        "image_length": shape("decoder.pt: embed_positions.weight")[0],
        "width": width,
    }
    for side in ("encoder", "decoder"):
        sizes[f"{side}_heads"] = width // HEAD_WIDTH
        sizes[f"{side}_glu"] = shape(f"{side}.pt: layers.0.glu.fc0.weight")[0]
        numbers = (re.match(rf"{side}\.pt: layers\.(\d+)\.", name) for name in tensors)
        sizes[f"{side}_layers"] = len({found[1] for found in numbers if found})
    return sizes


def _find(name: str, shape: Shape) -> Origin:
    side, layer, module, leaf = split(name)
    if side == "head":
        return Origin("decoder.pt: lm_head.weight")
    place = "" if layer is None else f"layers.{layer}."
    return Origin(f"{side}.pt: {place}{MODULES[module]}.{leaf}")

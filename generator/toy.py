"""The whole method in one file, to be read from top to bottom.

    .venv/bin/python -m generator.toy "a fox riding a bicycle on the moon"

It draws what `python -m generator draw` draws, from the same weights, one picture at a time and
slowly: everything is computed anew at every step. Nothing needs this file but its test.

A prompt is read by BART (Lewis et al. 2019, arXiv:1910.13461), which writes a picture as codes, one
after the other, as DALL·E mini does (Dayma et al. 2021, doi:10.5281/zenodo.5146400). A VQGAN (Esser
et al. 2021, arXiv:2012.09841) paints what the codes stand for. CLIP (Radford et al. 2021,
arXiv:2103.00020) says which of several pictures fits the prompt best.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from generator.reading.text import plain

Weights = dict[str, Tensor]  # of a network, or of a part of one, by name
Sizes = dict[str, Any]
MODEL = Path(__file__).parent / "weights"
Picture = tuple[float, int, list[int], Tensor]  # score, seed, codes, pixels (3, H, W) in [0, 1]


@torch.inference_mode()
def draw(prompt: str, count: int, seed: int, model: Path = MODEL) -> list[Picture]:
    """`count` pictures of a prompt, best first. Each depends on its own seed alone."""
    caption = plain(prompt)
    pictures: list[Picture] = []
    for own in range(seed, seed + count):
        codes = write_codes(caption, own, model)
        image = paint(codes, model)
        pictures.append((fit(caption, image, model), own, codes, image))
    return sorted(pictures, key=lambda picture: -picture[0])


# First, caption → codes.
def write_codes(caption: str, seed: int, model: Path) -> list[int]:
    """A picture as codes, row by row from the top left, each drawn given those before it.

    Guidance (Ho & Salimans 2022, arXiv:2207.12598): BART is asked twice for every code, with the
    caption and with an empty one. What the caption changes is then exaggerated.
    """
    bart, sizes = load(model / "bart")
    settings = json.loads((model / "manifest.json").read_text())["sampling"]
    told = read_caption(token_ids(caption, model / "tokenizer", sizes["text_length"]), bart, sizes)
    untold = read_caption(token_ids("", model / "tokenizer", sizes["text_length"]), bart, sizes)
    dice = np.random.Generator(np.random.Philox(seed))  # all there is of chance
    codes: list[int] = []
    for chance in dice.random(int(sizes["image_length"]), dtype=np.float32):
        guided, free = next_code(codes, told, bart, sizes), next_code(codes, untold, bart, sizes)
        codes.append(choose(free + settings["condition_scale"] * (guided - free), settings, chance))
    return codes


def token_ids(text: str, folder: Path, most: int) -> list[int]:
    """`<s> … </s>`, the words between them cut into pieces by byte-level BPE."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return list(tokenizer.encode(text).ids)


def read_caption(ids: list[int], bart: Weights, sizes: Sizes) -> Tensor:
    """BART's encoder: S token ids → (S, C), each token as it is meant among the others."""
    encoder = part(bart, "encoder")
    x = encoder["tokens.weight"][ids] + encoder["positions.weight"][: len(ids)]
    x = norm(x, part(encoder, "norm_embedding"))
    for layer in layers(encoder, "layers"):
        seen = norm(x, part(layer, "norm_in"))
        mixed = attend(seen, seen, part(layer, "attention"), sizes["encoder_heads"])
        x = x + norm(mixed, part(layer, "norm_out"))
        x = x + gated(x, part(layer, "glu"))
    return norm(x, part(encoder, "norm_final"))


def next_code(codes: list[int], caption: Tensor, bart: Weights, sizes: Sizes) -> Tensor:
    """BART's decoder: codes so far, each seeing its past, and a caption → logits of the next."""
    decoder, heads = part(bart, "decoder"), sizes["decoder_heads"]
    ids = [sizes["start_id"], *codes]
    x = decoder["tokens.weight"][ids] + decoder["positions.weight"][: len(ids)]
    x = norm(x, part(decoder, "norm_embedding"))
    for layer in layers(decoder, "layers"):
        seen = norm(x, part(layer, "norm_in"))
        mixed = attend(seen, seen, part(layer, "attention"), heads, is_causal=True)
        x = x + norm(mixed, part(layer, "norm_out"))
        seen = norm(x, part(layer, "cross_norm_in"))
        mixed = attend(seen, caption, part(layer, "cross_attention"), heads)
        x = x + norm(mixed, part(layer, "cross_norm_out"))
        x = x + gated(x, part(layer, "glu"))
    return linear(norm(x[-1], part(decoder, "norm_final")), part(bart, "head"))[: sizes["codes"]]


def gated(x: Tensor, glu: Weights) -> Tensor:
    """A feed-forward with a gate at its hidden values (Shazeer 2020, arXiv:2002.05202)."""
    x = norm(x, part(glu, "norm_in"))
    hidden = F.gelu(linear(x, part(glu, "gate"))) * linear(x, part(glu, "value"))
    return linear(norm(hidden, part(glu, "norm_hidden")), part(glu, "out"))


def choose(logits: Tensor, settings: Sizes, chance: float) -> int:
    """A code by its likelihood, without the unlikely (Holtzman et al. 2019, arXiv:1904.09751)."""
    logits = logits / settings["temperature"]
    kept = logits.argsort(descending=True, stable=True)[: settings["top_k"]]
    if settings["top_p"] is not None:
        likely = logits[kept].softmax(0)
        kept = kept[F.pad(likely.cumsum(0)[:-1], (1, 0)) < settings["top_p"]]
    left = torch.full_like(logits, -torch.inf)
    left[kept] = logits[kept]
    # Side by side, each as long as it is likely: on which of them does `chance` fall?
    ends = left.softmax(0).cumsum(0)
    return int((ends / ends[-1] <= chance).sum())


# Second, codes → pixels.
def paint(codes: list[int], model: Path) -> Tensor:
    """The VQGAN's decoder: T codes, each a vector of the codebook, → (3, H, W) in [0, 1]."""
    # A linear map makes a patch of pixels of each; convolutions paint what is missing between them.
    vqgan, sizes = load(model / "vqgan")
    side = math.isqrt(len(codes))
    entries = vqgan["quantiser.codebook.weight"][codes].T.reshape(1, -1, side, side)
    x = conv(entries, part(vqgan, "post_quant_conv"))
    x = convolve(x, part(vqgan, "decoder"), sizes["groups"], grows=True)
    image = F.pixel_shuffle(x, sizes["patch"])
    if flat := part(vqgan, "code_to_patch"):
        image += F.conv_transpose2d(entries, flat["weight"], flat["bias"], flat["weight"].size(-1))
    return image[0].clamp(0, 1)


def convolve(x: Tensor, own: Weights, groups: int, *, grows: bool) -> Tensor:
    """Convolutions, some beside a skip; between them the map becomes twice as large, or half."""
    x = conv(x, part(own, "conv_in"))
    for layer in (*layers(own, "middle"), *layers(own, "levels")):
        if "conv_1.weight" in layer:
            h = conv(F.silu(group_norm(x, part(layer, "norm_1"), groups)), part(layer, "conv_1"))
            h = conv(F.silu(group_norm(h, part(layer, "norm_2"), groups)), part(layer, "conv_2"))
            x = h + (conv(x, part(layer, "skip")) if "skip.weight" in layer else x)
        elif "query.weight" in layer:  # every place looks at every other
            h = group_norm(x, part(layer, "norm"), groups).flatten(2)[0].T
            x = x + attend(h, h, layer, heads=1).T.view_as(x)
        elif grows:
            x = conv(x.repeat_interleave(2, 2).repeat_interleave(2, 3), part(layer, "conv"))
        else:
            x = F.conv2d(F.pad(x, (0, 1, 0, 1)), layer["conv.weight"], layer["conv.bias"], 2)
    return conv(F.silu(group_norm(x, part(own, "norm_out"), groups)), part(own, "conv_out"))


def conv(x: Tensor, own: Weights) -> Tensor:
    return F.conv2d(x, own["weight"], own["bias"], padding=own["weight"].size(-1) // 2)


def group_norm(x: Tensor, own: Weights, groups: int) -> Tensor:
    return F.group_norm(x, groups, own["weight"], own["bias"], eps=1e-6)


# Third, caption and picture → how well they fit.
def fit(caption: str, image: Tensor, model: Path) -> float:
    """CLIP reads one and looks at the other: the cosine of what it makes of them."""
    clip, sizes = load(model / "clip")
    text, sight = sizes["text_config"], sizes["vision_config"]
    ids = token_ids(caption, model / "clip", text["max_position_embeddings"])
    own = part(clip, "text_model.embeddings")
    x = own["token_embedding.weight"][ids] + own["position_embedding.weight"][: len(ids)]
    x = transformer(x, part(clip, "text_model"), text["num_attention_heads"], is_causal=True)
    # The closing token has read all others.
    meant = norm(x[-1], part(clip, "text_model.final_layer_norm"))
    meant = linear(meant, part(clip, "text_projection"))
    patches = clip_patches(image, clip, sight["image_size"])
    x = transformer(patches, part(clip, "vision_model"), sight["num_attention_heads"])
    # The first one has no pixels of its own and gathers what the others show.
    shown = norm(x[0], part(clip, "vision_model.post_layernorm"))
    shown = linear(shown, part(clip, "visual_projection"))
    return float(F.cosine_similarity(meant, shown, dim=0))


def clip_patches(image: Tensor, clip: Weights, side: int) -> Tensor:
    own = part(clip, "vision_model.embeddings")
    small = F.interpolate(image[None], (side, side), mode="bicubic", antialias=True).clamp(0, 1)
    mean, deviation = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
    pixels = (small - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(deviation).view(3, 1, 1)
    patch = part(own, "patch_embedding")
    if "weight" in patch:
        x = F.conv2d(pixels, patch["weight"], stride=patch["weight"].size(-1))
    else:  # a few convolutions first (Xiao et al. 2021, arXiv:2106.14881)
        x = convolve(F.pixel_unshuffle(pixels, 4), patch, groups=8, grows=False)
    x = torch.cat([own["class_embedding"][None], x.flatten(2)[0].T])
    return norm(x + own["position_embedding.weight"], part(clip, "vision_model.pre_layrnorm"))


def transformer(x: Tensor, own: Weights, heads: int, *, is_causal: bool = False) -> Tensor:
    for layer in layers(own, "encoder.layers"):
        seen = norm(x, part(layer, "layer_norm1"))
        x = x + attend(seen, seen, part(layer, "self_attn"), heads, is_causal=is_causal)
        hidden = linear(norm(x, part(layer, "layer_norm2")), part(layer, "mlp.fc1"))
        x = x + linear(hidden * torch.sigmoid(1.702 * hidden), part(layer, "mlp.fc2"))
    return x


# What all three are made of.
def attend(x: Tensor, to: Tensor, own: Weights, heads: int, *, is_causal: bool = False) -> Tensor:
    """Each row of x (T, C) gathers from those rows of `to` (S, C) that offer what it seeks."""
    ours, clips = ("query", "key", "value", "out"), ("q_proj", "k_proj", "v_proj", "out_proj")
    names = ours if "query.weight" in own else clips
    seeks, offers, gives = (
        linear(rows, part(own, name)).unflatten(1, (heads, -1)).transpose(0, 1)
        for rows, name in zip((x, to, to), names[:3], strict=True)
    )
    likeness = seeks @ offers.mT / math.sqrt(seeks.size(-1))
    if is_causal:  # what comes later is out of sight
        likeness = likeness + torch.full((len(x), len(to)), -torch.inf).triu(1)
    gathered = (likeness.softmax(-1) @ gives).transpose(0, 1).flatten(1)
    return linear(gathered, part(own, names[3]))


def linear(x: Tensor, own: Weights) -> Tensor:
    return F.linear(x, own["weight"].flatten(1), own.get("bias"))  # 1×1 convolutions are maps too


def norm(x: Tensor, own: Weights) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], own.get("weight"), own["bias"])


def part(whole: Weights, name: str) -> Weights:
    return {k[len(name) + 1 :]: v for k, v in whole.items() if k.startswith(f"{name}.")}


def layers(whole: Weights, name: str) -> list[Weights]:
    numbers = {int(key.partition(".")[0]) for key in part(whole, name)}
    return [part(whole, f"{name}.{number}") for number in sorted(numbers)]


def load(folder: Path) -> tuple[Weights, Sizes]:
    weights = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
    return weights, json.loads((folder / "config.json").read_text())


if __name__ == "__main__":
    *_, image = draw(sys.argv[1], count=2, seed=0)[0]
    Image.fromarray((image * 255).to(torch.uint8).permute(1, 2, 0).numpy()).save("toy.png")

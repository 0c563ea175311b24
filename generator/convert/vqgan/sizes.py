"""A VQGAN's sizes, from its config or, where there is none, from its tensors' shapes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from generator.config import ConfigError, VqganConfig
from generator.convert.errors import ConvertError
from generator.convert.formats.stored import Shape, Stored

SIZES = {
    "resolution": "resolution",
    "channels": "ch",
    "residual_blocks": "num_res_blocks",
    "latent_channels": "z_channels",
    "codebook_size": "n_embed",
    "code_width": "embed_dim",
}
LISTS = {"multipliers": "ch_mult", "attention_resolutions": "attn_resolutions"}
# What the networks here cannot do. Older configs lack some of these.
ONLY = {
    "in_channels": 3,
    "out_ch": 3,
    "double_z": False,
    "give_pre_end": False,
    "resamp_with_conv": True,
}
MOST = 64  # levels, blocks a level


def read_yaml(path: Path) -> dict[str, Any]:
    """taming-transformers' config, in YAML or JSON: what its VQGAN is built from."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        parameters = values["model"]["params"]
        sizes = {key: parameters[key] for key in ("n_embed", "embed_dim")}
        return {**parameters["ddconfig"], **sizes}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConvertError(f"{path} is no config of a VQGAN: {error!r}") from error


def from_config(values: Mapping[str, Any], source: Path) -> VqganConfig:
    """The keys are the same in Flax's config.json and in taming-transformers' YAML."""
    for key, only in ONLY.items():
        if values.get(key, only) != only:
            raise ConvertError(f"{source}: {key} {values[key]!r} is not known here, only {only!r}")
    sizes = {ours: _positive(values.get(key), key, source) for ours, key in SIZES.items()}
    lists = {ours: _positives(values.get(key), key, source) for ours, key in LISTS.items()}
    return _build(source, **sizes, **lists)


def _positive(value: object, key: str, source: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConvertError(f"{source}: the config's {key} is {value!r}, not a number above 0")
    return value


def _positives(values: object, key: str, source: Path) -> tuple[int, ...]:
    if not isinstance(values, list | tuple) or len(values) > MOST:
        raise ConvertError(f"{source}: the config's {key} is {values!r}, not a list of numbers")
    return tuple(_positive(value, key, source) for value in values)


def from_shapes(
    tensors: Mapping[str, Stored], codebook: str, grid: int, source: Path
) -> VqganConfig:
    """The sizes of PyTorch's VQGANs, whose first multiplier is 1.

    The networks work at any resolution. The one named here is that of a grid of `grid` codes.
    """
    shapes = {name: stored.shape for name, stored in tensors.items()}

    def shape(name: str, axes: int) -> Shape:
        if len(shapes.get(name, ())) != axes:
            raise ConvertError(f"{source} lacks {name} of {axes} axes")
        return shapes[name]

    channels = shape("decoder.norm_out.weight", 1)[0]
    widths: list[int] = []
    while (name := f"decoder.up.{len(widths)}.block.0.conv1.weight") in shapes:
        widths.append(shape(name, 4)[0])
    if not widths:
        raise ConvertError(f"{source} lacks decoder.up.0.block.0.conv1.weight")
    if not channels or any(width % channels for width in widths):
        raise ConvertError(f"{source}: widths {widths} are not multiples of {channels}")
    blocks = sum(f"decoder.up.0.block.{i}.conv1.weight" in shapes for i in range(MOST))
    resolution = grid << (len(widths) - 1)
    codes, width = shape(codebook, 2)
    return _build(
        source,
        resolution=resolution,
        channels=channels,
        multipliers=tuple(width // channels for width in widths),
        residual_blocks=blocks - 1,
        attention_resolutions=tuple(
            resolution >> level
            for level in range(len(widths))
            if f"decoder.up.{level}.attn.0.norm.weight" in shapes
        ),
        latent_channels=shape("decoder.conv_in.weight", 4)[1],
        codebook_size=codes,
        code_width=width,
        has_encoder="encoder.conv_in.weight" in shapes,
    )


def _build(source: Path, **values: Any) -> VqganConfig:
    if values["residual_blocks"] > MOST:
        raise ConvertError(f"{source}: {values['residual_blocks']} blocks a level")
    try:
        return VqganConfig(**values)
    except ConfigError as error:
        raise ConvertError(f"{source}: {error}") from error

"""What taming-transformers calls the parts of a VQGAN, and how Flax and min-dalle write it.

`decoder.up.1.block.0.conv1.weight` in PyTorch is `decoder/up_1/block_0/conv1/kernel` in Flax.
"""

from generator.config import VqganConfig
from generator.convert.formats.layout import Layout
from generator.convert.formats.stored import Shape
from generator.convert.plan import Find, Origin

PARTS = {
    "norm_1": "norm1",
    "norm_2": "norm2",
    "conv_1": "conv1",
    "conv_2": "conv2",
    "skip": "nin_shortcut",
    "query": "q",
    "key": "k",
    "value": "v",
    "out": "proj_out",
}
MIDDLE = ("mid.block_1", "mid.attn_1", "mid.block_2")
CODEBOOK = "quantiser.codebook.weight"


def torch_names(config: VqganConfig, codebook: str = "quantize.embedding.weight") -> Find:
    paths = _paths(config)

    def find(name: str, shape: Shape) -> Origin:
        return Origin(codebook if name == CODEBOOK else ".".join(_path(name, paths)))

    return find


def flax_names(config: VqganConfig) -> Find:
    paths = _paths(config)

    def find(name: str, shape: Shape) -> Origin:
        if name == CODEBOOK:
            return Origin("quantize/embedding/embedding")
        *path, leaf = _path(name, paths)
        if leaf == "weight":
            leaf = "scale" if len(shape) == 1 else "kernel"
        layout = Layout.VECTOR if len(shape) == 1 else Layout.CONVOLUTION
        return Origin("/".join([*_join_numbers(path), leaf]), layout)

    return find


def _path(name: str, paths: dict[str, str]) -> list[str]:
    """Our name in their terms, split at the dots."""
    for ours, theirs in paths.items():
        if name.startswith(f"{ours}."):
            rest = name.removeprefix(f"{ours}.").split(".")
            return [*theirs.split("."), *(PARTS.get(part, part) for part in rest)]
    return name.split(".")


def _join_numbers(path: list[str]) -> list[str]:
    """["up", "1", "block", "0"] → ["up_1", "block_0"]."""
    joined: list[str] = []
    for part in path:
        if part.isdigit():
            joined[-1] += f"_{part}"
        else:
            joined.append(part)
    return joined


def _paths(config: VqganConfig) -> dict[str, str]:
    """Our name of every block, on their path to it."""
    down = list(range(len(config.multipliers)))
    paths = {
        f"{side}.middle.{index}": f"{side}.{theirs}"
        for side in ("encoder", "decoder")
        for index, theirs in enumerate(MIDDLE)
    }
    encoder = _levels(config, down, "down", config.residual_blocks)
    decoder = _levels(config, down[::-1], "up", config.residual_blocks + 1)
    for side, levels in (("encoder", encoder), ("decoder", decoder)):
        paths |= {f"{side}.levels.{i}": f"{side}.{path}" for i, path in enumerate(levels)}
    return paths


def _levels(config: VqganConfig, order: list[int], way: str, blocks: int) -> list[str]:
    paths: list[str] = []
    for index, level in enumerate(order):
        if index:
            # Theirs ends the level before, ours begins the level after.
            paths.append(f"{way}.{order[index - 1]}.{way}sample")
        has_attention = config.resolution >> level in config.attention_resolutions
        for block in range(blocks):
            paths.append(f"{way}.{level}.block.{block}")
            if has_attention:
                paths.append(f"{way}.{level}.attn.{block}")
    return paths

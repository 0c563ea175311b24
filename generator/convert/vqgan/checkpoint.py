"""A VQGAN in any of its formats: Flax's, taming-transformers', min-dalle's.

Pictures are in [0, 1] here, as in DALL·E mini's. Nothing in a file tells whether it works on
[-1, 1], as CompVis' own do; said so, its first and last maps are made to fit.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from generator.config import VqganConfig
from generator.convert.errors import ConvertError
from generator.convert.formats.files import has_flax, read_config, read_flax_folder
from generator.convert.formats.safetensors_file import read_safetensors
from generator.convert.formats.stored import Stored, in_memory
from generator.convert.formats.torch_file import read_torch
from generator.convert.plan import Find, Plan, make_plan, shapes_of
from generator.convert.vqgan.names import flax_names, torch_names
from generator.convert.vqgan.sizes import from_config, from_shapes, read_yaml
from generator.networks.vqgan import Vqgan

TAMING_CODEBOOK = "quantize.embedding.weight"
MIN_DALLE_CODEBOOK = "embedding.weight"
GUMBEL_CODEBOOK = "quantize.embed.weight"
SUFFIXES = (".ckpt", ".pt", ".pth", ".safetensors")


@dataclass(frozen=True, slots=True)
class VqganCheckpoint:
    source: Path
    config: VqganConfig
    tensors: dict[str, Stored]
    find: Find

    def plan(self) -> Plan:
        wanted = shapes_of(lambda: Vqgan(self.config), self.source)
        return make_plan(wanted, self.find, self.tensors, self.source)


def read_vqgan(source: Path, grid: int, *, is_signed: bool = False) -> VqganCheckpoint:
    """`grid`: codes along one side of BART's pictures; `is_signed`: they are in [-1, 1]."""
    if source.suffix == ".msgpack":
        source = source.parent
    if source.is_dir() and has_flax(source):
        config = from_config(read_config(source), source)
        found = VqganCheckpoint(source, config, read_flax_folder(source), flax_names(config))
    else:
        found = _read_torch(torch_file_of(source), grid)
    return replace(found, tensors=from_signed(found.tensors)) if is_signed else found


def from_signed(tensors: dict[str, Stored]) -> dict[str, Stored]:
    """A VQGAN of [-1, 1] for pictures in [0, 1].

    Painting is exact. When encoding, the border of zeros that a convolution sees is black in place
    of grey, in the outermost pixels.
    """
    changed = dict(tensors)
    for name, stored in tensors.items():
        *path, leaf = re.split(r"[./]", name)
        if path == ["encoder", "conv_in"] and leaf in ("weight", "kernel"):
            weight = stored.read(None).float()
            out = 0 if leaf == "weight" else 3
            bias = name.removesuffix(leaf) + "bias"
            sums = weight.sum([axis for axis in range(4) if axis != out])
            changed[name] = in_memory(name, (2 * weight).to(stored.dtype))
            changed[bias] = in_memory(bias, (tensors[bias].read(None) - sums).to(stored.dtype))
        elif path == ["decoder", "conv_out"]:
            half = stored.read(None) / 2
            changed[name] = in_memory(name, half + 0.5 if leaf == "bias" else half)
    return changed


def torch_file_of(source: Path) -> Path:
    """The one PyTorch file in a folder, min-dalle's detoker.pt first."""
    if source.is_file():
        return source
    if (source / "detoker.pt").is_file():
        return source / "detoker.pt"
    files = sorted(path for path in source.glob("*") if path.suffix in SUFFIXES)
    if len(files) != 1:
        found = f"{len(files)} PyTorch files" if files else "no file of a VQGAN"
        raise ConvertError(f"{source} has {found}; name the one to convert")
    return files[0]


def _read_torch(path: Path, grid: int) -> VqganCheckpoint:
    if path.suffix == ".safetensors":
        tensors = read_safetensors(path)
    else:
        tensors = read_torch(path, is_ignored=_is_of_training)
    if GUMBEL_CODEBOOK in tensors:
        raise ConvertError(f"{path} chooses its codes by Gumbel's noise, which is not known here")
    codebook = MIN_DALLE_CODEBOOK if MIN_DALLE_CODEBOOK in tensors else TAMING_CODEBOOK
    if codebook == TAMING_CODEBOOK and (described := _config_of(path)):
        config = from_config(read_yaml(described), described)
    else:
        config = from_shapes(tensors, codebook, grid, path)
    return VqganCheckpoint(path, config, tensors, torch_names(config, codebook))


def _config_of(path: Path) -> Path | None:
    """The config beside a checkpoint, under the names that taming-transformers gives it."""
    names = (f"{path.stem}.yaml", f"{path.stem}.json", "model.yaml", "config.yaml")
    return next((path.parent / name for name in names if (path.parent / name).is_file()), None)


def _is_of_training(name: str) -> bool:
    """taming-transformers keeps its discriminator and perceptual loss with the VQGAN."""
    return name.startswith("loss.")

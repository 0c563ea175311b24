"""A VQGAN in any of its formats: Flax's, taming-transformers', min-dalle's.

Only checkpoints that work on pictures in [0, 1], as DALL·E mini's does, give the right colours;
nothing in a file tells.
"""

from dataclasses import dataclass
from pathlib import Path

from generator.config import VqganConfig
from generator.convert.errors import ConvertError
from generator.convert.formats.files import has_flax, read_config, read_flax_folder
from generator.convert.formats.stored import Stored
from generator.convert.formats.torch_file import read_torch
from generator.convert.plan import Find, Plan, make_plan, shapes_of
from generator.convert.vqgan.names import flax_names, torch_names
from generator.convert.vqgan.sizes import from_config, from_shapes, read_yaml
from generator.networks.vqgan import Vqgan

TAMING_CODEBOOK = "quantize.embedding.weight"
MIN_DALLE_CODEBOOK = "embedding.weight"
SUFFIXES = (".ckpt", ".pt", ".pth")


@dataclass(frozen=True, slots=True)
class VqganCheckpoint:
    source: Path
    config: VqganConfig
    tensors: dict[str, Stored]
    find: Find

    def plan(self) -> Plan:
        wanted = shapes_of(lambda: Vqgan(self.config), self.source)
        return make_plan(wanted, self.find, self.tensors, self.source)


def read_vqgan(source: Path, grid: int) -> VqganCheckpoint:
    """`grid`: codes along one side of BART's pictures."""
    if source.is_dir() and has_flax(source):
        config = from_config(read_config(source), source)
        return VqganCheckpoint(source, config, read_flax_folder(source), flax_names(config))
    return _read_torch(torch_file_of(source), grid)


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
    tensors = read_torch(path, is_ignored=_is_of_training)
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

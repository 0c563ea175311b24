"""Where a checkpoint comes from: a path here, or an id of the hub with an optional revision.

Without torch: a web host, which has none, asks here what an id on the hub is.
"""

import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.convert.errors import ConvertError
from generator.groups import install

Source = str | Path
HUB_ID = re.compile(r"(?P<id>\w[\w.-]*/\w[\w.-]*)(@(?P<revision>[\w./-]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """The files worth fetching: those that describe, and the first set of weights there is."""

    described_by: tuple[str, ...]
    weights: tuple[tuple[str, ...], ...]


FLAX = ("flax_model.msgpack", "flax_model-*-of-*.msgpack", "flax_model.msgpack.index.json")
SAFETENSORS = ("model.safetensors", "model-*-of-*.safetensors", "model.safetensors.index.json")
PYTORCH = ("pytorch_model.bin", "pytorch_model-*-of-*.bin", "pytorch_model.bin.index.json")
TOKENIZER = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "merges.txt",
)
BART = Kind(
    ("config.json", "enwiki-words-frequency.txt", *TOKENIZER),
    (FLAX, ("encoder.pt", "decoder.pt"), ("encoder_mini.pt", "decoder_mini.pt", "*_mini.*")),
)
VQGAN = Kind(("config.json", "*.yaml"), (FLAX, ("detoker.pt",), ("*.ckpt",)))
CLIP = Kind(("config.json", *TOKENIZER), (SAFETENSORS, PYTORCH))


def locate(source: Source, kind: Kind) -> Path:
    """The path a source stands for; one on the hub is downloaded once, and resumed if broken off.

    Raises:
        ConvertError: there is no such path or repository, or the hub's client is not installed.
    """
    path = Path(source)
    if path.exists():
        return path
    found = HUB_ID.fullmatch(str(source))
    if found is None:
        raise ConvertError(f"there is no {source}, and it is no id on the hub")
    return _download(found["id"], found["revision"], kind)


def is_hub_id(source: Source) -> bool:
    return not Path(source).exists() and HUB_ID.fullmatch(str(source)) is not None


def _download(name: str, revision: str | None, kind: Kind) -> Path:
    for patterns in kind.weights:
        folder = fetch(name, revision, (*kind.described_by, *patterns))
        if any(any(folder.glob(pattern)) for pattern in patterns):
            return folder
    wanted = ", ".join(patterns[0] for patterns in kind.weights)
    raise ConvertError(f"{name} on the hub has none of {wanted}")


def fetch(name: str, revision: str | None, patterns: Iterable[str]) -> Path:
    try:
        hub = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise ConvertError(
            f"{name} is not here, and downloading it needs the package huggingface_hub ({error}): "
            + install("original")
        ) from error
    try:
        return Path(hub.snapshot_download(name, revision=revision, allow_patterns=list(patterns)))
    except Exception as error:  # the client passes on its transport's own errors
        raise ConvertError(f"{name} could not be fetched from the hub: {error}") from error

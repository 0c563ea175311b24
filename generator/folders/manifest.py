"""Model folders: `bart/ vqgan/ clip/ tokenizer/ manifest.json`, each file known by its sha256.

bart/config.json   bart/model.safetensors
vqgan/config.json  vqgan/model.safetensors
clip/config.json   clip/model.safetensors  clip/tokenizer.json  clip/sight.json (may be missing)
tokenizer/tokenizer.json
manifest.json      format, name, licence, text normaliser, vocabulary, defaults of sampling, files
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.config import Sampling

FORMAT = "sixpix-model/1"
# To choose six from.
FEWEST_CANDIDATES = 9
BUNDLED = Path(__file__).parents[1] / "weights"
REQUIRED = (
    "bart/config.json",
    "bart/model.safetensors",
    "vqgan/config.json",
    "vqgan/model.safetensors",
    "clip/config.json",
    "clip/model.safetensors",
    "clip/tokenizer.json",
    "tokenizer/tokenizer.json",
)


class WeightsError(Exception):
    """A model folder is missing, incomplete, damaged or of another format."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model folder says of itself.

    `normaliser` names what is done to a prompt first; `vocabulary` is "world" for a model that
    knows the bundled world's words alone, "open" otherwise. `candidates` are drawn of a prompt.
    """

    name: str
    licence: str
    normaliser: str
    vocabulary: str
    sampling: dict[str, Any]
    candidates: int = FEWEST_CANDIDATES
    files: dict[str, str] = field(default_factory=dict)
    format: str = FORMAT

    @property
    def hash(self) -> str:
        """One sha256 for the whole model: over every file's name and sha256, in order."""
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def settings(self) -> Sampling:
        return Sampling.from_dict(self.sampling)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(f"{path} is missing") from None
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise WeightsError(f"{path} holds a {type(value).__name__}, not an object")
    return value


def read_manifest(folder: Path) -> Manifest:
    if not folder.is_dir():
        raise WeightsError(f"there is no model folder {folder}")
    values = read_json(folder / "manifest.json")
    if values.get("format") != FORMAT:
        raise WeightsError(f"{folder} has format {values.get('format')!r}, not {FORMAT!r}")
    for name, kind in (("files", dict), ("sampling", dict)):
        if not isinstance(values.get(name, {}), kind):
            raise WeightsError(f"{folder / 'manifest.json'}: {name} is no object")
    try:
        manifest = Manifest(**values)
    except TypeError as error:
        raise WeightsError(f"{folder / 'manifest.json'}: {error}") from error
    if type(manifest.candidates) is not int or manifest.candidates < FEWEST_CANDIDATES:
        raise WeightsError(
            f"{folder / 'manifest.json'}: candidates must be at least {FEWEST_CANDIDATES}, not "
            f"{manifest.candidates}"
        )
    return manifest


def verify(folder: Path = BUNDLED) -> Manifest:
    """Check that every file is there and has the sha256 the manifest gives.

    Raises:
        WeightsError: naming the first file that is missing, surplus to no rule, or damaged.
    """
    manifest = read_manifest(folder)
    unlisted = [name for name in REQUIRED if name not in manifest.files]
    if unlisted:
        raise WeightsError(f"{folder / 'manifest.json'} does not list {', '.join(unlisted)}")
    for name, expected in sorted(manifest.files.items()):
        path = folder / name
        if not path.is_file():
            raise WeightsError(f"{path} is missing")
        if (found := sha256_of(path)) != expected:
            raise WeightsError(
                f"{path} is damaged: sha256 {found[:12]}…, but {expected[:12]}… in the manifest"
            )
    return manifest

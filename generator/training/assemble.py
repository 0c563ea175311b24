"""Put trained networks together into one model folder."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.config import Sampling
from generator.folders.manifest import Manifest
from generator.folders.weights import seal

CANDIDATES = 18
SAMPLING = Sampling(condition_scale=1.5, temperature=0.85, top_k=None, top_p=0.95)
WORD_FREQUENCY = "word-frequency.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a manifest says beside the files; `describe` writes a card into the folder."""

    name: str = "sixpix-world"
    licence: str = "Apache-2.0"
    normaliser: str = "plain"
    vocabulary: str = "world"
    sampling: Sampling = SAMPLING
    describe: Callable[[Path], None] = lambda folder: None


def assemble(runs: Path, folder: Path, about: About | None = None) -> Manifest:
    """Collect `runs`' networks into `folder`, which is replaced only when all is well.

    Raises:
        FileNotFoundError: a stage has not been trained yet.
    """
    about = about or About()
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".assembling-"))
    try:
        for network in ("bart", "vqgan", "clip"):
            (staging / network).mkdir()
            for file in ("config.json", "model.safetensors"):
                shutil.copyfile(runs / network / file, staging / network / file)
        if (runs / "clip" / "sight.json").exists():  # else it has no gate
            shutil.copyfile(runs / "clip" / "sight.json", staging / "clip" / "sight.json")
        (staging / "tokenizer").mkdir()
        shutil.copyfile(runs / "tokenizer.json", staging / "tokenizer" / "tokenizer.json")
        given = runs / "clip" / "tokenizer.json"
        words = given if given.is_file() else runs / "tokenizer.json"
        shutil.copyfile(words, staging / "clip" / "tokenizer.json")
        if (runs / WORD_FREQUENCY).is_file():
            shutil.copyfile(runs / WORD_FREQUENCY, staging / "tokenizer" / WORD_FREQUENCY)
        about.describe(staging)
        manifest = Manifest(
            name=about.name,
            licence=about.licence,
            normaliser=about.normaliser,
            vocabulary=about.vocabulary,
            sampling=about.sampling.to_dict(),
            candidates=CANDIDATES,
        )
        return seal(staging, manifest, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)

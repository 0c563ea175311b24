"""Put trained networks together into one model folder."""

import shutil
import tempfile
from pathlib import Path

from generator.config import Sampling
from generator.folders.manifest import Manifest
from generator.folders.weights import seal

SAMPLING = Sampling(condition_scale=1.5, temperature=0.85, top_k=None, top_p=0.95)


def assemble(runs: Path, folder: Path, name: str = "sixpix-world") -> Manifest:
    """Collect `runs`' networks into `folder`, which is replaced only when all is well.

    Raises:
        FileNotFoundError: a stage has not been trained yet.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".assembling-"))
    try:
        for network in ("bart", "vqgan", "clip"):
            (staging / network).mkdir()
            for file in ("config.json", "model.safetensors"):
                shutil.copyfile(runs / network / file, staging / network / file)
        (staging / "tokenizer").mkdir()
        for place in ("tokenizer", "clip"):
            shutil.copyfile(runs / "tokenizer.json", staging / place / "tokenizer.json")
        manifest = Manifest(
            name=name,
            licence="Apache-2.0",
            normaliser="plain",
            vocabulary="world",
            sampling=SAMPLING.to_dict(),
        )
        return seal(staging, manifest, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)

"""What the ranker's figures mean: from where on a word can be seen, and a picture is whole.

The model draws prompts that training never saw; a judge says of each picture what of its prompt it
shows; the thresholds are those at which the ranker agrees with the judge best.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generator.config import Sight
from generator.drawing.visibility import MOST_CONTRASTS, word_shares
from generator.networks.ranker import Ranker
from generator.networks.vqgan import Vqgan
from generator.reading.text import plain
from generator.training.clip.pool import prompt_of
from generator.training.judge.recogniser import ATTRIBUTES, Recogniser
from generator.world.scenes.scene import Scene
from generator.world.words.parts import contrasts, parts
from generator.world.world import World

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@torch.inference_mode()
def measure_sight(
    folder: Path,
    tokenizer_file: Path,
    world: World,
    codes: NDArray[np.uint16],
    vqgan: Vqgan,
    judge: Recogniser,
) -> Sight:
    """Measure the ranker in `folder` and write its `sight.json`.

    Args:
        codes: (N, K, T), sampled by BART for the first N prompts of the pool's stream of `world`.
    """
    ranker = Ranker.load(folder, torch.device("cpu"), tokenizer_file)
    shares: list[Tensor] = []
    shown: list[Tensor] = []
    scores: list[Tensor] = []
    whole: list[Tensor] = []
    for index, own in enumerate(codes):
        scene, _ = prompt_of(world, index)
        prompt = world.caption(scene)
        images = vqgan.decode(torch.from_numpy(own.astype(np.int64))).clamp(0, 1)
        right = read_right(judge, images, scene)
        seen = ranker.pictures(images)
        for name, share in part_shares(ranker, prompt, scene, seen):
            shares.append(share)
            shown.append(right[name])
        scores.append(ranker.compare([plain(prompt)], seen[None])[0])
        whole.append(torch.stack([*right.values()]).all(0))
    sight = Sight(
        visible=best_threshold(_flat(shares), _flat(shown).astype(bool)),
        whole=best_threshold(_flat(scores), _flat(whole).astype(bool)),
    )
    (folder / "sight.json").write_text(json.dumps(sight.to_dict(), indent=1), encoding="utf-8")
    return sight


def read_right(judge: Recogniser, images: Tensor, scene: Scene) -> dict[str, Tensor]:
    """(N, 3, H, W) pictures of a scene → of each attribute that captions tell, (N,) whether it is
    read as meant."""
    logits, targets = judge(images), judge.targets([scene])
    return {name: logits[name].argmax(1) == targets[name] for name in ATTRIBUTES}


def part_shares(
    ranker: Ranker, prompt: str, scene: Scene, seen: Tensor
) -> Iterator[tuple[str, Tensor]]:
    """Each part of a prompt that can be seen, with its share (N,) in each of N pictures."""
    others = contrasts(prompt, MOST_CONTRASTS) or []
    found = word_shares(ranker, plain, prompt, others, seen)
    place = 0
    for name, words in parts(scene):
        share = found[place] if place < len(found) else None
        place += len(words.split())
        if share is not None:
            yield name, share


def best_threshold(values: Floats, are_true: Bools) -> float:
    """The value from which on `true` is said most rightly: of what is true and of what is false as
    large a share as can be (Youden's index). With one kind alone, the least value."""
    if are_true.all() or not are_true.any():
        return float(values.min())
    order = np.argsort(-values, kind="stable")
    kept, truths = values[order], are_true[order]
    hits = truths.cumsum() / truths.sum()
    false_alarms = (~truths).cumsum() / (~truths).sum()
    # Equal values are on the same side of any threshold.
    is_last = np.append(kept[1:] != kept[:-1], True)
    return float(kept[np.where(is_last, hits - false_alarms, -np.inf).argmax()])


def _flat(values: list[Tensor]) -> Floats:
    return torch.cat(values).double().numpy()

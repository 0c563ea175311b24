"""A tiny recogniser, and readings and cases written by hand."""

import numpy as np
import torch

from generator.evaluation.exam import Case
from generator.evaluation.reading import Reading
from generator.training.judge.labels import JUDGED, values_of
from generator.training.judge.recogniser import Recogniser, RecogniserConfig
from generator.world.scenes.scene import Scene
from tests.generator import tiny

CONFIG = RecogniserConfig(image_size=16, widths=(8, 16), blocks=(1, 1))
COUNT = 9
FOX = Scene("fox", "riding", "bicycle", "moon")


def recogniser(seed: int = 0) -> Recogniser:
    return tiny.shake(Recogniser(CONFIG, JUDGED), seed)


def reading(scene: Scene, /, **seen: str) -> Reading:
    """What the scene shows, misread as `seen`."""
    return Reading(scene, {**values_of(scene), **seen}, 0.5, np.zeros(2))


def case(
    scene: Scene,
    readings: list[Reading],
    scores: list[float] | None = None,
    chosen: tuple[int, ...] = (1, 2, 3, 4, 5, 6),
) -> Case:
    """A case of flat grey pictures, each of its own grey."""
    images = np.stack([np.full((24, 24, 3), 10 * i, np.uint8) for i in range(2 + COUNT)])
    falling = np.array(scores or [1.0 - 0.1 * i for i in range(COUNT)])
    codes = torch.zeros(4, dtype=torch.int64)
    return Case(f"{scene.subject} & co", images, readings, codes, falling, chosen)

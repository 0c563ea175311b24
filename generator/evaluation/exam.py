"""The exam: held-out prompts are drawn, and the recogniser reads every picture.

A real scene and its reconstruction are read beside them: the first says what the recogniser
itself gets wrong, the second what the VQGAN loses. The rest is BART's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from generator.drawing.pipeline import Generator
from generator.drawing.result import Drawing
from generator.evaluation.reading import Reading, look
from generator.networks.vqgan import to_uint8
from generator.training.judge.recogniser import Recogniser
from generator.training.loop.stream import bundled_world
from generator.world.scenes.scene import Scene
from generator.world.words.reading import read

KEEP = 6
# Which pictures of a case each figure is about: the scene, what the VQGAN keeps of it, the six that
# are shown, and all candidates.
GROUPS = ("real", "reconstruction", "top6", "all")
# Streams of the world: other held-out scenes, and the training scenes that BART learns from.
REFERENCE_STREAM, TRAINING_STREAM = -1, 3
THUMBNAIL = 32
_BATCH = 50
_PROMPTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt: the real scene, its reconstruction, then the candidates, best first.

    images: (2 + N, H, W, 3) uint8, with one reading each; codes: (T,) of the reconstruction;
    scores: (N,) of CLIP, falling; chosen: the ranks of those that are shown.
    """

    prompt: str
    images: NDArray[np.uint8]
    readings: list[Reading]
    codes: Tensor
    scores: NDArray[np.float64]
    chosen: tuple[int, ...]

    def rows(self, group: str) -> list[int]:
        """Which of the images belong to a group, in order."""
        candidates = range(2, len(self.images))
        shown = [1 + rank for rank in self.chosen]
        return dict(zip(GROUPS, ([0], [1], shown, [*candidates]), strict=True))[group]

    def group(self, name: str) -> list[Reading]:
        return [self.readings[row] for row in self.rows(name)]


@dataclass(frozen=True, slots=True)
class Exam:
    """All cases, and scenes of the world to compare with.

    reference: readings of other held-out real scenes; held_out and training: (M, C) thumbnails
    of those and of as many training scenes.
    """

    cases: list[Case]
    reference: list[Reading]
    held_out: Tensor
    training: Tensor


def held_out_prompts(count: int, seed: int) -> list[tuple[str, Scene]]:
    """Different prompts as puzzles have them, of combinations that training never saw, with a scene
    of each: relations take turns, a quarter of each names a colour, all name a place."""
    if count < 1:
        raise ValueError(f"an exam needs at least 1 prompt, not {count}")
    source = bundled_world("held_out")
    prompts: dict[str, Scene] = {}
    index = 0
    while len(prompts) < count:
        scene = source.game_scene(seed, index)
        prompt = source.caption(scene)
        if _is_readable(prompt, scene):
            prompts.setdefault(prompt, scene)
        index += 1
    return list(prompts.items())


def _is_readable(prompt: str, scene: Scene) -> bool:
    """Whether the prompt means this scene and no other."""
    return read(prompt) == scene.as_told()


def hold_exam(
    generator: Generator, recogniser: Recogniser, *, prompts: int, seed: int, reference: int
) -> Exam:
    """Draw `prompts` held-out prompts, candidates of each from `seed` on, and read them all.

    Args:
        reference: how many other held-out scenes, and how many training scenes, to compare with.
    """
    if reference < 2:
        raise ValueError(f"at least 2 scenes are needed to compare with, not {reference}")
    asked = drawn(generator, held_out_prompts(prompts, seed), seed)
    cases = [_case(generator, recogniser, drawing, scene) for drawing, scene in asked]
    readings, held_out, training = [], [], []
    for scenes, images in _scenes("held_out", REFERENCE_STREAM, reference):
        readings += look(recogniser, images, scenes)
        held_out.append(thumbnails(images))
    for _, images in _scenes("train", TRAINING_STREAM, reference):
        training.append(thumbnails(images))
    return Exam(cases, readings, torch.cat(held_out), torch.cat(training))


def drawn(
    generator: Generator, asked: list[tuple[str, Scene]], seed: int
) -> Iterator[tuple[Drawing, Scene]]:
    """A drawing of each prompt, with its scene."""
    with tqdm(total=len(asked), desc="exam", disable=None) as bar:
        for start in range(0, len(asked), _PROMPTS_AT_ONCE):
            some = asked[start : start + _PROMPTS_AT_ONCE]
            prompts = [prompt for prompt, _ in some]
            drawings = generator.draw_many(prompts, keep=KEEP, seeds=[seed] * len(some))
            for drawing, (_, scene) in zip(drawings, some, strict=True):
                yield drawing, scene
                bar.update()


@torch.inference_mode()
def _case(generator: Generator, recogniser: Recogniser, drawing: Drawing, scene: Scene) -> Case:
    real, codes, painted = reconstruct(generator, scene)
    own = to_uint8(torch.cat([real, painted])).numpy()
    images = np.stack([*own, *(np.asarray(picture.image) for picture in drawing.pictures)])
    scores = np.array([picture.score for picture in drawing.pictures])
    readings = look(recogniser, as_tensor(images), [scene] * len(images))
    return Case(drawing.prompt, images, readings, codes, scores, drawing.chosen)


@torch.inference_mode()
def reconstruct(generator: Generator, scene: Scene) -> tuple[Tensor, Tensor, Tensor]:
    """A scene (1, 3, H, W), its codes (T,), and what the VQGAN paints of them (1, 3, H, W)."""
    real = _rendered([scene], generator.image_size)
    codes = generator.vqgan.encode(real.to(generator.device))
    return real, codes[0].cpu(), generator.vqgan.decode(codes).cpu()


def _scenes(split: str, stream: int, count: int) -> Iterator[tuple[list[Scene], Tensor]]:
    source = bundled_world(split)
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        scenes = [source.scene(stream, index) for index in numbers]
        yield scenes, _rendered(scenes, source.size)


def _rendered(scenes: list[Scene], size: int) -> Tensor:
    """(B, 3, size, size) in [0, 1]."""
    source = bundled_world("all")
    images = as_tensor(np.stack([source.render(scene) for scene in scenes]))
    if size == source.size:
        return images
    return F.interpolate(images, (size, size), mode="bilinear", antialias=True)


def as_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """(B, H, W, 3) uint8 → (B, 3, H, W) float32 in [0, 1]."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(255)


def thumbnails(images: Tensor) -> Tensor:
    """(B, 3, H, W) → (B, 3·32·32): what is left when details and exact places do not count."""
    return F.interpolate(images, (THUMBNAIL, THUMBNAIL), mode="area").flatten(1)

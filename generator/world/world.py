"""The endless set of captioned scenes of one split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.world.scenes.drawing import Mix, draw
from generator.world.scenes.games import game_scene
from generator.world.scenes.painting import paint
from generator.world.scenes.placing import CELLS
from generator.world.scenes.scene import Scene
from generator.world.scenes.splits import SPLITS
from generator.world.words import grammar


class World:
    """The endless set of captioned scenes of one split."""

    def __init__(self, size: int = 192, split: str = "train", mix: Mix | None = None) -> None:
        """``size`` in pixels, a multiple of the cells.

        Raises ValueError for a bad size or split.
        """
        if size <= 0 or size % CELLS:
            raise ValueError(f"size must be a positive multiple of {CELLS}, not {size}")
        if split not in SPLITS:
            raise ValueError(f"split must be one of {', '.join(SPLITS)}, not {split!r}")
        self.size = size
        self.split = split
        self.mix = mix if mix is not None else Mix()

    def scene(self, seed: int, index: int) -> Scene:
        """The scene number ``index`` of stream ``seed``; the same arguments give the same scene."""
        return draw(seed, index, self.split, self.mix)

    def game_scene(self, seed: int, index: int) -> Scene:
        """Scene number ``index`` of a stream like a puzzle's prompts: relations take turns, a
        quarter of each names a colour, and all name a place."""
        return game_scene(seed, index, self.split, self.mix)

    def caption(self, scene: Scene, variation: int = 0) -> str:
        """A caption of the scene; variation 0 is the canonical prompt, others vary the words."""
        return grammar.caption(scene, variation)

    def render(self, scene: Scene) -> NDArray[np.uint8]:
        """The picture, (size, size, 3) uint8 RGB."""
        return self.render_with_mask(scene)[0]

    def render_with_mask(self, scene: Scene) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The picture as :meth:`render` gives it, and (size, size) uint8 of where its things are:
        0 for the place, 1 for the subject, 2 for the object."""
        return paint(scene, self.size)

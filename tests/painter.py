"""A generator that paints noise in no time, for tests of what happens around the drawing."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from game.drawing import claims, painting, tables
from game.models import Puzzle
from generator.config import Sampling
from generator.drawing.result import Drawing, Picture
from tests import factories

OnGlimpse = Callable[[slice, slice, Any], None]


class Painter:
    """Keeps what it was asked for; `while_drawing` runs in the middle of each drawing."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.seeds: list[int] = []
        self.without: list[str] = []
        self.batches: list[int] = []
        self.counts: list[int] = []
        self.asked: list[Sampling] = []
        self.warmed: list[int] = []
        self.settings = Sampling()
        self.manifest: dict[str, Any] = {"model": {"name": "noise"}}
        self.candidates = 9
        # The most pictures it paints of one prompt.
        self.count = 9
        # The ranks that it chooses.
        self.chosen = (1, 2, 3, 4, 5, 6)
        self.while_drawing: Callable[[], object] = lambda: None
        # What it films; without it, it can't, and the drawing must not suffer by it.
        self.reel = b""
        # The words that can't be seen in its drawings, one after the other; then all can.
        self.unseen: list[list[str]] = []
        # As a generator does it that dies of one prompt: the whole batch is lost.
        self.refused = ""

    def draw_many(
        self,
        prompts: Sequence[str],
        *,
        count: int,
        keep: int,
        seeds: Sequence[int],
        without: Sequence[str] = (),
        settings: Sampling | None = None,
        on_progress: claims.Report,
        on_glimpse: OnGlimpse | None = None,
    ) -> list[Drawing]:
        self.prompts += prompts
        self.seeds += seeds
        self.batches.append(len(prompts))
        self.counts.append(count)
        self.without += without
        if settings is not None:
            self.asked.append(settings)
        on_progress(0.0, "reading")
        if on_glimpse:
            tops = np.zeros((len(prompts), count, 8, 32, 3), np.uint8)
            on_glimpse(slice(0, len(prompts)), slice(0, count), tops)
        self.while_drawing()
        if self.refused in prompts:
            raise RuntimeError("no paint for this one")
        on_progress(1.0, "done")
        return [
            Drawing(
                prompt,
                self._pictures(seed, count),
                self.chosen[:keep],
                self.manifest | {"kept": keep},
            )
            for prompt, seed in zip(prompts, seeds, strict=True)
        ]

    def film(self, picture: Picture) -> bytes:
        if not self.reel:
            raise RuntimeError("no film in the camera")
        return self.reel

    @staticmethod
    def visibility(
        prompt: str, pictures: Any, seen: Any = ()
    ) -> tuple[list[float | None], dict[str, str]]:
        """Short words are hardest to see."""
        seen = [min(len(word), 10) / 10 for word in prompt.split()]
        return [*seen], {"name": "noise", "hash": "0" * 64}

    def unseen_words(self, drawing: Drawing) -> list[str] | None:
        return self.unseen.pop(0) if self.unseen else None

    def warm_words(self, *puzzles: Puzzle) -> None:
        self.warmed += [puzzle.pk for puzzle in puzzles]

    def _pictures(self, seed: int, count: int) -> tuple[Picture, ...]:
        return tuple(
            # Seeds in no order, as ranking leaves them.
            Picture(
                rank=rank,
                seed=seed + rank * 5 % count,
                score=1 - rank / 10,
                image=factories.noise_picture(rank),
                codes=(rank,) * 144,
                embedding=(1.0, float(rank)),
            )
            for rank in range(1, min(self.count, count) + 1)
        )


def raising(error: BaseException) -> Callable[[], Any]:
    def fail() -> None:
        raise error

    return fail


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Painter:
    painter = Painter()
    monkeypatch.setattr(painting, "generator", lambda: painter)
    monkeypatch.setattr(painting, "visibility", painter.visibility)
    monkeypatch.setattr(painting, "unseen_words", painter.unseen_words)
    monkeypatch.setattr(tables, "warm_words", painter.warm_words)
    monkeypatch.setattr(tables, "missing_words", lambda *puzzles: [])
    return painter

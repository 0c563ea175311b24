"""A generator that paints noise in no time, for tests of what happens around the drawing."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from game import claims, studio, tables
from generator.drawing import Drawing, Picture
from tests import factories


class Painter:
    """Keeps what it was asked for; `while_drawing` runs in the middle of each drawing."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.seeds: list[int] = []
        self.batches: list[int] = []
        self.warmed: list[int] = []
        self.count = 9
        self.while_drawing: Callable[[], object] = lambda: None
        # As a generator does it that dies of one prompt: the whole batch is lost.
        self.refused = ""

    def draw_many(
        self,
        prompts: Sequence[str],
        *,
        count: int,
        keep: int,
        seeds: Sequence[int],
        on_progress: claims.Report,
    ) -> list[Drawing]:
        self.prompts += prompts
        self.seeds += seeds
        self.batches.append(len(prompts))
        on_progress(0.0, "reading")
        self.while_drawing()
        if self.refused in prompts:
            raise RuntimeError("no paint for this one")
        on_progress(1.0, "done")
        return [
            Drawing(prompt, self._pictures(seed, count), {"model": {"name": "noise"}, "kept": keep})
            for prompt, seed in zip(prompts, seeds, strict=True)
        ]

    def _pictures(self, seed: int, count: int) -> tuple[Picture, ...]:
        return tuple(
            # Seeds in no order, as ranking leaves them.
            Picture(
                rank=rank,
                seed=seed + rank * 5 % count,
                score=1 - rank / 10,
                image=factories.noise_picture(rank),
                codes=(rank,) * 144,
            )
            for rank in range(1, self.count + 1)
        )


def raising(error: BaseException) -> Callable[[], Any]:
    def fail() -> None:
        raise error

    return fail


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Painter:
    painter = Painter()
    monkeypatch.setattr(studio, "generator", lambda: painter)
    monkeypatch.setattr(tables, "warm_words", lambda puzzle: painter.warmed.append(puzzle.pk))
    monkeypatch.setattr(tables, "missing_words", lambda puzzle: [])
    return painter

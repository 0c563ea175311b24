"""A generator that paints noise in no time, for tests of what happens around the drawing."""

from collections.abc import Callable
from typing import Any

import pytest

from game import studio
from generator.pipeline import Drawing, Picture
from tests import factories


class Painter:
    """Keeps what it was asked for; `while_drawing` runs in the middle of each drawing."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.seeds: list[int] = []
        self.count = 9
        self.while_drawing: Callable[[], object] = lambda: None

    def draw(
        self, prompt: str, *, count: int, keep: int, seed: int, on_progress: studio.Report
    ) -> Drawing:
        self.prompts.append(prompt)
        self.seeds.append(seed)
        on_progress(0.0, "reading")
        self.while_drawing()
        on_progress(1.0, "done")
        pictures = tuple(
            # Seeds in no order, as ranking leaves them.
            Picture(rank, seed + rank * 5 % count, 1 - rank / 10, factories.noise_picture(rank))
            for rank in range(1, self.count + 1)
        )
        return Drawing(prompt, pictures, {"model": {"name": "noise"}, "kept": keep})


def raising(error: BaseException) -> Callable[[], Any]:
    def fail() -> None:
        raise error

    return fail


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Painter:
    painter = Painter()
    monkeypatch.setattr(studio, "generator", lambda: painter)
    return painter

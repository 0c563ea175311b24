"""Which candidates are shown: whole ones that differ, the best first."""

import numpy as np
import pytest
from PIL import Image

from generator.config import Sight
from generator.drawing import choice
from generator.drawing.choice import UNLIKE, choose, differences
from generator.drawing.pipeline import Generator


def grey(value: int, side: int = 96) -> Image.Image:
    return Image.new("RGB", (side, side), (value,) * 3)


def apart(*places: float) -> np.ndarray:
    """As unlike as points on a line are far from one another."""
    line = np.array(places, dtype=np.float32)
    return np.abs(line[:, None] - line[None])


def test_it_measures_mean_differences_at_48_pixels() -> None:
    half = grey(0)
    half.paste(grey(255), (0, 48))
    # Finer than what is looked at: as good as grey.
    fine = Image.fromarray(np.indices((96, 96)).sum(0).astype(np.uint8) % 2 * 255)
    found = differences([grey(0), grey(51), half, fine])
    wanted = [[0, 0.2, 0.5, 0.5], [0.2, 0, 0.5, 0.3], [0.5, 0.5, 0, 0.5], [0.5, 0.3, 0.5, 0]]
    np.testing.assert_allclose(found, wanted, atol=0.005)


def test_it_passes_over_what_is_like_a_better_one() -> None:
    near = UNLIKE / 2
    lines = apart(0, near, 1, 1 + near, 2, 3)
    assert choose(lines, 4, [True] * 6) == [0, 2, 4, 5]


def test_it_takes_the_most_unlike_when_none_is_unlike_enough() -> None:
    near = UNLIKE / 10
    assert choose(apart(0, near, 3 * near, 2 * near), 3, [True] * 4) == [0, 2, 1]


def test_it_never_takes_a_broken_one_while_a_whole_one_is_left() -> None:
    lines = apart(0, 1, 2, 2, 3)
    assert choose(lines, 3, [False, False, True, True, False]) == [2, 3, 0]
    assert choose(lines, 2, [False] * 5) == [0, 1]


@pytest.mark.parametrize("keep", range(1, 9))
def test_it_chooses_as_many_different_ones_as_asked(keep: int) -> None:
    chosen = choose(apart(*[0.0] * 8), keep, [True] * 8)
    assert len(chosen) == len(set(chosen)) == keep
    assert chosen[0] == 0


def test_it_shows_what_it_chose_when_broken_ones_can_be_told(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.ranker, "sight", Sight(visible=0, whole=-1))
    monkeypatch.setattr(choice, "UNLIKE", 1.0)  # so that the most unlike are taken, not the best
    drawing = generator.draw("a fox riding a bicycle", count=12, keep=6, seed=3)
    images = [picture.image for picture in drawing.pictures]
    places = choose(differences(images), 6, [True] * 12)
    assert places != list(range(6))
    assert drawing.chosen == tuple(place + 1 for place in places)
    assert [picture.rank for picture in drawing.shown] == list(drawing.chosen)
    assert drawing.manifest["chosen"] == list(drawing.chosen)


def test_it_shows_the_best_when_nobody_knows_which_are_broken(generator: Generator) -> None:
    assert generator.ranker.sight is None
    drawing = generator.draw("a fox riding a bicycle", count=12, keep=6, seed=3)
    assert drawing.chosen == (1, 2, 3, 4, 5, 6)

"""What is seen of pictures that are being painted."""

import numpy as np
import pytest
import torch
from torch import Tensor

from generator.drawing.glimpses import Glimpser, shown_after
from generator.drawing.pipeline import Generator

PROMPTS = ["a fox riding a bicycle", "an owl"]


def pictures(generator: Generator, **options: object) -> list[list[tuple[int, ...]]]:
    drawings = generator.draw_many(PROMPTS, count=3, keep=1, seeds=[40, 7], **options)  # type: ignore[arg-type]
    return [[each.codes for each in drawing.pictures] for drawing in drawings]


@pytest.mark.parametrize(("side", "rows"), [(12, {3, 6, 9}), (16, {4, 8, 12}), (4, {1, 2, 3})])
def test_it_shows_whole_rows_in_even_steps(side: int, rows: set[int]) -> None:
    assert shown_after(side) == rows


def test_it_shows_the_top_of_each_picture_as_far_as_it_is_sampled(generator: Generator) -> None:
    seen: list[Tensor] = []

    def look(rows: slice, columns: slice, tops: Tensor) -> None:
        assert (rows, columns) == (slice(0, 2), slice(0, 3))
        seen.append(tops)

    assert pictures(generator, on_glimpse=look) == pictures(generator)
    size = generator.image_size
    assert [tuple(tops.shape) for tops in seen] == [
        (2, 3, size * step // 4, size, 3) for step in (1, 2, 3)
    ]
    assert all(tops.dtype == torch.uint8 for tops in seen)


def test_it_says_which_pictures_it_shows_when_they_are_sampled_in_halves(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator.sampling, "most", 2)
    seen: dict[tuple[int, int], int] = {}

    def look(rows: slice, columns: slice, tops: Tensor) -> None:
        assert tops.shape[:2] == (rows.stop - rows.start, columns.stop - columns.start)
        for row in range(rows.start, rows.stop):
            for column in range(columns.start, columns.stop):
                seen[row, column] = seen.get((row, column), 0) + 1

    pictures(generator, on_glimpse=look)
    assert seen == {(row, column): 3 for row in range(2) for column in range(3)}


def test_it_paints_rows_as_the_decoder_alone_would(generator: Generator) -> None:
    codes = torch.arange(8).view(1, 1, 8) % generator.vqgan.config.codebook_size
    seen: list[Tensor] = []
    Glimpser(generator.vqgan, 4, lambda _r, _c, tops: seen.append(tops), slice(1), slice(1))(codes)
    latents = generator.vqgan.quantiser.codebook(codes.view(1, 2, 4))
    with torch.inference_mode():
        expected = generator.vqgan.paint(latents)[0].clamp(0, 1).permute(1, 2, 0)
    np.testing.assert_array_equal(seen[0][0, 0].numpy(), (expected * 255).byte().numpy())


def test_it_leads_away_from_a_text_when_asked(generator: Generator) -> None:
    assert pictures(generator, without=["", ""]) == pictures(generator)
    first, second = pictures(generator, without=["", "a red car"])
    plain = pictures(generator)
    assert first == plain[0]
    assert second != plain[1]
    with pytest.raises(ValueError, match="1 texts to lead away from, 2 prompts"):
        generator.draw_many(PROMPTS, count=1, keep=1, seeds=[1, 2], without=["red"])

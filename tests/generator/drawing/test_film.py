"""Films: what a picture looked like when only its first codes had been sampled."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from generator.drawing.film import FIRST_MS, FRAMES, NEXT_MS, animate, decode_unfinished, sampled
from generator.drawing.pipeline import Generator
from generator.networks.vqgan import to_uint8
from tests.generator import tiny


def frames_of(film: bytes) -> list[np.ndarray]:
    with Image.open(io.BytesIO(film)) as image:
        found = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            found.append(np.asarray(image.convert("RGB")).astype(int))
        return found


def test_it_decodes_what_was_sampled_when_it_is_unfinished() -> None:
    vqgan = tiny.vqgan()
    codes = torch.randint(32, (16,), generator=torch.Generator().manual_seed(1))
    counts = torch.tensor([0, 5, 16])
    with torch.inference_mode():
        found = decode_unfinished(vqgan, codes, counts)
        entries = vqgan.quantiser.codebook.weight
        for image, count in zip(found, counts.tolist(), strict=True):
            # One place after the other, as one would say it.
            rows = [entries[c] if n < count else entries.mean(0) for n, c in enumerate(codes)]
            expected = vqgan.paint(torch.stack(rows).view(1, 4, 4, -1))
            torch.testing.assert_close(image.unsqueeze(0), expected)
        torch.testing.assert_close(found[2:], vqgan.decode(codes.unsqueeze(0)))


def test_it_tells_nothing_of_codes_that_come_later() -> None:
    vqgan = tiny.vqgan()
    codes = torch.arange(16)
    other = torch.cat([codes[:7], codes[7:].flip(0)])
    counts = torch.tensor([0, 3, 7])
    assert torch.equal(
        decode_unfinished(vqgan, codes, counts), decode_unfinished(vqgan, other, counts)
    )


@pytest.mark.parametrize(("length", "frames"), [(144, 16), (256, 16), (16, 17), (16, 2)])
def test_it_goes_from_nothing_to_everything_in_even_steps(length: int, frames: int) -> None:
    counts = sampled(length, frames).tolist()
    assert (len(counts), counts[0], counts[-1]) == (frames, 0, length)
    steps = np.diff(counts)
    assert steps.min() >= 1
    assert steps.max() - steps.min() <= 1


@pytest.mark.parametrize("frames", [0, 1, 18])
def test_it_refuses_frames_when_there_are_too_few_or_too_many(frames: int) -> None:
    with pytest.raises(ValueError, match=f"2 to 17 frames, not {frames}"):
        sampled(16, frames)


def test_it_refuses_codes_that_fit_no_picture() -> None:
    vqgan = tiny.vqgan()
    with pytest.raises(ValueError, match="15 codes do not make a square"):
        decode_unfinished(vqgan, torch.zeros(15, dtype=torch.int64), torch.tensor([1]))
    for count in (-1, 17):
        with pytest.raises(ValueError, match=rf"between 0 and 16, not \[{count}\]"):
            decode_unfinished(vqgan, torch.zeros(16, dtype=torch.int64), torch.tensor([count]))


def test_it_films_a_picture_that_was_drawn(generator: Generator) -> None:
    picture = generator.draw("a fox", count=1, keep=1, seed=3).pictures[0]
    film = generator.film(picture)
    found = frames_of(film)
    assert len(found) == FRAMES
    alone = decode_unfinished(
        generator.vqgan, torch.tensor(picture.codes), sampled(len(picture.codes), FRAMES)
    )
    expected = [image.numpy().astype(int) for image in to_uint8(alone)]
    for image, wanted in zip(found, expected, strict=True):
        near = [np.abs(image - other).mean() for other in expected]
        assert np.abs(image - wanted).mean() == min(near)
    # It ends with the picture itself, which is what the last step decodes to.
    assert np.abs(expected[-1] - np.asarray(picture.image).astype(int)).max() <= 1


def test_it_plays_once_and_stays_on_the_finished_picture() -> None:
    stills = [Image.new("RGB", (32, 32), (shade * 60, 0, 90)) for shade in range(4)]
    with Image.open(io.BytesIO(animate(stills))) as film:
        assert (film.format, film.size) == ("WEBP", (32, 32))
        assert film.info["loop"] == 1
        durations = []
        for number in range(4):
            film.seek(number)
            film.load()
            durations.append(film.info["duration"])
    assert durations == [FIRST_MS] + [NEXT_MS] * 3
    assert 2000 <= FIRST_MS + NEXT_MS * (FRAMES - 1) <= 3000

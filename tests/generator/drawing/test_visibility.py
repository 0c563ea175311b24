"""Visibility: each word against others in its place, as CLIP sees it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from generator.drawing.pipeline import Generator
from generator.drawing.visibility import MOST_CONTRASTS, alike, contrasts, visibility
from generator.folders.manifest import BUNDLED
from generator.world.things.hands import HAND_NAMES
from generator.world.words import parts, reading
from generator.world.world import World
from tests.generator import tiny

PROMPT = "a fox riding a bicycle on the moon"


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    folder = tmp_path_factory.mktemp("model")
    tiny.write_model(folder / "staging", folder / "model")
    return Generator.load(folder / "model")


def noise(seed: int, side: int = 32) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def one_by_one(generator: Generator, prompt: str, pictures: list[Image.Image]) -> list[float]:
    """Each picture against each caption through the ranker, and the softmax written out."""
    found = []
    for others in contrasts(prompt, is_of_world=True):
        shares = []
        for picture in pictures if others else []:
            image = torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1) / 255
            cosines = [
                float(generator.ranker.score([caption], image[None, None]))
                for caption in (prompt, *others)
            ]
            powers = [np.exp(generator.ranker.scale * cosine) for cosine in cosines]
            shares.append(powers[0] / sum(powers))
        found.append(float(np.mean(shares)) if shares else -1)
    return found


def test_it_is_a_softmax_over_other_captions_averaged_over_pictures(generator: Generator) -> None:
    pictures = [noise(1), noise(2), noise(3)]
    seen = visibility(generator, PROMPT, pictures)
    expected = one_by_one(generator, PROMPT, pictures)
    assert [each is None for each in seen] == [each == -1 for each in expected]
    shares = [-1 if each is None else each for each in seen]
    assert shares == pytest.approx(expected, rel=1e-3)
    assert len({round(share, 6) for share in shares}) > 4


def test_it_looks_at_pictures_of_different_sizes(generator: Generator) -> None:
    small, large = noise(1, 24), noise(2, 48)
    apart = [visibility(generator, PROMPT, [each]) for each in (small, large)]
    together = visibility(generator, PROMPT, [small, large])
    means = [None if a is None or b is None else (a + b) / 2 for a, b in zip(*apart, strict=True)]
    assert together == pytest.approx(means)


def test_it_sees_alike_what_ranking_has_seen(generator: Generator) -> None:
    pictures = generator.draw("a fox", count=3, keep=3, seed=1).pictures
    images, seen = [each.image for each in pictures], [each.embedding for each in pictures]

    def shares(*looks: Any) -> list[float]:
        return [-1 if each is None else each for each in visibility(generator, PROMPT, *looks)]

    # Ranking sees a picture before its pixels are whole numbers.
    looked = pytest.approx(shares(images), rel=1e-2)
    assert shares([], seen) == looked
    assert shares(images[:1], seen[1:]) == looked
    apart = [shares([], [each]) for each in seen]
    assert len({round(each[1], 5) for each in apart}) == 3
    assert shares([], seen) == pytest.approx(np.mean(apart, axis=0).tolist())


def test_it_wants_pictures(generator: Generator) -> None:
    with pytest.raises(ValueError, match="no pictures"):
        visibility(generator, PROMPT, [])


def test_it_exchanges_parts_of_a_scene_of_the_world() -> None:
    prompt = "a dragon eating ice cream in the city at night"
    words = prompt.split()
    against = contrasts(prompt, is_of_world=True)
    assert len(against) == len(words)
    by_word = dict(zip(words, against, strict=True))
    assert by_word["a"] == []
    assert by_word["ice"] == by_word["cream"]
    assert "a dragon eating pizza in the city at night" in by_word["ice"]
    assert "a dragon eating ice cream on the moon" in by_word["night"]
    assert not any(prompt in others for others in against)
    assert max(map(len, against)) <= MOST_CONTRASTS


def test_it_exchanges_words_of_any_other_prompt() -> None:
    against = contrasts("a tiny robot thing painting under the sea", is_of_world=True)
    assert [len(each) for each in against] == [0, 15, 15, 15, 15, 9, 0, 15]
    assert "a tiny cat thing painting under the sea" in against[2]
    assert "a tiny robot thing dancing under the sea" in against[4]
    assert "a tiny robot thing painting behind the sea" in against[5]


@pytest.mark.parametrize("word", ["cat", "red", "riding", "under", "zeppelin", "thing"])
def test_it_never_compares_a_word_with_itself(word: str) -> None:
    assert word not in alike(word)
    assert alike(word)


def test_it_cuts_every_caption_into_its_words() -> None:
    scenes = World(split="all")
    for index in range(300):
        prompt = scenes.caption(scenes.scene(3, index))
        against = parts.contrasts(prompt, MOST_CONTRASTS)
        assert against is not None
        assert len(against) == len(prompt.split())
    assert parts.contrasts("a fox rides a bicycle", MOST_CONTRASTS) is None


def test_it_sees_what_is_there_better_than_what_is_not() -> None:
    """The bundled model's own CLIP, on scenes by the hand that it knows best."""
    bundled = Generator.load(BUNDLED)
    scenes = World(split="all")
    prompts = ["a fox riding a bicycle on the moon", "a penguin eating pizza in the kitchen"]
    pictures = [
        Image.fromarray(scenes.render(replace(scene, hand=HAND_NAMES.index("flat"))))
        for scene in map(reading.read, prompts)
        if scene
    ]

    def mean(prompt: str, picture: Image.Image) -> float:
        seen = visibility(bundled, prompt, [picture])
        return float(np.mean([each for each in seen if each is not None]))

    for prompt, there, other in zip(prompts, pictures, pictures[::-1], strict=True):
        assert mean(prompt, there) > 2 * mean(prompt, other)

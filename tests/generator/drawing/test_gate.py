"""The gate: a word has to be seen in four of the six pictures, by a measure that was calibrated."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from generator.config import Sight
from generator.drawing.gate import unseen_words
from generator.drawing.pipeline import Generator
from generator.drawing.result import Drawing
from generator.drawing.visibility import FUNCTION_WORDS, visibility
from generator.folders.manifest import WeightsError
from generator.folders.weights import seal
from tests.generator import tiny

PROMPT = "a fox riding a bicycle on the moon"


def measured(place: Path, sight: dict[str, float]) -> Generator:
    """A tiny model whose ranker was calibrated."""
    staging = tiny.stage(place / "staging")
    (staging / "clip" / "sight.json").write_text(json.dumps(sight), encoding="utf-8")
    seal(staging, tiny.manifest(), place / "model")
    return Generator.load(place / "model")


@pytest.fixture(scope="module")
def keen(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return measured(tmp_path_factory.mktemp("keen"), {"visible": 0.07, "whole": -1})


@pytest.fixture(scope="module")
def drawing(keen: Generator) -> Drawing:
    return keen.draw(PROMPT, count=9, keep=6, seed=2)


def counts(generator: Generator, drawing: Drawing, visible: float) -> dict[str, int]:
    """In how many shown pictures each word is seen, one picture at a time."""
    found: dict[str, int] = {}
    for picture in drawing.shown:
        alone = visibility(generator, PROMPT, [], [picture.embedding])
        for word, share in zip(PROMPT.split(), alone, strict=True):
            if share is not None and word not in FUNCTION_WORDS:
                found[word] = found.get(word, 0) + (share >= visible)
    return found


@pytest.mark.parametrize("visible", [0.0, 0.05, 0.0625, 0.07, 0.1, 1.0])
def test_it_names_words_that_fewer_than_four_of_six_show(
    keen: Generator, drawing: Drawing, visible: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keen.ranker, "sight", Sight(visible=visible, whole=-1))
    expected = [word for word, count in counts(keen, drawing, visible).items() if count < 4]
    assert unseen_words(keen, drawing) == expected


def test_it_names_no_connecting_words_and_none_twice(
    keen: Generator, drawing: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keen.ranker, "sight", Sight(visible=1, whole=-1))
    assert unseen_words(keen, drawing) == ["fox", "riding", "bicycle", "moon"]
    spoken = replace(drawing, prompt="A Fox, riding a bicycle on the moon!")
    assert unseen_words(keen, spoken) == ["fox", "riding", "bicycle", "moon"]


def test_it_is_open_when_nobody_has_measured_the_model(generator: Generator) -> None:
    assert generator.ranker.sight is None
    assert unseen_words(generator, generator.draw(PROMPT, seed=2)) is None


def test_it_shows_broken_pictures_last(keen: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    ordered = sorted(keen.draw(PROMPT, count=9, seed=2).pictures, key=lambda each: each.rank)
    monkeypatch.setattr(keen.ranker, "sight", Sight(visible=0, whole=ordered[5].score))
    shown = keen.draw(PROMPT, count=9, keep=6, seed=2).shown
    assert {picture.rank for picture in shown} == set(range(1, 7))


@pytest.mark.parametrize("sight", [{"visible": 2, "whole": 0}, {"visible": 0.5}, {"seen": 1}])
def test_it_refuses_a_model_whose_measure_makes_no_sense(
    sight: dict[str, float], tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match=r"sight\.json"):
        measured(tmp_path, sight)

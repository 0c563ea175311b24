"""The worker's side of warmth: which tables are made, and what happens when none can be."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from game.drawing import tables, warming
from game.models import Puzzle, WarmthTable
from game.rules import warmth
from game.words import vocabulary
from game.words.encoder import SHA256, EncoderError
from tests import factories
from tests.game.rules.warmths import store_table

pytestmark = pytest.mark.django_db


class Warmer:
    """Every word is as warm as the hidden word is long."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def warm(self, hidden: Sequence[str]) -> list[warmth.Table]:
        self.calls.append([*hidden])
        return [warmth.Table(bytes([len(word)]) * len(vocabulary.words())) for word in hidden]


@pytest.fixture
def warmer(monkeypatch: pytest.MonkeyPatch) -> Warmer:
    warmer = Warmer()
    monkeypatch.setattr(tables, "warmer", lambda: warmer)
    return warmer


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(prompt="a fox and a fox on the moon")


def test_it_warms_each_open_word_once(puzzle: Puzzle, warmer: Warmer) -> None:
    assert tables.missing_words(puzzle) == ["fox", "moon"]
    tables.warm_words(puzzle)
    tables.warm_words(puzzle)
    assert warmer.calls == [["fox", "moon"]]
    assert tables.missing_words(puzzle) == []
    for word in ("fox", "moon"):
        row = WarmthTable.objects.current().get(word=word)
        assert warmth.Table.unpack(row.table).look_up("penguin") == len(word)


def test_it_warms_the_words_of_many_puzzles_at_once(puzzle: Puzzle, warmer: Warmer) -> None:
    store_table("fox")
    others = [
        factories.make_puzzle(None, prompt=prompt)
        for prompt in ("a cat on the moon", "a cat and a dog")
    ]
    tables.warm_words(puzzle, *others)
    assert warmer.calls == [["moon", "cat", "dog"]]
    assert tables.missing_words(puzzle, *others) == []


def test_it_warms_again_when_the_model_or_the_vocabulary_is_another(
    puzzle: Puzzle, warmer: Warmer, settings: Settings
) -> None:
    store_table("fox")
    WarmthTable.objects.update(version="0" * 16)
    store_table("moon")
    settings.WARMTH_MODEL_SHA256 = "a" * 64
    store_table("fox")
    assert tables.missing_words(puzzle) == ["moon"]
    tables.warm_words(puzzle)
    assert WarmthTable.objects.count() == 4


@pytest.mark.parametrize("error", [EncoderError("no encoder"), OSError("no encoder")])
def test_it_logs_and_goes_on_when_there_is_no_encoder(
    puzzle: Puzzle,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    def fail() -> Any:
        raise error

    monkeypatch.setattr(tables, "warmer", fail)
    with caplog.at_level(logging.ERROR):
        tables.warm_words(puzzle)
    assert f"Without warmth: Puzzle {puzzle.pk}: no encoder" in caplog.text
    assert not WarmthTable.objects.exists()


def test_it_loads_the_encoder_of_the_settings(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(warming.Warmer, "load", lambda *args: asked.append(args))
    for folder in ("", "/models/other"):
        settings.WARMTH_MODEL = folder
        tables.warmer.cache_clear()
        tables.warmer()
    tables.warmer.cache_clear()
    assert [str(args[0]) for args in asked] == ["None", "/models/other"]
    assert asked[0][1] == SHA256 == settings.WARMTH_MODEL_SHA256

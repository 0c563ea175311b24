"""One tiny model folder and one loaded generator for all tests, which must not change them."""

from pathlib import Path

import pytest

from generator.drawing.pipeline import Generator
from generator.reading.tokenizer import CaptionTokenizer
from tests.generator import tiny


@pytest.fixture(scope="session")
def tokenizer() -> CaptionTokenizer:
    return tiny.tokenizer()


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("model")
    tiny.write_model(place / "staging", place / "tiny")
    return place / "tiny"


@pytest.fixture(scope="session")
def generator(model_folder: Path) -> Generator:
    return Generator.load(model_folder)

"""Files of a drawing: what they say of themselves, and what an earlier drawing left."""

import json
from pathlib import Path

import pytest
from PIL import Image

from generator.drawing.pipeline import Generator
from generator.drawing.writing import DESCRIPTION, clear, save
from tests.generator import tiny


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_it_says_what_it_was_drawn_from(generator: Generator, tmp_path: Path, kind: str) -> None:
    drawing = generator.draw(tiny.CAPTIONS[0], count=2, keep=1, seed=3)
    picture, path = drawing.pictures[0], tmp_path / f"01.{kind}"
    save(picture, drawing.manifest, path)
    with Image.open(path) as found:
        if kind == "png":
            text = {name: str(found.info[name]) for name in ("prompt", "seed", "model")}
            facts = {"prompt": text["prompt"], "seed": int(text["seed"])}
            facts["model"] = json.loads(text["model"])
            assert found.tobytes() == picture.image.tobytes()
        else:
            facts = json.loads(found.getexif()[DESCRIPTION])
    assert facts["prompt"] == tiny.CAPTIONS[0]
    assert facts["seed"] == picture.seed
    assert facts["model"] == drawing.manifest["model"]


def test_it_clears_away_what_an_earlier_drawing_left_and_nothing_else(tmp_path: Path) -> None:
    left = ["01.png", "12.jpg", "sheet.png", "manifest.json"]
    others = ["notes.txt", "fox.png", "1.png.bak"]
    for name in left + others:
        (tmp_path / name).write_text("x")
    clear(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(others)
    (tmp_path / "01.png").write_text("of somebody else, for there is no manifest")
    clear(tmp_path)
    assert (tmp_path / "01.png").exists()

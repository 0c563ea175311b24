"""`recipe own`, the whole way at smoke size."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image

from generator.__main__ import main
from generator.config import ConfigError
from generator.drawing.pipeline import Generator
from generator.folders.manifest import verify
from generator.training.own.clip import matching_loss, same_of
from generator.training.own.sizes import SMALL, sizes_of
from generator.training.vqgan.stage import load_vqgan
from tests.generator.sources.datasets import write_folder, write_shard

pytestmark = pytest.mark.long
PICTURES = 40


def recipe(place: Path, *options: str) -> int:
    command = ["recipe", "own", "--data", str(place / "data"), "--out", str(place / "model")]
    return main([*command, "--dir", str(place / "runs"), "--size", "smoke", *options])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """data/, runs/ and model/, once over."""
    place = tmp_path_factory.mktemp("own")
    write_folder(place / "data", range(PICTURES))
    (place / "data" / "3.png").write_bytes(b"rubbish")
    assert recipe(place, "--licence", "CC0-1.0", "--held-out", "0.1") == 0
    return place


def test_it_makes_a_model_that_draws_any_words(place: Path) -> None:
    manifest = verify(place / "model")
    assert (manifest.name, manifest.licence) == ("model", "CC0-1.0")
    assert manifest.vocabulary == "open"
    generator = Generator.load(place / "model")
    drawing = generator.draw("a zebra, number 7", count=2, keep=1, seed=0)
    assert drawing.pictures[0].image.size == (48, 48)


def test_it_tells_what_the_model_was_made_of(place: Path) -> None:
    card = (place / "model" / "README.md").read_text(encoding="utf-8")
    assert "Trained on 35 captioned pictures" in card or "Trained on 36 captioned pictures" in card
    assert "1 could not be used" in card
    assert "held_out" in card
    assert Image.open(place / "model" / "samples.png").size == (4 * 48, 3 * 48)


def test_it_watches_captions_that_it_does_not_learn(place: Path) -> None:
    lines = [json.loads(line) for line in (place / "runs" / "bart" / "log.jsonl").open()]
    seen = {line["step"]: line["held_out"] for line in lines if "held_out" in line}
    assert list(seen) == [0, 10, 20]
    learnt, kept = (
        (place / "runs" / "codes" / name / "captions.bin").read_bytes().decode()
        for name in ("train", "held-out")
    )
    numbers = [set(text.split("picture number ")[1:]) for text in (learnt, kept)]
    assert not numbers[0] & numbers[1]
    assert len(numbers[0] | numbers[1]) == PICTURES - 1


def test_it_does_nothing_again_when_all_is_done(place: Path) -> None:
    files = [*(place / "runs").rglob("state.pt"), *(place / "runs").rglob("codes.bin")]
    before = {file: file.stat().st_mtime_ns for file in files}
    assert len(before) == 5
    manifest = verify(place / "model")
    assert recipe(place, "--licence", "CC0-1.0", "--held-out", "0.1") == 0
    assert {file: file.stat().st_mtime_ns for file in files} == before
    assert verify(place / "model").hash == manifest.hash


def test_it_refuses_to_go_on_when_the_data_have_changed(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(place, tmp_path / "own")
    with (tmp_path / "own" / "data" / "captions.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"file": "4.png", "caption": "one more"}\n')
    assert recipe(tmp_path / "own", "--held-out", "0.1") == 2
    assert "was made with another data" in capsys.readouterr().err


def test_it_goes_on_from_a_model_when_one_is_given(place: Path, tmp_path: Path) -> None:
    write_folder(tmp_path / "data", range(PICTURES, PICTURES + 12))
    given = str(place / "model")
    assert recipe(tmp_path, "--init-from", given, "--clip", given, "--bart-steps", "1") == 0
    for name in ("vqgan", "clip"):
        file = f"{name}/model.safetensors"
        assert (tmp_path / "model" / file).read_bytes() == (place / "model" / file).read_bytes()
    words = "tokenizer/tokenizer.json"
    assert (tmp_path / "model" / words).read_bytes() == (place / "model" / words).read_bytes()


def test_it_trains_a_given_vqgan_on_when_told_to(place: Path, tmp_path: Path) -> None:
    for start in (0, 10):
        write_shard(tmp_path / "data" / f"{start:02}.tar", range(start, start + 10))
    options = ["--vqgan", str(place / "model"), "--tune-vqgan", "--workers", "1"]
    steps = ["--vqgan-steps", "2", "--bart-steps", "1", "--clip-steps", "1"]
    assert recipe(tmp_path, *options, *steps) == 0
    verify(tmp_path / "model")
    given, tuned = (load_vqgan(folder / "model" / "vqgan") for folder in (place, tmp_path))
    assert torch.equal(given.quantiser.codebook.weight, tuned.quantiser.codebook.weight)
    assert not torch.equal(given.decoder.conv_out.weight, tuned.decoder.conv_out.weight)


def test_it_asks_for_a_vqgan_when_one_is_to_be_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recipe(tmp_path, "--tune-vqgan") == 2
    assert "--tune-vqgan needs --vqgan" in capsys.readouterr().err
    assert recipe(tmp_path, "--held-out", "2") == 2
    assert "a share between 0 and 1" in capsys.readouterr().err


def test_it_compares_sizes_before_anything_runs_when_halves_are_given(
    place: Path, model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(tmp_path / "data", range(6))
    options = ["--init-from", str(place / "model"), "--vqgan", str(model_folder)]
    assert recipe(tmp_path, *options) == 2
    assert "BART writes 36 of 64 codes, the VQGAN has 16 of 32" in capsys.readouterr().err
    assert not (tmp_path / "runs" / "codes").exists()


def test_it_reads_sizes_from_a_file_when_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sizes.json"
    file.write_text('{"base": "small", "bart": {"width": 64}, "plans": {"bart": {"steps": 9}}}')
    found = sizes_of(str(file))
    assert (found.bart.width, found.plans["bart"].steps) == (64, 9)
    assert found.vqgan == SMALL.vqgan
    file.write_text('{"bart": {"breadth": 64}}')
    with pytest.raises(ConfigError, match="breadth"):
        sizes_of(str(file))
    with pytest.raises(ConfigError, match="there is no size huge, but small, mini"):
        sizes_of("huge")


def test_it_forgives_pictures_of_one_caption_when_clip_is_trained() -> None:
    same = same_of(["a", "b", "a"])
    assert same.tolist() == [[False, False, True], [False, False, False], [True, False, False]]
    vectors = torch.eye(3)
    scale = torch.tensor(10.0)
    mixed = torch.stack([vectors[0], vectors[1], vectors[0]])
    assert matching_loss(mixed, mixed, same, scale) < 0.01
    assert matching_loss(mixed, mixed, torch.zeros_like(same), scale) > 0.4

"""The whole recipe from nothing, its commands, and trainers that are killed on the way."""

import argparse
import json
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from generator.__main__ import main
from generator.config import TINY_VQGAN
from generator.folders.manifest import REQUIRED, verify
from generator.training import cli
from generator.training.assemble import assemble
from generator.training.overrides import recipe_of
from generator.training.recipe import BUNDLED_RECIPE, STAGES, encode
from generator.training.smoke import SMOKE_RECIPE
from generator.training.vqgan.stage import load_vqgan
from tests.generator.training.killed import PLAN, RECIPE

pytestmark = pytest.mark.long
KILLED = ("vqgan", "bart", "clip")


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all runs after the smoke recipe."""
    runs = tmp_path_factory.mktemp("smoke")
    assert main(["recipe", "bundled", "--smoke", "--dir", str(runs)]) == 0
    return runs


def test_it_draws_ranked_pictures_when_a_model_was_made_from_nothing(smoke: Path) -> None:
    assert set(verify(smoke / "model").files) == {*REQUIRED, "clip/sight.json"}
    pictures = sorted((smoke / "drawing").iterdir())
    assert [path.name for path in pictures] == [f"{rank:02}.png" for rank in range(1, 7)]
    assert {Image.open(path).size for path in pictures} == {(96, 96)}


def test_it_falls_everywhere_when_losses_are_read(smoke: Path) -> None:
    # The discriminator joins in the VQGAN's loss on the way, but not in its decibels.
    for stage, figure, sign in (
        ("features", "loss", 1),
        ("vqgan", "psnr", -1),
        ("bart", "loss", 1),
    ):
        lines = [json.loads(line) for line in (smoke / stage / "log.jsonl").open()]
        assert sign * lines[-1][figure] < sign * lines[0][figure], stage


def test_it_trains_nothing_again_when_all_is_done(smoke: Path) -> None:
    files = [
        path for path in smoke.rglob("*") if path.name in ("state.pt", "codes.bin", "pictures.bin")
    ]
    before = {path: path.stat().st_mtime_ns for path in files}
    assert len(before) == 8
    manifest = verify(smoke / "model")
    for stage in STAGES.values():
        stage(SMOKE_RECIPE, smoke)
    assert {path: path.stat().st_mtime_ns for path in files} == before
    assert assemble(smoke, smoke / "model").hash == manifest.hash


def test_it_keeps_the_codes_when_the_decoder_was_trained(smoke: Path) -> None:
    trained = load_vqgan(smoke / "vqgan").quantiser.codebook.weight
    first = torch.load(smoke / "vqgan" / "codebook.pt", weights_only=True)
    expected = first["quantiser.codebook.weight"]
    torch.testing.assert_close(trained, expected.half().float(), atol=0, rtol=0)


def test_it_leaves_nothing_behind_when_a_stage_is_missing(smoke: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(smoke, runs)
    shutil.rmtree(runs / "clip")
    with pytest.raises(FileNotFoundError):
        assemble(runs, tmp_path / "model")
    assert list(tmp_path.iterdir()) == [runs]


@pytest.fixture(scope="module")
def stopped(smoke: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of runs: one where every trainer ran through, one where each was killed once."""
    place = tmp_path_factory.mktemp("killed")
    whole, killed = place / "whole", place / "killed"
    for stage in KILLED:
        for runs in (whole, killed):
            shutil.copytree(smoke, runs / stage)
            shutil.rmtree(runs / stage / stage)
            STAGES["codebook"](RECIPE, runs / stage)
        STAGES[stage](RECIPE, whole / stage)
    dice = random.SystemRandom()
    tasks = [f"{killed / stage / stage}:{dice.randrange(PLAN.steps)}" for stage in KILLED]
    program = [sys.executable, "-W", "error", "-m", "tests.generator.training.killed", *tasks]
    subprocess.run(program, check=True, timeout=400)
    return whole, killed


@pytest.mark.parametrize("stage", KILLED)
def test_it_ends_with_the_same_weights_when_it_was_killed(
    stopped: tuple[Path, Path], stage: str
) -> None:
    whole, killed = (place / stage for place in stopped)
    assert not (killed / stage / "state.pt").exists() or (
        torch.load(killed / stage / "state.pt", weights_only=True)["step"] < PLAN.steps
    )
    STAGES[stage](RECIPE, killed)
    states = [torch.load(runs / stage / "state.pt", weights_only=True) for runs in (whole, killed)]
    assert states[0]["step"] == PLAN.steps
    assert bool(states[0]["others"]) == (stage == "vqgan")
    assert states[0].pop("data") == states[1].pop("data")
    # The same computation in another process: at most the last bits of a sum differ.
    torch.testing.assert_close(states[1], states[0], atol=1e-6, rtol=1e-5)


def test_it_goes_on_from_given_weights_when_asked(smoke: Path, tmp_path: Path) -> None:
    for stage in ("bart", "clip"):
        runs = tmp_path / stage
        shutil.copytree(smoke, runs)
        shutil.rmtree(runs / stage)
        plan = replace(PLAN, steps=1, rate=0.0)
        recipe = replace(SMOKE_RECIPE, plans={stage: plan}, init_from=smoke / stage)
        STAGES[stage](recipe, runs)
        assert (runs / stage / "model.safetensors").read_bytes() == (
            smoke / stage / "model.safetensors"
        ).read_bytes()


def test_it_trains_on_pictures_of_ones_own_when_they_are_encoded(
    smoke: Path, tmp_path: Path
) -> None:
    own, runs = tmp_path / "own", tmp_path / "runs"
    assert main(["world", "--count", "9", "--size", "96", "--out", str(own)]) == 0
    shutil.copytree(smoke, runs)
    shutil.rmtree(runs / "bart")
    codes = tmp_path / "codes"
    recipe = replace(SMOKE_RECIPE, data=str(own), codes=codes)
    encode(recipe, runs)
    STAGES["bart"](replace(recipe, data=None), runs)
    assert (runs / "bart" / "model.safetensors").is_file()
    shutil.rmtree(runs / "vqgan")
    shutil.copytree(smoke / "vqgan", tmp_path / "given")
    plan = replace(PLAN, steps=1)
    STAGES["vqgan"](replace(recipe, plans={"vqgan": plan}, init_from=tmp_path / "given"), runs)
    assert (runs / "vqgan" / "model.safetensors").is_file()


def test_it_says_what_is_missing_when_there_is_nothing_to_encode(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="encode needs --data"):
        encode(SMOKE_RECIPE, tmp_path)


def recipe_for(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    return parser.parse_args(list(words))


def test_it_follows_the_recipe_when_the_command_line_says_nothing() -> None:
    assert (*STAGES,) == cli.STAGES
    for stage in STAGES:
        assert recipe_of(recipe_for(stage)) == BUNDLED_RECIPE


def test_it_changes_one_plan_when_the_command_line_says_otherwise() -> None:
    found = recipe_of(recipe_for("bart", "--steps", "9", "--rate", "0.5", "--smoothing", "0.1"))
    plan = replace(BUNDLED_RECIPE.plans["bart"], steps=9, rate=0.5)
    assert found == replace(
        BUNDLED_RECIPE, plans={**BUNDLED_RECIPE.plans, "bart": plan}, smoothing=0.1
    )


def test_it_trains_another_vqgan_when_given_its_config(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(TINY_VQGAN.to_dict()), encoding="utf-8")
    found = recipe_of(recipe_for("vqgan", "--config", str(file), "--no-adversarial"))
    assert found.vqgan == TINY_VQGAN
    assert found.objective == replace(BUNDLED_RECIPE.objective, adversarial_from=None)


def test_it_refuses_options_that_a_stage_does_not_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert {*cli.USED} == {*STAGES, "encode", "assemble"}
    assert main(["train", "tokenizer", "--steps", "9", "--no-adversarial"]) == 2
    assert "tokenizer does not use --no-adversarial, --steps" in capsys.readouterr().err
    every = {name for name in vars(recipe_for("bart")) if name not in ("stage", "dir")}
    assert every == set().union(*cli.USED.values())


def test_it_encodes_as_many_at_once_as_it_is_told() -> None:
    found = recipe_of(recipe_for("encode", "--data", "shards", "--codes", "codes", "--batch", "4"))
    assert found == replace(BUNDLED_RECIPE, data="shards", codes=Path("codes"), encode_batch=4)

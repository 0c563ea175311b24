"""The whole pipeline with a tiny model: prompt and seeds in, ranked pictures out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from generator.config import ConfigError, Sampling
from generator.drawing.pipeline import Generator
from generator.drawing.result import SEED_LIMIT, Drawing
from generator.drawing.sampling import sample_codes, uniforms_for
from generator.folders.manifest import WeightsError, read_manifest
from generator.folders.weights import seal
from generator.networks.vqgan import to_uint8
from generator.safety.rules import UnsafePrompt
from tests.generator import tiny

PROMPT = "A Fox riding a bicycle!"


@pytest.fixture(scope="module")
def drawing(generator: Generator) -> Drawing:
    return generator.draw(PROMPT, count=5, keep=3, seed=40)


def pixels(drawing: Drawing) -> dict[int, np.ndarray]:
    return {p.seed: np.asarray(p.image).astype(int) for p in drawing.pictures}


def one_by_one(generator: Generator, seed: int) -> tuple[Tensor, float]:
    """(1, 3, H, W) and its score, from the parts themselves and untrimmed text rows."""
    ids, mask = generator.tokenizer(["a fox riding a bicycle", ""])
    codes = sample_codes(generator.bart, ids, mask, [[seed]], generator.settings)
    with torch.no_grad():
        image = generator.vqgan.decode(codes[0]).clamp(0, 1)
    return image, float(generator.ranker.score(["a fox riding a bicycle"], image[None]))


def test_it_gives_the_pictures_and_scores_of_the_parts_when_drawing(
    generator: Generator, drawing: Drawing
) -> None:
    alone = {seed: one_by_one(generator, seed) for seed in range(40, 45)}
    for picture in drawing.pictures:
        image, score = alone[picture.seed]
        assert picture.score == pytest.approx(score, abs=1e-5)
        expected = to_uint8(image)[0].numpy().astype(int)
        assert np.abs(np.asarray(picture.image).astype(int) - expected).max() <= 1
    best_first = sorted(alone, key=lambda seed: alone[seed][1], reverse=True)
    assert [picture.seed for picture in drawing.pictures] == best_first


def test_it_hands_on_what_clip_saw_when_drawing(generator: Generator, drawing: Drawing) -> None:
    for picture in drawing.pictures:
        image, _score = one_by_one(generator, picture.seed)
        seen = torch.tensor(picture.embedding)
        torch.testing.assert_close(seen, generator.ranker.pictures(image)[0], atol=1e-5, rtol=1e-4)


def test_it_ranks_from_one_downwards_when_drawing(drawing: Drawing) -> None:
    scores = [picture.score for picture in drawing.pictures]
    assert [picture.rank for picture in drawing.pictures] == [1, 2, 3, 4, 5]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 5
    assert {picture.seed for picture in drawing.pictures} == set(range(40, 45))
    assert {(p.image.size, p.image.mode) for p in drawing.pictures} == {((32, 32), "RGB")}


def test_it_draws_the_same_bytes_when_prompt_and_seed_are_the_same(
    generator: Generator, drawing: Drawing
) -> None:
    again = generator.draw(PROMPT, count=5, keep=3, seed=40)
    for first, second in zip(drawing.pictures, again.pictures, strict=True):
        assert first.image.tobytes() == second.image.tobytes()
        assert (first.rank, first.seed, first.score) == (second.rank, second.seed, second.score)


@pytest.mark.parametrize("count", [1, 2, 9])
def test_it_draws_the_same_image_when_the_count_is_another(
    generator: Generator, drawing: Drawing, count: int
) -> None:
    ours = pixels(generator.draw(PROMPT, count=count, keep=1, seed=41))
    theirs = pixels(drawing)
    shared = ours.keys() & theirs.keys()
    assert len(shared) == min(count, 4)
    for seed in shared:  # another batch size may round a value to the next byte, no more
        assert np.abs(ours[seed] - theirs[seed]).max() <= 1


def test_it_draws_something_else_when_prompt_seed_or_settings_differ(
    generator: Generator, drawing: Drawing
) -> None:
    first = pixels(drawing)[40]
    others = [
        generator.draw("an owl", count=1, keep=1, seed=40),
        generator.draw(PROMPT, count=1, keep=1, seed=45),
        generator.draw(PROMPT, count=1, keep=1, seed=40, settings=Sampling(temperature=3.0)),
    ]
    assert all(np.abs(first - next(iter(pixels(o).values()))).max() > 10 for o in others)


def test_it_draws_the_same_when_the_prompt_is_written_differently(generator: Generator) -> None:
    plain = generator.draw("a fox riding a bicycle", count=1, keep=1, seed=40)
    fancy = generator.draw("  A FÓX, riding a bicycle…", count=1, keep=1, seed=40)
    assert plain.pictures[0].image.tobytes() == fancy.pictures[0].image.tobytes()


def test_it_writes_down_how_to_draw_again_when_done(
    generator: Generator, drawing: Drawing, model_folder: Path
) -> None:
    assert drawing.prompt == PROMPT
    manifest = drawing.manifest
    assert manifest["prompt"] == PROMPT
    assert manifest["model"] == {"name": "tiny", "hash": read_manifest(model_folder).hash}
    assert Sampling.from_dict(manifest["settings"]) == generator.settings
    assert (manifest["seed"], manifest["count"], manifest["kept"]) == (40, 5, 3)
    assert manifest["pictures"] == [
        {"rank": p.rank, "seed": p.seed, "score": p.score} for p in drawing.pictures
    ]
    assert set(manifest["seconds"]) == {"sample", "paint", "rank"}
    other = generator.draw("an owl", count=1, keep=1, seed=0, settings=Sampling(top_k=3))
    assert other.manifest["settings"]["top_k"] == 3


def test_it_moves_from_nothing_to_all_when_watched(generator: Generator) -> None:
    seen: list[tuple[float, str]] = []
    generator.draw(PROMPT, count=1, keep=1, seed=0, on_progress=lambda *now: seen.append(now))
    fractions = [fraction for fraction, _ in seen]
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 16
    assert list(dict.fromkeys(stage for _, stage in seen)) == [
        "reading",
        "painting",
        "ranking",
        "done",
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keep": 4}, r"keep must be between 1 and count \(3\), not 4"),
        ({"keep": 0}, "keep must be between 1 and count"),
        ({"count": 0, "keep": 0}, "keep must be between"),
        ({"seed": -1}, "seed must be between 0 and .*not -1"),
        ({"seed": SEED_LIMIT - 2}, "seed must be between 0 and"),
        ({"prompt": ""}, "the prompt has no words"),
        ({"prompt": " …! "}, "the prompt has no words"),
    ],
)
def test_it_refuses_when_an_argument_makes_no_sense(
    generator: Generator, changes: dict[str, Any], message: str
) -> None:
    arguments = {"prompt": PROMPT, "count": 3, "keep": 2, "seed": 0, **changes}
    with pytest.raises(ValueError, match=message):
        generator.draw(arguments.pop("prompt"), **arguments)


def test_it_draws_with_the_last_seed_when_it_is_in_range(generator: Generator) -> None:
    drawing = generator.draw(PROMPT, count=2, keep=1, seed=SEED_LIMIT - 3)
    assert {p.seed for p in drawing.pictures} == {SEED_LIMIT - 3, SEED_LIMIT - 2}


def test_it_draws_from_other_numbers_when_seeds_differ_by_powers_of_two() -> None:
    seeds = [40, *(40 + 2**power for power in range(64) if 40 + 2**power < SEED_LIMIT)]
    assert len({tuple(row) for row in uniforms_for(seeds, 16).tolist()}) == len(seeds)


def test_it_refuses_before_it_draws_when_the_prompt_is_unsafe(generator: Generator) -> None:
    seen: list[float] = []
    with pytest.raises(UnsafePrompt, match="naked"):
        generator.draw("a NAKED fox", seed=0, on_progress=lambda now, _: seen.append(now))
    assert seen == []


def test_it_knows_the_words_of_the_world_when_it_was_taught_them(
    generator: Generator, tmp_path: Path
) -> None:
    assert generator.unknown_words("a foxx riding") == ["foxx"]
    assert "fox" in generator.nearest_words("foxx")
    assert generator.image_size == 32
    tiny.write_model(tmp_path / "staging", tmp_path / "open", vocabulary="open")
    open_model = Generator.load(tmp_path / "open")
    assert open_model.unknown_words("a foxx riding") == []
    assert open_model.nearest_words("foxx") == []


def test_it_refuses_a_model_when_its_networks_do_not_fit(tmp_path: Path) -> None:
    staging = tiny.stage(tmp_path / "staging", codebook_size=31)
    seal(staging, tiny.manifest(), tmp_path / "model")
    with pytest.raises(WeightsError, match="BART writes 32 codes, the VQGAN has 31"):
        Generator.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normaliser": "shouted"}, "unknown text normaliser 'shouted'"),
        ({"sampling": {"temperature": 0}}, "temperature"),
        ({"sampling": {"heat": 1}}, "heat"),
    ],
)
def test_it_refuses_a_model_when_its_manifest_makes_no_sense(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    tiny.write_model(tmp_path / "staging", tmp_path / "model", **changes)
    with pytest.raises(WeightsError, match=message):
        Generator.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bart/config.json", '{"width": 3}', "BartConfig.*missing"),
        ("vqgan/config.json", "[]", "holds a list"),
        ("tokenizer/tokenizer.json", "{}", "is not a tokenizer file"),
        ("clip/tokenizer.json", "{}", "is not a tokenizer file"),
        ("clip/config.json", "{}", r"clip/config\.json is no CLIP config"),
        ("bart/model.safetensors", "", r"bart/model\.safetensors cannot be read"),
    ],
)
def test_it_refuses_a_model_when_a_sealed_file_makes_no_sense(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    staging = tiny.stage(tmp_path / "staging")
    (staging / name).write_text(content, encoding="utf-8")
    seal(staging, tiny.manifest(), tmp_path / "model")
    with pytest.raises(WeightsError, match=message):
        Generator.load(tmp_path / "model")


def test_it_takes_settings_by_name_and_models_by_theirs(
    generator: Generator, model_folder: Path
) -> None:
    named = Generator.load(str(model_folder))
    assert named.manifest == generator.manifest
    found = named.draw(PROMPT, count=1, keep=1, seed=4, settings={"temperature": 0.5, "top_k": 3})
    settings = replace(generator.settings, temperature=0.5, top_k=3)
    wanted = generator.draw(PROMPT, count=1, keep=1, seed=4, settings=settings)
    assert found.pictures[0].codes == wanted.pictures[0].codes
    assert found.manifest["settings"] == settings.to_dict()
    with pytest.raises(ConfigError, match="no field heat"):
        named.draw(PROMPT, count=1, keep=1, seed=4, settings={"heat": 1})


def test_it_says_so_when_there_is_no_such_device(model_folder: Path) -> None:
    with pytest.raises(ValueError, match="there is no device cuda:77 here"):
        Generator.load(model_folder, device="cuda:77")

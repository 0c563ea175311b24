"""The exam of a model: prompts, pictures, figures, report and command line."""

import base64
import io
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from generator.__main__ import main
from generator.drawing.pipeline import Generator
from generator.evaluation.exam import GROUPS, Exam, as_tensor, held_out_prompts, hold_exam
from generator.evaluation.figures import (
    confusions,
    figures_of,
    missed_nouns,
    share_right,
    standard_error,
)
from generator.evaluation.reading import Reading
from generator.evaluation.report import as_text, verdict, write_grids, write_report
from generator.networks.vqgan import to_uint8
from generator.training.loop.stream import bundled_world
from generator.world.scenes.scene import Scene
from generator.world.scenes.splits import is_held_out
from generator.world.words import vocabulary
from generator.world.words.reading import read
from tests.generator.evaluation import judges
from tests.generator.evaluation.judges import FOX, case, reading

HEN = Scene("rooster", place="farm")


@pytest.fixture(scope="module")
def exam(generator: Generator) -> Exam:
    return hold_exam(generator, judges.recogniser(), prompts=2, seed=5, reference=4)


@pytest.fixture
def recogniser_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "recogniser"
    judges.recogniser().save(folder)
    return folder


def test_it_asks_for_what_training_never_saw_when_it_holds_an_exam() -> None:
    prompts = held_out_prompts(132, seed=3)
    assert len({prompt for prompt, _ in prompts}) == 132
    for prompt, scene in prompts:
        assert is_held_out(scene)
        assert read(prompt) is not None
        assert bundled_world().caption(scene) == prompt
    # As puzzles are: each relation as often, a place in all, a colour in a quarter of each.
    relations = Counter(scene.relation for _, scene in prompts)
    assert len(relations) == len(vocabulary.RELATIONS)
    assert max(relations.values()) - min(relations.values()) <= 2
    assert all(scene.place != vocabulary.NO_PLACE for _, scene in prompts)
    coloured = Counter(scene.relation for _, scene in prompts if scene.colour)
    assert set(coloured.values()) <= {2, 3, 4}
    assert coloured.keys() == relations.keys()
    assert held_out_prompts(20, seed=3) == prompts[:20]
    assert not {p for p, _ in held_out_prompts(20, seed=4)} & {p for p, _ in prompts[:20]}
    with pytest.raises(ValueError, match="at least 1 prompt, not 0"):
        held_out_prompts(0, seed=3)


def test_it_lays_scene_reconstruction_and_candidates_side_by_side_when_it_examines(
    exam: Exam, generator: Generator
) -> None:
    for one, (prompt, scene) in zip(exam.cases, held_out_prompts(2, seed=5), strict=True):
        assert one.prompt == prompt
        assert [r.scene for r in one.readings] == [scene] * 11
        real = torch.nn.functional.interpolate(
            as_tensor(bundled_world().render(scene)[None]),
            (32, 32),
            mode="bilinear",
            antialias=True,
        )
        np.testing.assert_array_equal(one.images[0], to_uint8(real)[0])
        codes = generator.vqgan.encode(real)
        assert one.codes.tolist() == codes[0].tolist()
        with torch.inference_mode():
            np.testing.assert_array_equal(one.images[1], to_uint8(generator.vqgan.decode(codes))[0])
        drawing = generator.draw(prompt, count=9, keep=6, seed=5)
        assert one.chosen == drawing.chosen
        for picture, pixels, score in zip(
            drawing.pictures, one.images[2:], one.scores, strict=True
        ):
            np.testing.assert_allclose(pixels, np.asarray(picture.image), atol=1)
            assert score == pytest.approx(picture.score, abs=1e-5)
    assert len(exam.reference) == len(exam.held_out) == len(exam.training) == 4
    assert all(is_held_out(r.scene) for r in exam.reference)


def test_it_refuses_when_there_is_nothing_to_compare_with(generator: Generator) -> None:
    with pytest.raises(ValueError, match="at least 2 scenes"):
        hold_exam(generator, judges.recogniser(), prompts=1, seed=0, reference=1)


def marked(scene: Scene, right: str, probabilities: list[float] | None = None) -> list[Reading]:
    """Readings of a whole case: 1 is right, 0 takes the subject for a snail."""
    sure = probabilities or [0.5] * len(right)
    return [
        replace(reading(scene, **({} if mark == "1" else {"subject": "snail"})), probability=p)
        for mark, p in zip(right, sure, strict=True)
    ]


def test_it_counts_pictures_when_it_tells_shares() -> None:
    cases = [case(FOX, marked(FOX, "11111100000")), case(HEN, marked(HEN, "10100000001"))]
    assert {group: share_right(cases, group) for group in GROUPS} == pytest.approx(
        {"real": 1, "reconstruction": 0.5, "top6": 5 / 12, "all": 6 / 18}
    )
    # Two prompts of 4/6 and 1/6: half their distance, divided by the root of two.
    assert standard_error(cases, "top6") == pytest.approx(0.25 / 2**0.5)


def test_it_counts_the_worst_first_when_nouns_are_confused() -> None:
    readings = [
        reading(FOX, subject="wolf"),
        reading(FOX, object="scooter"),
        reading(FOX, subject="wolf", place="mars"),
        reading(FOX),
        reading(HEN, place="city", object="hat"),
    ]
    assert confusions(readings) == [("fox", "wolf", 2), ("bicycle", "scooter", 1)]
    assert missed_nouns(readings) == [("fox", 2, 4), ("bicycle", 1, 4)]


def test_it_gives_every_figure_when_an_exam_is_over(exam: Exam, generator: Generator) -> None:
    falling = [0.9 - 0.1 * i for i in range(9)]
    cases = [
        case(FOX, marked(FOX, "11111111000", [1, 1, *falling])),
        case(HEN, marked(HEN, "11000000111", [1, 1, *reversed(falling)])),
    ]
    for number, one in enumerate(cases):  # readings need features, and pictures their size
        for row, each in enumerate(one.readings):
            each.features[:] = (row, number)
    reference = [reading(FOX, subject="wolf"), reading(HEN)]
    reference[0].features[:] = 1
    small = Exam(cases, reference, exam.held_out, exam.training)
    figures = figures_of(small, generator, judges.recogniser())
    assert figures["guessability"] == pytest.approx(
        {"real": 1, "reconstruction": 1, "top6": 0.5, "all": 0.5}
    )
    assert figures["relative_to_real"] == pytest.approx(
        {"reconstruction": 1, "top6": 0.5, "all": 0.5}
    )
    assert figures["recogniser_on_reference"] == 0.5
    assert figures["attributes"]["object"] == pytest.approx(
        {"prompts": 1, "real": 1, "reconstruction": 1, "top6": 1, "all": 1, "reference": 1}
    )
    assert figures["attributes"]["subject"]["top6"] == 0.5
    assert figures["attributes"]["subject"]["reference"] == 0.5
    nothing = {"prompts": 0, **dict.fromkeys([*GROUPS, "reference"])}
    assert figures["attributes"]["colour"] == figures["relations"]["eating"] == nothing
    assert figures["nouns"][0] == ("rooster", 0.0, 6)
    assert figures["colours"] == {}
    assert figures["relations"]["riding"]["top6"] == 1
    assert figures["relations"]["alone"]["top6"] == 0
    assert figures["ranking"] == pytest.approx(
        # The first prompt has six right ones and the second three, which another order would show.
        {"gain": 0, "gain_of_best": 0, "gain_possible": 0.25, "rank_correlation": 0}
    )
    assert figures["psnr"] == pytest.approx(20 * np.log10(255 / 10), abs=1e-3)
    assert figures["codes"] == pytest.approx({"used": 1 / 32, "perplexity": 1, "pictures": 2})
    assert figures["frechet"]["reconstruction"] > 0
    assert figures["confused"]["top6"] == [("rooster", "snail", 6)]
    json.dumps(figures, allow_nan=False)


def test_it_notices_when_a_model_copies_training_scenes(generator: Generator) -> None:
    dice = torch.Generator().manual_seed(0)
    held_out, training = (torch.rand(40, 3 * 32 * 32, generator=dice) for _ in range(2))
    one = case(FOX, marked(FOX, "1" * 11))
    for each in one.readings:
        each.features[:] = 0
    reference = [reading(FOX), reading(HEN)]

    def nearer(training: torch.Tensor) -> float:
        figures = figures_of(
            Exam([one], reference, held_out, training), generator, judges.recogniser()
        )
        return float(figures["nearest_training"]["top6_nearer_than_95_percent_of_real"])

    copied = training.clone()
    copied[:9] = torch.stack([torch.full((3 * 32 * 32,), 10 * i / 255) for i in range(2, 11)])
    assert nearer(copied) == 1
    assert nearer(training + 5) == 0


def test_it_says_what_was_misread_when_it_gives_a_verdict() -> None:
    assert verdict(reading(FOX)) == "✓"
    assert verdict(reading(FOX, relation="next_to")) == "riding → next_to"
    assert verdict(reading(FOX, count="2")) == "✓"
    assert verdict(reading(FOX, subject="wolf", place="mars")) == "fox → wolf, moon → mars"


def figures_for(exam: Exam, generator: Generator) -> dict[str, object]:
    return {
        **figures_of(exam, generator, judges.recogniser()),
        "model": {"name": "a <b> model", "hash": "0123abcd"},
        "settings": {"temperature": 0.5},
        "recogniser": "4567cdef",
        "prompts": 2,
        "seed": 5,
        "reference": 4,
    }


def test_it_writes_a_page_by_itself_when_asked_for_a_report(
    exam: Exam, generator: Generator, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "report.html"
    write_report(path, figures_for(exam, generator), exam.cases)
    page = path.read_text(encoding="utf-8")
    assert "a &lt;b&gt; model" in page
    assert "0123abcd" in page
    assert "4567cdef" in page
    assert "temperature 0.5" in page
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(sources) == 22
    prefix = "data:image/jpeg;base64,"
    assert all(source.startswith(prefix) for source in sources)
    with Image.open(io.BytesIO(base64.b64decode(sources[0].removeprefix(prefix)))) as image:
        found = np.asarray(image).astype(int)
    assert abs(found - exam.cases[0].images[0]).mean() < 12
    for one in exam.cases:
        assert one.prompt in page


def test_it_shows_the_same_figures_when_there_is_a_terminal_alone(
    exam: Exam, generator: Generator
) -> None:
    figures = figures_for(exam, generator)
    text = as_text(figures)
    assert f"PSNR in dB                       {figures['psnr']:.3f}".split() == next(
        line.split() for line in text.splitlines() if line.startswith("PSNR")
    )
    assert re.search(
        r"^attribute +prompts +real +reconstruction +top6 +all +reference$", text, re.M
    )


def test_it_writes_a_row_a_prompt_when_asked_for_grids(tmp_path: Path) -> None:
    cases = [case(FOX, marked(FOX, "1" * 11)) for _ in range(9)]
    paths = write_grids(tmp_path / "grids", cases)
    assert [path.name for path in paths] == ["grid-01.jpg", "grid-02.jpg"]
    with Image.open(paths[0]) as first, Image.open(paths[1]) as second:
        assert first.height > 7 * second.height
        pixels = np.asarray(second.convert("L"))
    row = pixels[6 + 16 + 64].astype(int)
    greys = [int(row[6 + 134 * column + 64]) for column in range(11)]
    assert greys == pytest.approx([10 * i for i in range(11)], abs=3)


def test_it_ends_with_one_line_of_json_when_evaluated(
    model_folder: Path,
    recogniser_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    exam: Exam,
    generator: Generator,
) -> None:
    arguments = ["evaluate", str(model_folder), "--recogniser", str(recogniser_folder)]
    arguments += ["--prompts", "2", "--seed", "5", "--reference", "4"]
    arguments += ["--report", str(tmp_path / "r.html"), "--grids", str(tmp_path / "grids")]
    arguments += ["--figures", str(tmp_path / "figures.json")]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told.keys() == {
        "game", "variety", "layouts", "first_right", "rank_correlation", "reconstruction",
    }  # fmt: skip
    assert told["game"].keys() == {"real", "top6", "worst_relation", "weak_nouns"}
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert told == {name: figures[name] for name in told}
    assert set(figures["guessability"]) == {"real", "reconstruction", "top6", "all"}
    assert figures["model"] == {"name": "tiny", "hash": generator.manifest.hash}
    assert figures["psnr"] == figures_of(exam, generator, judges.recogniser())["psnr"]
    assert (tmp_path / "r.html").is_file()
    assert (tmp_path / "grids" / "grid-01.jpg").is_file()


def test_it_says_so_in_one_line_when_the_recogniser_was_taught_another_world(
    model_folder: Path, recogniser_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = recogniser_folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["classes"]["style"] = ["plain", "cartoon"]
    file.write_text(json.dumps(config), encoding="utf-8")
    assert main(["evaluate", str(model_folder), "--recogniser", str(recogniser_folder)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"the recogniser in {recogniser_folder} was taught another world" in line
    assert "--train-recogniser" in line


def test_it_says_how_to_train_one_when_there_is_no_recogniser(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(model_folder), "--recogniser", str(tmp_path)]) == 2
    assert f"no recogniser in {tmp_path}; train it: --train-recogniser" in capsys.readouterr().err

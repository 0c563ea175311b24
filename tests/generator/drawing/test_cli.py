"""`python -m generator draw`: what it writes, and what it says when it can't."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.__main__ import main
from generator.drawing.pipeline import Generator

PROMPT = "a fox riding a bicycle"


def draw(model: Path, out: Path, *more: str) -> int:
    return main(["draw", PROMPT, "--model", str(model), "--out", str(out), *more])


def test_it_writes_pictures_a_sheet_and_a_manifest_when_asked(
    model_folder: Path, tmp_path: Path, generator: Generator, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "out"
    assert draw(model_folder, out, "--seed", "7") == 0
    names = [f"0{n}.png" for n in range(1, 7)]
    assert sorted(p.name for p in out.iterdir()) == [*names, "manifest.json", "sheet.png"]
    drawing = generator.draw(PROMPT, count=9, keep=6, seed=7)
    for name, picture in zip(names, drawing.shown, strict=True):
        with Image.open(out / name) as image:
            assert image.tobytes() == picture.image.tobytes()
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == {
        "prompt", "model", "settings", "seed", "count", "kept", "pictures", "chosen", "seconds",
    }  # fmt: skip
    del manifest["seconds"], drawing.manifest["seconds"]
    assert manifest == drawing.manifest
    assert str(out) in capsys.readouterr().out


def test_it_shows_every_candidate_when_it_draws_the_sheet(
    model_folder: Path, tmp_path: Path, generator: Generator
) -> None:
    assert draw(model_folder, tmp_path, "--count", "8", "--keep", "2") == 0
    assert sorted(p.name for p in tmp_path.glob("0*.png")) == ["01.png", "02.png"]
    drawing = generator.draw(PROMPT, count=8, keep=2, seed=0)
    with Image.open(tmp_path / "sheet.png") as image:
        sheet = np.asarray(image.convert("RGB"))
    places = []
    for picture in drawing.pictures:
        wanted = np.asarray(picture.image)
        windows = np.lib.stride_tricks.sliding_window_view(sheet, wanted.shape)[:, :, 0]
        found = np.argwhere((windows == wanted).all((2, 3, 4)))
        assert len(found) == 1
        places.append(tuple(found[0]))
    assert places == sorted(places)  # row by row, best first
    assert len({row for row, _ in places}) == 2


def test_it_names_the_word_when_the_model_was_never_taught_it(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    code = main(["draw", "a foxx on zzzzzz", "--model", str(model_folder), "--out", str(out)])
    assert code == 2
    error = capsys.readouterr().err
    assert error.startswith("generator: the model was never taught “foxx” (it knows fox")
    assert error.rstrip().endswith("“zzzzzz”")
    assert not out.exists()


@pytest.mark.parametrize(
    ("prompt", "near"),
    [
        ("a giraffe wearing sunglasses", "it knows “"),
        ("a fox under a rainbow", "it knows “"),
        ("on the moon", ""),
        ("a fox riding a bicycle on the moon", None),
        ("A Fox, riding a bicycle!", None),
    ],
)
def test_it_warns_where_the_site_would_refuse(
    model_folder: Path,
    tmp_path: Path,
    prompt: str,
    near: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = ["--model", str(model_folder), "--out", str(tmp_path)]
    assert main(["draw", prompt, *more]) == 0
    printed = capsys.readouterr()
    assert ("not as one scene" in printed.err) == (near is not None)
    assert (near or "") in printed.err
    assert "this model was not measured for it" in printed.out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--model", "nowhere"], "there is no model folder nowhere"),
        (["--keep", "10"], r"keep must be between 1 and count (9), not 10"),
        (["--seed", "-3"], "seed must be between 0"),
        (["--device", "abacus"], "abacus"),
    ],
)
def test_it_says_one_line_when_an_argument_makes_no_sense(
    model_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    message: str,
) -> None:
    assert draw(model_folder, tmp_path / "out", *more) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_it_names_the_file_when_the_model_is_damaged(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draw(tmp_path, tmp_path / "out") == 2
    assert "manifest.json is missing" in capsys.readouterr().err


def test_it_says_which_file_it_cannot_write_when_the_folder_is_a_file(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    assert draw(model_folder, tmp_path / "out") == 2
    assert str(tmp_path / "out") in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["paint"], ["draw"], ["draw", "a fox"]])
def test_it_shows_the_usage_when_it_is_called_wrongly(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_it_leaves_nothing_of_an_earlier_drawing_when_it_draws_again(
    model_folder: Path, tmp_path: Path
) -> None:
    assert draw(model_folder, tmp_path, "--keep", "6") == 0
    assert draw(model_folder, tmp_path, "--keep", "2", "--format", "webp", "--columns", "9") == 0
    names = ["01.webp", "02.webp", "manifest.json", "sheet.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 9 * 32


def test_it_draws_a_file_of_prompts_with_settings_of_its_own(
    model_folder: Path, tmp_path: Path, generator: Generator
) -> None:
    file, out = tmp_path / "prompts.txt", tmp_path / "out"
    file.write_text(f"{PROMPT}\n\nan owl\n", encoding="utf-8")
    command = ["draw", "--prompts", str(file), "--model", str(model_folder), "--out", str(out)]
    command += ["--keep", "1", "--temperature", "0.5", "--top-k", "3", "--without", "pizza"]
    assert main(command) == 0
    for folder, prompt in (("001", PROMPT), ("002", "an owl")):
        found = json.loads((out / folder / "manifest.json").read_text(encoding="utf-8"))
        assert found["prompt"] == prompt
        assert (found["settings"]["temperature"], found["settings"]["top_k"]) == (0.5, 3)
        [drawing] = generator.draw_many(
            [prompt],
            seeds=[0],
            keep=1,
            without=["pizza"],
            settings={"temperature": 0.5, "top_k": 3},
        )
        with Image.open(out / folder / "01.png") as image:
            assert image.tobytes() == drawing.shown[0].image.tobytes()


def test_it_asks_for_one_prompt_or_a_file_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    file = str(tmp_path / "empty.txt")
    for words in ([], [PROMPT, "--prompts", file]):
        assert main(["draw", *words, "--out", str(tmp_path)]) == 2
        assert "say what to draw" in capsys.readouterr().err
    assert main(["draw", "--prompts", file, "--out", str(tmp_path)]) == 2
    assert "has no prompts" in capsys.readouterr().err

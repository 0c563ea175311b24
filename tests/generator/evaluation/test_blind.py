"""The blind look: sheets that tell nothing, and answers compared with their prompts."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from generator.__main__ import main
from generator.evaluation import blind

PROMPTS = ["a fox riding a bicycle on the moon", "two red cars in the city at night"]


def write(folder: Path) -> dict[str, str]:
    """By sheet: the prompt, as the key says."""
    pictures = [Image.new("RGB", (32, 32), (40 * n, 0, 0)) for n in range(6)]
    sheets = [(prompt, pictures) for prompt in PROMPTS]
    assert blind.write_blind(folder / "sheets", folder / "key", sheets) == 2
    return blind.open_key(folder / "key")


def answer(folder: Path, guesses: dict[str, tuple[str, str]]) -> Path:
    file = folder / "filled.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([blind.COLUMNS, *([n, *both] for n, both in guesses.items())])
    return file


def test_it_writes_sheets_whose_names_tell_nothing(tmp_path: Path) -> None:
    key = write(tmp_path)
    assert sorted(key.values()) == sorted(PROMPTS)
    names = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert names == sorted([blind.ANSWERS, *(f"{name}.jpg" for name in key)])
    written = (tmp_path / "key").read_bytes() + (tmp_path / "sheets" / blind.ANSWERS).read_bytes()
    assert not any(word in written for word in (b"fox", b"moon", b"city", b"car"))
    rows = list(csv.DictReader((tmp_path / "sheets" / blind.ANSWERS).open(encoding="utf-8")))
    assert [row["sheet"] for row in rows] == sorted(key)
    with Image.open(tmp_path / "sheets" / f"{next(iter(key))}.jpg") as sheet:
        assert sheet.size == (3 * 264 + 8, 2 * 264 + 8)


@pytest.mark.parametrize(
    ("prompt", "guess", "found"),
    [
        (PROMPTS[0], "A fox on a bicycle, on the moon!", "subject object place"),
        (PROMPTS[0], "foxes riding bicycles", "subject object relation"),
        (PROMPTS[0], "a wolf at night", ""),
        (PROMPTS[1], "two red cars at night", "count colour subject place"),
        (PROMPTS[1], "a car in the city", "subject place"),
        (PROMPTS[1], "an oscar in the park", ""),
        ("a pig eating ice cream in the snow", "ice and cream with a pig", "subject"),
    ],
)
def test_it_sees_which_parts_a_guess_names(prompt: str, guess: str, found: str) -> None:
    named = blind.named_in(prompt, guess)
    assert {name for name, is_named in named.items() if is_named} == set(found.split())


def test_it_scores_what_was_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = write(tmp_path)
    guesses = {
        PROMPTS[0]: (PROMPTS[0], "4"),
        PROMPTS[1]: ("red cars", ""),
    }
    file = answer(tmp_path, {name: guesses[prompt] for name, prompt in key.items()})
    assert main(["evaluate", "--answers", str(file), "--key", str(tmp_path / "key")]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "sheets": 2,
        "subject": 1.0,
        "object": 1.0,
        "subject_and_object": 1.0,
        "place": 0.5,
        "whole": 0.5,
        "differ": 4.0,
    }


def test_it_refuses_answers_to_other_sheets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = write(tmp_path)
    file = answer(tmp_path, dict.fromkeys([*key][:1], ("", "")))
    with pytest.raises(ValueError, match=f"not of the same sheets: {[*key][1]}"):
        blind.score(file, tmp_path / "key")
    (tmp_path / "key").write_text("open", encoding="utf-8")
    with pytest.raises(ValueError, match="is no key of a blind look"):
        blind.score(file, tmp_path / "key")
    assert main(["evaluate", "--answers", str(file)]) == 2
    assert "needs the --key" in capsys.readouterr().err


@pytest.mark.parametrize(("more", "height"), [([], 2 * 264 + 8), (["--reconstructions"], 264 + 8)])
def test_it_draws_held_out_prompts_for_a_blind_look(
    model_folder: Path, tmp_path: Path, more: list[str], height: int
) -> None:
    folder = tmp_path / "look"
    command = ["evaluate", str(model_folder), "--blind", str(folder), "--prompts", "3", *more]
    assert main(command) == 0
    key = blind.open_key(tmp_path / "look.key")
    assert len(key) == 3
    for name in key:
        with Image.open(folder / f"{name}.jpg") as sheet:
            assert sheet.height == height

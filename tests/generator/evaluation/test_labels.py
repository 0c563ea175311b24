"""Labels by eye: their table, and how far the examiner agrees with them."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from generator.__main__ import main
from generator.evaluation import labels
from generator.evaluation.measures import cohens_kappa
from generator.evaluation.reading import Reading, named
from generator.training.judge.recogniser import Recogniser
from generator.world.words.reading import read
from tests.generator.evaluation import judges
from tests.generator.evaluation.judges import FOX, reading

PROMPT = "a fox riding a bicycle on the moon"


def table(folder: Path, *rows: dict[str, str]) -> Path:
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, labels.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder / "labels.csv"


def row(picture: str, marks: str, prompt: str = PROMPT) -> dict[str, str]:
    names = ("subject", "object", "relation", "place")
    return {"picture": picture, "prompt": prompt, **dict(zip(names, marks, strict=True))}


def test_it_reads_what_an_eye_has_labelled(tmp_path: Path) -> None:
    blank = {"picture": "c.webp", "prompt": PROMPT}
    found = labels.read_labels(table(tmp_path, row("a.webp", "1101"), blank))
    assert [(each.picture, each.scene) for each in found] == [(tmp_path / "a.webp", FOX)]
    assert found[0].shows == {"subject": True, "object": True, "relation": False, "place": True}


@pytest.mark.parametrize(
    ("labelled", "message"),
    [
        (row("a", "1121"), "line 2: 0 or 1 is wanted for subject, object, relation, place"),
        (row("a", "11 1"), "line 2: 0 or 1 is wanted"),
        ({**row("a", "1111"), "colour": "1"}, "and for no other"),
        (row("a", "1111", "a zebra crossing"), "'a zebra crossing' is no scene"),
    ],
)
def test_it_refuses_labels_that_say_nothing(
    tmp_path: Path, labelled: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        labels.read_labels(table(tmp_path, labelled))


def test_it_names_a_column_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("picture,prompt\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"has no column colour, count"):
        labels.read_labels(tmp_path / "labels.csv")


def test_it_tells_agreement_beyond_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {"a": reading(FOX), "b": reading(FOX, subject="wolf"), "c": reading(FOX, place="mars")}

    def read(recogniser: Recogniser, label: labels.Label) -> Reading:
        return seen[label.picture.name]

    monkeypatch.setattr(labels, "_read", read)
    file = table(tmp_path, row("a", "1111"), row("b", "0111"), row("c", "0111"))
    found = labels.agreement(judges.recogniser(), labels.read_labels(file))
    assert found["subject"] == {
        "labels": 3,
        "kappa": pytest.approx(0.4),  # 2 of 3 agree, 4 of 9 would by chance
        "eye": pytest.approx(1 / 3),
        "examiner": pytest.approx(2 / 3),
    }
    assert found["whole"]["kappa"] == 1
    assert found["words"]["labels"] == 12
    assert "colour" not in found


def test_it_equals_the_definition_when_it_tells_kappa() -> None:
    dice = np.random.default_rng(0)
    first, second = dice.random(200) < 0.7, dice.random(200) < 0.4
    table = np.array([[np.mean((first == a) & (second == b)) for b in (0, 1)] for a in (0, 1)])
    chance = float(table.sum(0) @ table.sum(1))
    expected = (float(np.trace(table)) - chance) / (1 - chance)
    assert cohens_kappa(first, second) == pytest.approx(expected)
    assert cohens_kappa(np.ones(3, bool), np.ones(3, bool)) == 1


def test_it_compares_pictures_that_were_written_to_be_labelled(
    model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judges.recogniser().save(tmp_path)
    folder = tmp_path / "pictures"
    assert main(["evaluate", str(model_folder), "--to-label", str(folder), "--prompts", "2"]) == 0
    file = folder / labels.TABLE
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 12
    assert all((folder / each["picture"]).is_file() for each in rows)
    assert labels.read_labels(file) == []
    for number, each in enumerate(rows):
        scene = read(each["prompt"])
        assert scene
        each.update(dict.fromkeys(named(scene), str(number % 2)))
    table(folder, *rows)
    command = ["evaluate", "--labels", str(file), "--recogniser", str(tmp_path)]
    assert main(command) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["whole"]["labels"] == 12
    assert found["whole"]["eye"] == 0.5

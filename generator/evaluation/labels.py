"""Pictures labelled by looking at them, word by word, and how far the examiner agrees.

A file of labels is a table (CSV): `picture`, a file beside it, the `prompt` it was drawn for, and
of each attribute that prompts can name 1 where the picture shows it, 0 where not, nothing where
the prompt doesn't name it.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.drawing.result import Drawing
from generator.evaluation.exam import as_tensor
from generator.evaluation.measures import cohens_kappa
from generator.evaluation.reading import Reading, look, named
from generator.training.judge.recogniser import ATTRIBUTES, Recogniser
from generator.world.scenes.scene import Scene
from generator.world.words.reading import read

COLUMNS = ("picture", "prompt", *ATTRIBUTES)
TABLE = "labels.csv"


@dataclass(frozen=True, slots=True)
class Label:
    """What an eye says of a picture: whether it shows each attribute that its prompt names."""

    picture: Path
    scene: Scene
    shows: dict[str, bool]


def write_unlabelled(folder: Path, drawings: Iterable[tuple[Drawing, Scene]]) -> None:
    """Write the shown pictures of drawings and a table in which nothing is labelled yet."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / TABLE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for number, (drawing, _) in enumerate(drawings, start=1):
            for place, picture in enumerate(drawing.shown, start=1):
                name = f"{number:03}-{place}.webp"
                picture.image.save(folder / name, quality=90)
                table.writerow([name, drawing.prompt, *[""] * len(ATTRIBUTES)])


def read_labels(file: Path) -> list[Label]:
    """Read a table of labels; rows without any are left out.

    Raises:
        ValueError: a column is missing, a prompt is no scene, a label is neither 0 nor 1, or is
            there for what the prompt doesn't name, or isn't for what it does.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines)
        if missing := set(COLUMNS) - set(table.fieldnames or ()):
            raise ValueError(f"{file} has no column {', '.join(sorted(missing))}")
        rows = [(number, row) for number, row in enumerate(table, start=2)]
    return [
        _label(file, number, row) for number, row in rows if any(row[name] for name in ATTRIBUTES)
    ]


def _label(file: Path, number: int, row: dict[str, str]) -> Label:
    scene = read(row["prompt"])
    if scene is None:
        raise ValueError(f"{file}, line {number}: {row['prompt']!r} is no scene of the world")
    marks = {name: row[name].strip() for name in ATTRIBUTES if row[name].strip()}
    if set(marks) != set(named(scene)) or not set(marks.values()) <= {"0", "1"}:
        wanted = ", ".join(named(scene))
        raise ValueError(f"{file}, line {number}: 0 or 1 is wanted for {wanted}, and for no other")
    picture = file.parent / row["picture"]
    return Label(picture, scene, {name: mark == "1" for name, mark in marks.items()})


def agreement(recogniser: Recogniser, labels: list[Label]) -> dict[str, Any]:
    """How far the recogniser says what the eye says: Cohen's kappa over all labels, of whole
    pictures, and by attribute, with the shares that each of the two finds shown."""
    pairs: dict[str, list[tuple[bool, bool]]] = {name: [] for name in ("whole", *ATTRIBUTES)}
    for label in labels:
        reading = _read(recogniser, label)
        pairs["whole"].append((all(label.shows.values()), reading.is_right))
        for name, is_shown in label.shows.items():
            pairs[name].append((is_shown, reading.has(name)))
    words = [pair for name in ATTRIBUTES for pair in pairs[name]]
    return {name: _compared(found) for name, found in {"words": words, **pairs}.items() if found}


def _read(recogniser: Recogniser, label: Label) -> Reading:
    with Image.open(label.picture) as image:
        pixels = np.asarray(image.convert("RGB"))
    [reading] = look(recogniser, as_tensor(pixels[None].copy()), [label.scene])
    return reading


def _compared(pairs: list[tuple[bool, bool]]) -> dict[str, float | int]:
    eye, examiner = np.array(pairs).T
    return {
        "labels": len(pairs),
        "kappa": cohens_kappa(eye, examiner),
        "eye": float(eye.mean()),
        "examiner": float(examiner.mean()),
    }

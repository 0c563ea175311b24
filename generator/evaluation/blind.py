"""A blind look: sheets whose names tell nothing, looked at without their prompts, then compared.

Somebody who has seen none of the prompts looks at each sheet and writes a sentence down, and from 1
to 5 how different its pictures are. The key is sealed only against a glance: it is for afterwards.
"""

import base64
import csv
import json
import secrets
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from generator.drawing.pipeline import Generator
from generator.drawing.result import Drawing
from generator.drawing.visibility import FUNCTION_WORDS
from generator.evaluation.exam import reconstruct
from generator.networks.vqgan import to_uint8
from generator.reading.text import plain
from generator.world.scenes.scene import Scene
from generator.world.words.parts import parts
from generator.world.words.reading import read
from generator.world.words.vocabulary import NOUN

Sheet = tuple[str, Sequence[Image.Image]]
COLUMNS = ("sheet", "guess", "differ")
ANSWERS = "answers.csv"
SIDE, GAP, IN_A_ROW = 256, 8, 3
_QUALITY = 90


def write_blind(folder: Path, key: Path, sheets: Iterable[Sheet]) -> int:
    """Write a sheet of the pictures of each prompt, a table to fill in, and the key.

    Returns:
        how many sheets there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prompts: dict[str, str] = {}
    for prompt, pictures in sheets:
        name = secrets.token_hex(4)
        prompts[name] = prompt
        _sheet(pictures).save(folder / f"{name}.jpg", quality=_QUALITY)
    names = sorted(prompts)  # in no order, as their names are
    with (folder / ANSWERS).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerows([COLUMNS, *([name, "", ""] for name in names)])
    sealed = base64.b64encode(zlib.compress(json.dumps({n: prompts[n] for n in names}).encode()))
    key.write_bytes(sealed + b"\n")
    return len(names)


def shown(drawings: Iterable[tuple[Drawing, Scene]]) -> Iterator[Sheet]:
    """The pictures that players would see."""
    for drawing, _ in drawings:
        yield drawing.prompt, [picture.image for picture in drawing.shown]


def reconstructions(generator: Generator, asked: Iterable[tuple[str, Scene]]) -> Iterator[Sheet]:
    """What the VQGAN keeps of a scene of each prompt."""
    for prompt, scene in asked:
        _, _, painted = reconstruct(generator, scene)
        yield prompt, [Image.fromarray(to_uint8(painted)[0].numpy())]


def open_key(key: Path) -> dict[str, str]:
    """Raises ValueError for a file that is no key."""
    try:
        found: dict[str, str] = json.loads(zlib.decompress(base64.b64decode(key.read_bytes())))
    except (ValueError, zlib.error) as error:
        raise ValueError(f"{key} is no key of a blind look: {error}") from error
    return found


def score(answers: Path, key: Path) -> dict[str, float | int | None]:
    """How many sheets had their subject, object, both, place and whole prompt named, as shares of
    those whose prompt has one, and how different the pictures looked in the mean.

    Raises:
        ValueError: an answer is missing, or is of a sheet that the key doesn't know.
    """
    prompts = open_key(key)
    with answers.open(encoding="utf-8", newline="") as file:
        rows = {row["sheet"].removesuffix(".jpg"): row for row in csv.DictReader(file)}
    if rows.keys() != prompts.keys():
        odd = ", ".join(sorted(rows.keys() ^ prompts.keys()))
        raise ValueError(f"{answers} and {key} are not of the same sheets: {odd}")
    found = [named_in(prompts[name], row["guess"]) for name, row in rows.items()]
    differ = [float(row["differ"]) for row in rows.values() if row["differ"].strip()]
    return {
        "sheets": len(found),
        "subject": _share(each["subject"] for each in found),
        "object": _share(each["object"] for each in found if "object" in each),
        "subject_and_object": _share(
            each["subject"] and each.get("object", True) for each in found
        ),
        "place": _share(each["place"] for each in found if "place" in each),
        "whole": _share(all(each.values()) for each in found),
        "differ": float(np.mean(differ)) if differ else None,
    }


def named_in(prompt: str, guess: str) -> dict[str, bool]:
    """Whether a guess names each part of a prompt.

    A noun may stand in either number; of a place or a relation any word will do that isn't merely
    a connecting one.

    Raises:
        ValueError: the prompt is no scene of the world.
    """
    scene = read(prompt)
    if scene is None:
        raise ValueError(f"{prompt!r} is no scene of the world")
    words = plain(guess).split()
    return {name: _is_named(scene, name, phrase, words) for name, phrase in _told(scene)}


def _told(scene: Scene) -> list[tuple[str, str]]:
    return [(name, phrase) for name, phrase in parts(scene) if name != "article"]


def _is_named(scene: Scene, part: str, phrase: str, words: Sequence[str]) -> bool:
    if part in ("subject", "object"):
        noun = NOUN[getattr(scene, part)]
        return any(_holds(words, form.split()) for form in (noun.name, noun.plural))
    own = [word for word in phrase.split() if word not in FUNCTION_WORDS] or phrase.split()
    return any(word in words for word in own)


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether the words of a phrase stand side by side."""
    starts = range(len(words) - len(phrase) + 1)
    return any(list(words[start : start + len(phrase)]) == list(phrase) for start in starts)


def _share(results: Iterable[bool]) -> float | None:
    found = list(results)
    return float(np.mean(found)) if found else None


def _sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    columns = min(IN_A_ROW, len(pictures))
    rows = -(-len(pictures) // columns)
    size = (columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP)
    sheet = Image.new("RGB", size, "white")
    for index, picture in enumerate(pictures):
        place = [GAP + number * (SIDE + GAP) for number in (index % columns, index // columns)]
        sheet.paste(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS), (place[0], place[1]))
    return sheet

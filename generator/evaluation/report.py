"""The report of an exam: a page by itself, grids for the documentation, lines for a terminal."""

import base64
import html
import io
import textwrap
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from generator.evaluation.exam import GROUPS, Case
from generator.evaluation.reading import Reading

FIGURES = ("variety", "layouts", "first_right", "rank_correlation", "reconstruction")
SHOWN = 60
QUALITY = 85
ROWS = 8
_SIDE, _GAP, _LINE = 128, 6, 16
_TEMPLATE = Path(__file__).with_name("report.html")
Row = list[str | int | float | None]


def verdict(reading: Reading) -> str:
    """A tick where everything is right that the prompt names, or what was misread."""
    wrong = ", ".join(f"{meant} → {seen}" for _, meant, seen in reading.mistakes)
    return " ".join(part for part in ("✓" if reading.is_right else "", wrong) if part)


def tables_of(figures: dict[str, Any]) -> dict[str, list[Row]]:
    """The figures as titled tables; the first row of each is its head."""
    groups = list(GROUPS)
    guess, error = figures["guessability"], figures["standard_error"]
    return {
        "Game prompts": _pairs(_flat(figures)),
        "Everything right": [
            ["", *groups],
            ["share", *(guess[group] for group in groups)],
            ["± standard error", *(error[group] for group in groups)],
            ["of real", None, *(figures["relative_to_real"][group] for group in groups[1:])],
        ],
        "By attribute, where the prompt names it": _shares(figures["attributes"], "attribute"),
        "By relation, everything right": _shares(figures["relations"], "relation"),
        "By colour, of the six shown": _pairs(figures["colours"]),
        "The worst nouns, of the six shown": [
            ["noun", "share", "pictures"],
            *map(list, figures["nouns"]),
        ],
        "CLIP's ranking": _pairs(figures["ranking"]),
        "Reconstruction": [
            ["figure", "value"],
            ["PSNR in dB", figures["psnr"]],
            ["perceptual distance", figures["perceptual"]],
            ["codes used, share", figures["codes"]["used"]],
            ["perplexity of codes", figures["codes"]["perplexity"]],
            ["recogniser on other real scenes", figures["recogniser_on_reference"]],
        ],
        "Fréchet distance of the recogniser's features": _pairs(figures["frechet"]),
        "Distance to the nearest training scene": _pairs(figures["nearest_training"]),
        **{
            f"Nouns taken for another: {where}": [
                ["meant → seen", "times"],
                *([f"{meant} → {seen}", times] for meant, seen, times in pairs),
            ]
            for where, pairs in figures["confused"].items()
        },
        **{
            f"Nouns most often misread: {where}": [["noun", "misread", "meant"], *map(list, rows)]
            for where, rows in figures["missed"].items()
        },
    }


def _flat(figures: dict[str, Any]) -> dict[str, Any]:
    """The line that counts, for a table."""
    own = figures["game"]
    name, worst = own["worst_relation"] or ("none", None)
    return {
        "right, real scenes": own["real"],
        "right, six shown, of real": own["top6"],
        f"right, of real, {name} (the worst relation)": worst,
        "nouns seen in fewer than 70 % of their pictures": own["weak_nouns"],
        **{name: figures[name] for name in FIGURES},
    }


def _shares(table: dict[str, dict[str, Any]], title: str) -> list[Row]:
    columns = ("prompts", *GROUPS, "reference")
    return [[title, *columns], *([name, *(v[c] for c in columns)] for name, v in table.items())]


def _pairs(table: dict[str, Any]) -> list[Row]:
    return [
        ["figure", "value"],
        *([name.replace("_", " "), value] for name, value in table.items()),
    ]


def _cell(value: str | int | float | None) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def as_text(figures: dict[str, Any]) -> str:
    """The tables for a terminal."""
    lines = []
    for title, rows in tables_of(figures).items():
        cells = [[_cell(value) for value in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines += ["", title]
        for row in cells:
            first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join([row[0].ljust(len(first)), *rest]).rstrip())
    return "\n".join(lines[1:])


def write_report(path: Path, figures: dict[str, Any], cases: list[Case]) -> None:
    """Write the page; its pictures are inside it."""
    model, guess = figures["model"], figures["guessability"]
    text = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        name=html.escape(model["name"]),
        hash=model["hash"],
        settings=html.escape(", ".join(f"{k} {v}" for k, v in figures["settings"].items())),
        seed=figures["seed"],
        prompts=figures["prompts"],
        reference=figures["reference"],
        recogniser=figures["recogniser"],
        headline=(
            f"Everything can be read in {guess['top6']:.1%} of the six pictures that are shown; in "
            f"{guess['all']:.1%} of all candidates, {guess['reconstruction']:.1%} of the "
            f"reconstructions and {guess['real']:.1%} of the real scenes."
        ),
        tables="\n".join(_table(*item) for item in tables_of(figures).items()),
        cases="\n".join(_case(case) for case in cases[:SHOWN]),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _table(title: str, rows: list[Row]) -> str:
    head, *body = (
        "".join(f"<{tag}>{html.escape(_cell(value))}</{tag}>" for value in row)
        for row, tag in zip(rows, ["th", *["td"] * len(rows)], strict=False)
    )
    lines = "".join(f"<tr>{cells}</tr>" for cells in body)
    return (
        f"<table><caption>{html.escape(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
    )


def _case(case: Case) -> str:
    figures = "".join(
        f'<figure><img src="{_data_url(pixels)}" alt="{title}"><figcaption>{title} '
        f'<span class="{"right" if reading.is_right else "wrong"}">'
        f"{html.escape(verdict(reading))}</span></figcaption></figure>"
        for title, pixels, reading in zip(_titles(case), case.images, case.readings, strict=True)
    )
    prompt = html.escape(case.prompt)
    return f'<section class="case"><h3>{prompt}</h3><div class="row">{figures}</div></section>'


def _titles(case: Case) -> list[str]:
    """Candidates by their ranks; those that are shown with their places, too."""
    places = {rank: f"{rank} ({place})" for place, rank in enumerate(case.chosen, start=1)}
    ranks = range(1, len(case.scores) + 1)
    return ["scene", "VQGAN", *(places.get(rank, str(rank)) for rank in ranks)]


def _data_url(pixels: NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def write_grids(folder: Path, cases: list[Case]) -> list[Path]:
    """Write `grid-01.jpg` …, a row a prompt: scene, reconstruction, the candidates in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, start in enumerate(range(0, len(cases), ROWS), start=1):
        paths.append(folder / f"grid-{number:02}.jpg")
        _grid(cases[start : start + ROWS]).save(paths[-1], quality=QUALITY)
    return paths


def _grid(cases: list[Case]) -> Image.Image:
    width, height = _SIDE + _GAP, _SIDE + 3 * _LINE
    columns = max(len(case.images) for case in cases)
    sheet = Image.new("RGB", (columns * width + _GAP, len(cases) * height + _GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for row, case in enumerate(cases):
        y = _GAP + row * height
        pen.text((_GAP, y), case.prompt, fill="black", font=font)
        for column, (pixels, reading) in enumerate(zip(case.images, case.readings, strict=True)):
            x = _GAP + column * width
            picture = Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
            sheet.paste(picture, (x, y + _LINE))
            colour = "green" if reading.is_right else "firebrick"
            words = f"{_titles(case)[column]} {_plain(verdict(reading))}"
            text = "\n".join(textwrap.wrap(words, 22)[:2])
            pen.multiline_text((x, y + _LINE + _SIDE), text, fill=colour, font=font, spacing=1)
    return sheet


def _plain(text: str) -> str:
    """The built-in font has neither tick nor arrow."""
    return text.replace("✓", "").replace("→", ">")

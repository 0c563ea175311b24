"""`python -m generator draw`: pictures, a contact sheet and a manifest in a folder."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from generator.config import PRECISIONS
from generator.drawing.writing import KINDS, clear, save

if TYPE_CHECKING:
    from generator.drawing.pipeline import Generator
    from generator.drawing.result import Drawing

GAP, LINE = 8, 16
SETTINGS = ("condition_scale", "temperature", "top_k", "top_p")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", nargs="?", help="what to draw")
    parser.add_argument(
        "--prompts", type=Path, metavar="FILE", help="a prompt a line, each to a folder of its own"
    )
    parser.add_argument("--without", default="", metavar="TEXT", help="what to lead away from")
    parser.add_argument("--count", type=int, help="candidates to draw (what the model says)")
    parser.add_argument("--keep", type=int, default=6, help="ones to choose and write (6)")
    parser.add_argument("--seed", type=int, default=0, help="image i is drawn from seed + i (0)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    parser.add_argument(
        "--model", default="", help="a model folder, or an original's hub id (the bundled model)"
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda, auto to spread over all (cpu)")
    parser.add_argument("--precision", choices=PRECISIONS, default="float32", help="(float32)")
    files = parser.add_argument_group("files")
    files.add_argument("--format", choices=KINDS, default="png", help="of the pictures (png)")
    files.add_argument("--columns", type=int, default=6, help="of the sheet (6)")
    sampling = parser.add_argument_group("sampling, in place of the model's own")
    sampling.add_argument("--guidance", type=float, metavar="SCALE", dest="condition_scale")
    sampling.add_argument("--temperature", type=float)
    sampling.add_argument("--top-k", type=int, metavar="CODES")
    sampling.add_argument("--top-p", type=float, metavar="SHARE")


def main(args: argparse.Namespace) -> int:
    prompts = _prompts(args)
    if args.columns < 1:
        raise ValueError(f"a sheet has at least one column, not {args.columns}")
    # Late, so that --help needs none of it (see generator.__main__).
    from generator.convert.cached import model_folder
    from generator.drawing.pipeline import Generator

    folder = model_folder(args.model)
    generator = Generator.load(folder, device=args.device, precision=args.precision)
    for prompt in prompts:
        if unknown := generator.unknown_words(prompt):
            raise ValueError(_teach(generator, unknown))
    for number, prompt in enumerate(prompts, start=1):
        if generator.manifest.vocabulary == "world":
            _warn_of_no_scene(prompt)
        _draw(generator, prompt, args, args.out / f"{number:03}" if args.prompts else args.out)
    return 0


def _prompts(args: argparse.Namespace) -> list[str]:
    if (args.prompt is None) == (args.prompts is None):
        raise ValueError("say what to draw: a prompt, or --prompts and a file of them")
    if args.prompts is None:
        return [args.prompt]
    lines = args.prompts.read_text(encoding="utf-8").splitlines()
    prompts = [line.strip() for line in lines if line.strip()]
    if not prompts:
        raise ValueError(f"{args.prompts} has no prompts")
    return prompts


def _draw(generator: "Generator", prompt: str, args: argparse.Namespace, folder: Path) -> None:
    from tqdm import tqdm

    from generator.drawing.gate import unseen_words

    given = {name: getattr(args, name) for name in SETTINGS}
    with tqdm(total=100, bar_format="{desc:8} {bar} {n:3.0f}%", disable=None) as bar:

        def show(fraction: float, stage: str) -> None:
            bar.set_description_str(stage)
            bar.update(round(100 * fraction) - bar.n)

        [drawing] = generator.draw_many(
            [prompt],
            count=args.count,
            keep=args.keep,
            seeds=[args.seed],
            without=[args.without] if args.without else (),
            settings={name: value for name, value in given.items() if value is not None},
            on_progress=show,
        )
    clear(folder)
    write(drawing, folder, args.format, args.columns)
    sys.stdout.write(f"{args.keep} pictures, sheet.png and manifest.json are in {folder}\n")
    sys.stdout.write(_tell_unseen(unseen_words(generator, drawing)) + "\n")


def write(drawing: "Drawing", folder: Path, kind: str = "png", columns: int = 6) -> None:
    """Write 01.png … of the chosen, in their order, sheet.png of all, and manifest.json."""
    for place, picture in enumerate(drawing.shown, start=1):
        save(picture, drawing.manifest, folder / f"{place:02}.{kind}")
    contact_sheet(drawing, columns).save(folder / "sheet.png")
    text = json.dumps(drawing.manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def contact_sheet(drawing: "Drawing", columns: int = 6) -> Image.Image:
    """All pictures in a grid, best first, each with its rank and score; the chosen ones are marked
    with their places."""
    pictures = drawing.pictures
    width, height = pictures[0].image.size
    rows = -(-len(pictures) // columns)
    cell = (width + GAP, height + LINE + GAP)
    sheet = Image.new("RGB", (columns * cell[0] + GAP, rows * cell[1] + 2 * GAP + LINE), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    pen.text((GAP, GAP // 2), drawing.prompt, fill="black", font=font)
    for index, picture in enumerate(pictures):
        x = GAP + index % columns * cell[0]
        y = GAP + LINE + index // columns * cell[1]
        sheet.paste(picture.image, (x, y))
        pen.text((x, y + height), f"{picture.rank}  {picture.score:.3f}", fill="gray", font=font)
        if picture.rank in drawing.chosen:
            place = f"chosen {drawing.chosen.index(picture.rank) + 1}"
            pen.text((x + width, y + height), place, fill="black", font=font, anchor="ra")
    return sheet


def _warn_of_no_scene(prompt: str) -> None:
    """The site refuses such prompts; here it may be worth a try."""
    from generator.reading.text import plain
    from generator.world.words.reading import read
    from generator.world.words.suggestions import nearest_prompts
    from generator.world.words.taught import is_taught

    scene = read(plain(prompt))
    if scene is not None and is_taught(scene):
        return
    near = " / ".join(f"“{each}”" for each in nearest_prompts(prompt))
    known = f"; it knows {near}" if near else ""
    sys.stderr.write(
        f"generator: the model knows these words, but not as one scene in this wording{known}\n"
    )


def _tell_unseen(words: list[str] | None) -> str:
    if words is None:
        return "Whether they show every word was not looked at: this model was not measured for it."
    return f"Too few of them show: {', '.join(words)}." if words else "They show every word."


def _teach(generator: "Generator", unknown: list[str]) -> str:
    lines = []
    for word in unknown:
        near = generator.nearest_words(word)
        lines.append(f"“{word}”" + (f" (it knows {', '.join(near)})" if near else ""))
    return f"the model was never taught {'; '.join(lines)}"

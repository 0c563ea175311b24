"""`python -m generator evaluate`: how good a model's pictures are, in figures and in a report.

The recogniser that judges them ships with the project; --train-recogniser trains another.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from generator.folders.manifest import WeightsError, read_json, sha256_of
from generator.groups import needing

SHIPPED = Path(__file__).parent / "weights"
TRAINED = Path("var/training/recogniser")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", nargs="?", type=Path, help="a model folder (the bundled model)")
    parser.add_argument("--prompts", type=int, default=100, help="held-out prompts to draw (100)")
    parser.add_argument("--seed", type=int, default=0, help="of prompts and pictures (0)")
    parser.add_argument("--reference", type=int, default=2_000, help="scenes to compare (2000)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write an HTML page")
    parser.add_argument("--grids", type=Path, metavar="DIR", help="write every picture in grids")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, … (cpu)")
    parser.add_argument("--recogniser", type=Path, help="its run folder (the shipped one)")
    parser.add_argument("--train-recogniser", action="store_true", help="train it, or go on")
    parser.add_argument("--steps", type=int, help="of that training")


def check_world(folder: Path) -> None:
    """Raises WeightsError unless the folder holds a recogniser of the world as it is now."""
    if not (folder / "config.json").exists():
        raise WeightsError(f"no recogniser in {folder}; train it: --train-recogniser")
    # Late, because it loads torch (see generator.__main__).
    from generator.training.judge.labels import CLASSES

    classes = read_json(folder / "config.json").get("classes")
    if classes != {name: list(values) for name, values in CLASSES.items()}:
        raise WeightsError(
            f"the recogniser in {folder} was taught another world than the present one; train one "
            "with --train-recogniser, then name its folder with --recogniser"
        )


def main(args: argparse.Namespace) -> int:
    if args.train_recogniser:
        return train(args)
    # Late, so that --help needs none of it (see generator.__main__).
    from generator.drawing.pipeline import Generator
    from generator.evaluation.exam import hold_exam
    from generator.evaluation.figures import figures_of
    from generator.evaluation.report import as_text, write_grids, write_report
    from generator.training.judge.recogniser import Recogniser

    folder: Path = args.recogniser or SHIPPED
    check_world(folder)
    generator = Generator.load(args.model, device=args.device)
    recogniser = Recogniser.load(folder, args.device)
    exam = hold_exam(
        generator, recogniser, prompts=args.prompts, seed=args.seed, reference=args.reference
    )
    figures = {
        **figures_of(exam, generator, recogniser),
        "model": {"name": generator.manifest.name, "hash": generator.manifest.hash},
        "settings": generator.settings.to_dict(),
        "recogniser": sha256_of(folder / "model.safetensors"),
        "prompts": args.prompts,
        "seed": args.seed,
        "reference": args.reference,
    }
    sys.stdout.write(as_text(figures) + "\n")
    if args.report:
        write_report(args.report, figures, exam.cases)
    if args.grids:
        write_grids(args.grids, exam.cases)
    if args.json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    return 0


def train(args: argparse.Namespace) -> int:
    with needing("train"):
        from generator.evaluation.examiner import PLAN, train_examiner
    plan = PLAN if args.steps is None else replace(PLAN, steps=args.steps)
    train_examiner(args.recogniser or TRAINED, plan)
    return 0

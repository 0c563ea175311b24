"""`python -m generator evaluate`: how good a model's pictures are, in figures and in a report.

Held-out prompts of the kind the game uses are drawn, and an examiner reads the pictures: a
recogniser, which ships with the project (--train-recogniser trains another). The last line is
JSON. Eyes can look too: at what the examiner says (--to-label, then --labels), and at the pictures
(--blind, then --answers).
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.folders.manifest import BUNDLED, WeightsError, read_json, sha256_of
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
    parser.add_argument("--figures", type=Path, metavar="FILE", help="write all figures as JSON")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, … (cpu)")
    parser.add_argument("--recogniser", type=Path, help="its run folder (the shipped one)")
    parser.add_argument("--train-recogniser", action="store_true", help="train it, or go on")
    parser.add_argument("--steps", type=int, help="of that training")
    eyes = parser.add_argument_group("eyes", "in place of the figures")
    eyes.add_argument("--to-label", type=Path, metavar="DIR", help="write pictures to be labelled")
    eyes.add_argument("--labels", type=Path, metavar="FILE", help="compare the examiner with them")
    eyes.add_argument("--blind", type=Path, metavar="DIR", help="write sheets for a blind look")
    eyes.add_argument(
        "--reconstructions", action="store_true", help="blind: of what the VQGAN keeps of scenes"
    )
    eyes.add_argument("--answers", type=Path, metavar="FILE", help="score those of a blind look")
    eyes.add_argument("--key", type=Path, metavar="FILE", help="of the blind look (DIR.key)")


def check_world(folder: Path) -> None:
    """Raises WeightsError unless the folder holds a recogniser of the world as it is now."""
    if not (folder / "config.json").exists():
        raise WeightsError(f"no recogniser in {folder}; train it: --train-recogniser")
    # Late, because it loads torch (see generator.__main__).
    from generator.training.judge.labels import JUDGED

    classes = read_json(folder / "config.json").get("classes")
    if classes != {name: list(values) for name, values in JUDGED.items()}:
        raise WeightsError(
            f"the recogniser in {folder} was taught another world than the present one; train one "
            "with --train-recogniser, then name its folder with --recogniser"
        )


def main(args: argparse.Namespace) -> int:
    if args.train_recogniser:
        return train(args)
    if args.answers:
        return score(args)
    if args.labels:
        return compare(args)
    if args.blind or args.to_label:
        return show(args)
    return examine(args)


def examine(args: argparse.Namespace) -> int:
    # Late, here and below, so that --help needs none of it (see generator.__main__).
    from generator.drawing.pipeline import Generator
    from generator.evaluation.exam import hold_exam
    from generator.evaluation.figures import figures_of
    from generator.evaluation.game import summary
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
        "candidates": generator.candidates,
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
    if args.figures:
        text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
        args.figures.write_text(text, encoding="utf-8")
    return tell(summary(exam.cases))


def compare(args: argparse.Namespace) -> int:
    """The examiner with labels by eye."""
    from generator.evaluation.labels import agreement, read_labels
    from generator.training.judge.recogniser import Recogniser

    folder: Path = args.recogniser or SHIPPED
    check_world(folder)
    return tell(agreement(Recogniser.load(folder, args.device), read_labels(args.labels)))


def show(args: argparse.Namespace) -> int:
    """Pictures for eyes."""
    from generator.drawing.pipeline import Generator
    from generator.evaluation.blind import reconstructions, shown, write_blind
    from generator.evaluation.exam import drawn, held_out_prompts
    from generator.evaluation.labels import write_unlabelled

    generator = Generator.load(args.model, device=args.device)
    asked = held_out_prompts(args.prompts, args.seed)
    if args.to_label:
        write_unlabelled(args.to_label, drawn(generator, asked, args.seed))
        return 0
    if args.reconstructions:
        sheets = reconstructions(generator, asked)
    else:
        sheets = shown(drawn(generator, asked, args.seed))
    write_blind(args.blind, args.key or args.blind.with_suffix(".key"), sheets)
    return 0


def score(args: argparse.Namespace) -> int:
    from generator.evaluation.blind import score as score_answers

    if args.key is None:
        raise ValueError("--answers needs the --key of its sheets")
    return tell(score_answers(args.answers, args.key))


def tell(figures: dict[str, Any]) -> int:
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    return 0


def train(args: argparse.Namespace) -> int:
    with needing("train"):
        from generator.evaluation.examiner import PLAN, train_examiner
        from generator.training.vqgan.stage import load_vqgan
    plan = PLAN if args.steps is None else replace(PLAN, steps=args.steps)
    painter = load_vqgan((args.model or BUNDLED) / "vqgan")
    train_examiner(args.recogniser or TRAINED, painter, plan)
    return 0

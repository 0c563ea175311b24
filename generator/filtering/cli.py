"""`python -m generator filter`: shards in, shards of the same names without what is dropped out.

Dropped are captions with sexual and violent words, pictures that a CLIP finds unsafe or unlike
their captions, small, long and broken ones, and near-duplicates. A run that was stopped goes on
where it was. Without --clip no picture is looked at for what it shows.
"""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from generator.filtering.limits import Limits

if TYPE_CHECKING:
    from generator.filtering.judge import Judge
    from generator.filtering.run import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    usual = Limits()
    parser.add_argument("shards", nargs="+", help="folders, tar files, train-{000..099}.tar")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    parser.add_argument("--report", type=Path, metavar="FILE", help="(dropped.jsonl in DIR)")
    parser.add_argument("--clip", metavar="SRC", help="a model folder, or an id on the hub")
    parser.add_argument("--unsafe", nargs="+", metavar="TEXT", help="unsafe classes, in words")
    parser.add_argument("--safe", nargs="+", metavar="TEXT", help="safe classes, in words")
    parser.add_argument("--max-unsafe", type=float, default=usual.unsafe, help=f"({usual.unsafe})")
    parser.add_argument("--min-fit", type=float, help="cosine of caption and picture (any)")
    parser.add_argument("--min-side", type=int, default=usual.side, help=f"({usual.side})")
    parser.add_argument("--max-aspect", type=float, default=usual.aspect, help=f"({usual.aspect})")
    parser.add_argument(
        "--distance", type=int, default=usual.distance, help=f"of duplicates ({usual.distance})"
    )
    parser.add_argument("--keep-duplicates", action="store_true")
    parser.add_argument("--any-words", action="store_true", help="keep captions whatever they say")
    parser.add_argument("--device", default="cpu", help="for CLIP: cpu, cuda, … (cpu)")
    parser.add_argument("--workers", type=int, default=1, help="threads that decode (1)")


def main(args: argparse.Namespace) -> int:
    # Late, so that --help needs none of it (see generator.__main__).
    from tqdm import tqdm

    from generator.filtering.run import filter_shards, write_report
    from generator.filtering.verdicts import Filter
    from generator.sources.shards import find_shards

    if args.clip is None and (args.min_fit is not None or args.unsafe or args.safe):
        raise ValueError("--min-fit, --unsafe and --safe need --clip")
    limits = _limits(args)
    shards = find_shards(args.shards)
    judge = _judge(args) if args.clip else None
    settings = {**asdict(limits), "clip": args.clip, "classes": judge.classes if judge else []}
    with tqdm(total=len(shards), unit="shard", disable=None) as bar:

        def show(result: "Result") -> None:
            bar.set_postfix_str(_rate(result), refresh=False)
            bar.update(len(result.decisions) + len(result.unreadable) - bar.n)

        result = filter_shards(
            shards, args.out, Filter(limits, judge, args.workers), settings, show
        )
    report = args.report or args.out / "dropped.jsonl"
    write_report(result, report)
    sys.stdout.write(_summary(result, args.out, report))
    return 0


def _limits(args: argparse.Namespace) -> Limits:
    return Limits(
        side=args.min_side,
        aspect=args.max_aspect,
        unsafe=args.max_unsafe,
        fit=args.min_fit,
        distance=None if args.keep_duplicates else args.distance,
        has_word_rules=not args.any_words,
    )


def _judge(args: argparse.Namespace) -> "Judge":
    import torch

    from generator.filtering.judge import SAFE, UNSAFE, Judge, load_clip

    ranker = load_clip(args.clip, torch.device(args.device))
    return Judge(ranker, args.unsafe or UNSAFE, args.safe or SAFE)


def _rate(result: "Result") -> str:
    return f"{result.judged / max(result.seconds, 1e-9):.0f} samples/s"


def _summary(result: "Result", out: Path, report: Path) -> str:
    lines = [result.table()]
    if result.finished_before:
        lines.append(f"{result.finished_before} shards were finished by an earlier run")
    if result.judged:
        lines.append(f"{result.judged} samples in {result.seconds:.1f} s: {_rate(result)}")
    damaged = sum(d.damage is not None for d in result.decisions.values())
    if damaged or result.unreadable:
        lines.append(f"{damaged} shards are damaged, {len(result.unreadable)} unreadable")
    lines.append(f"shards are in {out}, what was dropped is in {report}")
    return "\n".join(lines) + "\n"

"""`python -m generator recipe`: a whole model from nothing, every stage in turn.

bundled   the model of the synthetic world in generator/weights/
own       a model of captioned pictures of one's own (docs/own-pictures.md)

A run that was stopped goes on where it was when the same command is given again.
"""

import argparse
import logging
from pathlib import Path

from generator.folders.manifest import BUNDLED

logger = logging.getLogger(__name__)
KEPT = 6
PROMPT = "a fox riding a bicycle on the moon"
SOURCES = (
    "tar shards (a folder, a file, train-{000..099}.tar), a folder with captions.csv or "
    "captions.jsonl, or pictures with a .txt beside each"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    recipes = parser.add_subparsers(dest="name", required=True, metavar="RECIPE")
    bundled = recipes.add_parser("bundled", help="the model of the synthetic world")
    bundled.add_argument("--dir", type=Path, default=Path("var/training"), help="run folder")
    bundled.add_argument("--out", type=Path, help="model folder (generator/weights)")
    bundled.add_argument(
        "--smoke", action="store_true", help="the same way in a minute: tiny, and of no use"
    )
    own = recipes.add_parser("own", help="a model of captioned pictures of one's own")
    _add_own(own)


def _add_own(own: argparse.ArgumentParser) -> None:
    own.add_argument("--data", required=True, metavar="SRC", help=SOURCES)
    own.add_argument("--out", type=Path, required=True, metavar="DIR", help="model folder")
    own.add_argument("--dir", type=Path, default=Path("var/own"), help="run folder (var/own)")
    own.add_argument(
        "--size",
        default="small",
        help="small (one CPU core, an hour or two), mini or mega (as DALL·E mini's; GPUs), smoke "
        "(seconds, of no use), or FILE.json: a base and what is otherwise (small)",
    )
    own.add_argument("--name", help="what the model is called (as DIR)")
    own.add_argument("--licence", default="unknown", help="of the model (unknown)")
    own.add_argument(
        "--held-out", type=float, default=0.02, help="share of captions kept apart (0.02)"
    )
    own.add_argument("--workers", type=int, default=0, help="processes that decode pictures (0)")
    own.add_argument("--encode-batch", type=int, default=32, help="pictures encoded at once (32)")
    data = own.add_argument_group("what data are called, where it is nothing usual")
    data.add_argument("--image-key", metavar="NAME", help="ending in shards, else a column")
    data.add_argument("--caption-key", metavar="NAME", help="ending or json field, else a column")
    data.add_argument("--delimiter", default=",", help="of captions.csv (,)")
    given = own.add_argument_group("what is given: folders, or ids on the hub")
    given.add_argument("--vqgan", metavar="SRC", help="a VQGAN to encode with (one is trained)")
    given.add_argument("--tune-vqgan", action="store_true", help="train the given VQGAN on")
    given.add_argument("--clip", metavar="SRC", help="a CLIP to rank with (one is trained)")
    given.add_argument("--init-from", metavar="MODEL", help="a model to go on from: BART and VQGAN")
    plan = own.add_argument_group("steps in all, in place of the size's")
    for stage in ("vqgan", "bart", "clip"):
        plan.add_argument(f"--{stage}-steps", type=int, metavar="N")


def main(args: argparse.Namespace) -> int:
    return _bundled(args) if args.name == "bundled" else _own(args)


def _bundled(args: argparse.Namespace) -> int:
    # Late, so that --help needs none of it (see generator.__main__).
    from generator.training.assemble import assemble
    from generator.training.recipe import BUNDLED_RECIPE, STAGES
    from generator.training.smoke import SMOKE_RECIPE

    recipe = SMOKE_RECIPE if args.smoke else BUNDLED_RECIPE
    target = args.out or (args.dir / "model" if args.smoke else BUNDLED)
    for name, stage in STAGES.items():
        logger.info("── %s", name)
        stage(recipe, args.dir)
    manifest = assemble(args.dir, target)
    logger.info("%s: %s", target, manifest.hash)
    show(target, args.dir / "drawing")
    return 0


def _own(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from generator.sources.records import Keys
    from generator.training.own.recipe import make
    from generator.training.own.sizes import sizes_of
    from generator.training.own.wish import Own

    if args.tune_vqgan and not (args.vqgan or args.init_from):
        raise ValueError("--tune-vqgan needs --vqgan or --init-from: a new one is trained anyway")
    if not 0 < args.held_out < 1:
        raise ValueError(f"--held-out is a share between 0 and 1, not {args.held_out}")
    sizes = sizes_of(args.size)
    steps = {stage: getattr(args, f"{stage}_steps") for stage in sizes.plans}
    plans = {s: replace(p, steps=steps[s] or p.steps) for s, p in sizes.plans.items()}
    manifest = make(
        Own(
            data=args.data,
            runs=args.dir,
            out=args.out,
            sizes=replace(sizes, plans=plans),
            name=args.name or args.out.resolve().name,
            licence=args.licence,
            held_out=args.held_out,
            keys=Keys(args.image_key, args.caption_key, args.delimiter),
            vqgan=args.vqgan,
            tunes_vqgan=args.tune_vqgan,
            clip=args.clip,
            start=args.init_from,
            workers=args.workers,
            encode_batch=args.encode_batch,
        )
    )
    logger.info("%s: %s", args.out, manifest.hash)
    return 0


def show(model: Path, folder: Path) -> None:
    """Draw one prompt with the finished model and write the six that are shown."""
    from generator.drawing.pipeline import Generator

    folder.mkdir(parents=True, exist_ok=True)
    drawing = Generator.load(model).draw(PROMPT, seed=0)
    for place, picture in enumerate(drawing.shown, start=1):
        picture.image.save(folder / f"{place:02}.png")
    logger.info("%s: %s", folder, PROMPT)

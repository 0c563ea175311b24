"""`python -m generator recipe`: a whole model from nothing, every stage in turn."""

import argparse
import logging
from pathlib import Path

from generator.folders.manifest import BUNDLED

logger = logging.getLogger(__name__)
KEPT = 6
PROMPT = "a fox riding a bicycle on the moon"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=("bundled",), help="which recipe")
    parser.add_argument("--dir", type=Path, default=Path("var/training"), help="run folder")
    parser.add_argument("--out", type=Path, help="model folder (generator/weights)")
    parser.add_argument(
        "--smoke", action="store_true", help="the same way in a minute: tiny, and of no use"
    )


def main(args: argparse.Namespace) -> int:
    # Late, so that --help needs none of it (see generator.__main__).
    from generator.training.assemble import assemble
    from generator.training.recipe import BUNDLED_RECIPE, SMOKE_RECIPE, STAGES

    recipe = SMOKE_RECIPE if args.smoke else BUNDLED_RECIPE
    target = args.out or (args.dir / "model" if args.smoke else BUNDLED)
    for name, stage in STAGES.items():
        logger.info("── %s", name)
        stage(recipe, args.dir)
    manifest = assemble(args.dir, target)
    logger.info("%s: %s", target, manifest.hash)
    show(target, args.dir / "drawing")
    return 0


def show(model: Path, folder: Path) -> None:
    """Draw one prompt with the finished model and write its ranked pictures."""
    from generator.drawing.pipeline import Generator

    folder.mkdir(parents=True, exist_ok=True)
    drawing = Generator.load(model).draw(PROMPT, seed=0)
    for picture in drawing.pictures[:KEPT]:
        picture.image.save(folder / f"{picture.rank:02}.png")
    logger.info("%s: %s", folder, PROMPT)

"""`python -m generator fetch`: an original by its id on the hub, converted into the cache."""

import argparse
import logging

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Downloads and converts what GENERATOR_MODEL names, unless it is there already; "
        "SIXPIX_MODELS says where models are kept."
    )
    parser.add_argument("model", help="an id on the hub, like dalle-mini/dalle-mega")


def main(args: argparse.Namespace) -> int:
    # Late, so that --help needs none of it (see generator.__main__).
    from generator.convert.cached import model_folder

    logger.info("%s", model_folder(args.model))
    return 0

"""`python -m generator`: the package's command line."""

import argparse
import logging
import sys

from generator.convert import cli as convert_cli
from generator.convert import fetch_cli
from generator.drawing import cli as drawing_cli
from generator.evaluation import cli as evaluation_cli
from generator.filtering import cli as filtering_cli
from generator.folders.manifest import WeightsError
from generator.training import cli as training_cli
from generator.training import recipe_cli
from generator.training.loop.saving import TrainingError
from generator.world import cli as world_cli


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module, text in (
        ("draw", drawing_cli, "draw ranked pictures of a prompt"),
        ("world", world_cli, "show scenes of the synthetic training world"),
        ("convert", convert_cli, "make a model folder of published checkpoints"),
        ("fetch", fetch_cli, "download and convert an original, once"),
        ("filter", filtering_cli, "drop what must not be trained on from tar shards"),
        ("train", training_cli, "train one network of the bundled model"),
        ("recipe", recipe_cli, "train a whole model, every stage in turn"),
        ("evaluate", evaluation_cli, "measure how good a model's pictures are"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        module.add_arguments(command)
        command.set_defaults(main=module.main)
    return parser


def main(arguments: list[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    args = build_parser().parse_args(arguments)
    try:
        return int(args.main(args))
    except (ValueError, OSError, WeightsError, TrainingError) as error:
        sys.stderr.write(f"generator: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

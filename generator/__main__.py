"""`python -m generator`: the package's command line."""

import argparse
import importlib
import logging
import signal
import sys
from collections.abc import Sequence
from typing import NamedTuple

from generator.folders.manifest import WeightsError
from generator.groups import NotInstalledError, needing
from generator.training.loop.errors import TrainingError


class Command(NamedTuple):
    """`module` has `add_arguments` and `main`; what it needs comes with the dependency `group`."""

    module: str
    group: str
    text: str


# Each is imported when it is called, and imports what it works with when it works: to see a scene
# or an option, nobody has to install, or wait for, what training needs.
COMMANDS = {
    "draw": Command("drawing.cli", "studio", "draw ranked pictures of a prompt"),
    "world": Command("world.cli", "studio", "show scenes of the synthetic training world"),
    "convert": Command("convert.cli", "studio", "make a model folder of published checkpoints"),
    "fetch": Command("convert.fetch_cli", "studio", "download and convert an original, once"),
    "filter": Command(
        "filtering.cli", "studio", "drop what must not be trained on from tar shards"
    ),
    "pack": Command("filtering.pack_cli", "studio", "make tar shards of a folder of pictures"),
    "train": Command("training.cli", "train", "train one network of the bundled model"),
    "recipe": Command("training.recipe_cli", "train", "train a whole model, every stage in turn"),
    "evaluate": Command("evaluation.cli", "studio", "measure how good a model's pictures are"),
}


def build_parser(called: str | None) -> argparse.ArgumentParser:
    """Names every command, and has the arguments of the one that is called."""
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        each = commands.add_parser(name, help=command.text, description=command.text)
        if name == called:
            module = importlib.import_module(f"generator.{command.module}")
            module.add_arguments(each)
            each.set_defaults(main=module.main)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    words = sys.argv[1:] if arguments is None else arguments
    called = next((word for word in words if not word.startswith("-")), None)
    try:
        with needing(COMMANDS[called].group if called in COMMANDS else "studio"):
            args = build_parser(called).parse_args(words)
            return int(args.main(args))
    except (ValueError, OSError, WeightsError, TrainingError, NotInstalledError) as error:
        sys.stderr.write(f"generator: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def _end(number: int, frame: object) -> None:
    """What is half written is removed on the way out."""
    sys.exit(128 + number)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    sys.exit(main())

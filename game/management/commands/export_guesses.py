from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from game.players import export


def day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = "Write the tries of past puzzles to a file for research, without their players."

    def add_arguments(self, parser: ArgumentParser) -> None:
        endings = " or ".join(f".{each}" for each in export.FORMATS)
        parser.add_argument(
            "--out", type=Path, required=True, help=f"the file to write; {endings} says as what"
        )
        parser.add_argument(
            "--format", choices=list(export.FORMATS), help="for names that end otherwise"
        )
        parser.add_argument("--since", type=day, help="the first puzzle's day, like 2026-11-01")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        try:
            written = export.export(out, options["format"], options["since"])
        except export.ExportError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                _("%(out)s was not written: %(error)s") % {"out": out, "error": error.strerror}
            ) from error
        self.stdout.write(_("%(count)d tries written to %(out)s.") % {"count": written, "out": out})

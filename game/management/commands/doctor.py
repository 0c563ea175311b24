import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from game.nights import doctor


class Command(BaseCommand):
    help = (
        "Say when the last night was and what is wrong with the running site. The exit code is 1 "
        "when something is; what is only worth a look is a warning, and leaves it 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json",
            dest="as_json",
            action="store_true",
            help="one line: {faults: […], warnings: […], last: {night: …, report: …}}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found, done = doctor.examine(), doctor.last_done()
        if options["as_json"]:
            last = {chore: moment and moment.isoformat() for chore, moment in done.items()}
            told = {"faults": found.faults, "warnings": found.warnings, "last": last}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            verdict = [] if found.faults else [_("Nothing is wrong.")]
            warnings = [_("Worth a look: %s") % each for each in found.warnings]
            for line in [*doctor.describe(done), *found.faults, *warnings, *verdict]:
                self.stdout.write(line)
        if found.faults:
            sys.exit(1)

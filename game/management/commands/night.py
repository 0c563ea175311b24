import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from game.nights import night


class Command(BaseCommand):
    help = "Draw what the coming days need, now and in this process: the nightly round, by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=night.DAYS, help="how many, from today")
        parser.add_argument("--again", action="store_true", help="also what has failed before")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done = night.run(options["days"], is_again=options["again"])
        self.stdout.write(
            _("%(drawn)d drawn, %(failed)d failed.") % {"drawn": done.drawn, "failed": done.failed}
        )
        if done.gaps:
            days = ", ".join(day.isoformat() for day in done.gaps)
            self.stdout.write(_("No puzzle is planned for: %s.") % days)
        if options["json"]:
            self.stdout.write(json.dumps(done.as_json()))

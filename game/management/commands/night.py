import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from game import tasks


class Command(BaseCommand):
    help = "Have drawn what the coming days need: the nightly round, by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        night = tasks.keep_days_drawn()
        self.stdout.write(
            _("%(drawn)d drawn, %(failed)d failed, %(queued)d waiting for the studio.") % night
        )
        if night["gaps"]:
            self.stdout.write(_("No puzzle is planned for: %s.") % ", ".join(night["gaps"]))
        if options["json"]:
            self.stdout.write(json.dumps(night))

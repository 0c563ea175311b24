from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from game.files import pairing, sweeping


class Command(BaseCommand):
    help = (
        "Move picture files that no puzzle needs any more to the trash, which keeps them for "
        "fourteen days: what each night does, by hand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="also more than a twentieth of all files at once"
        )
        parser.add_argument(
            "--unnamed",
            action="store_true",
            help="also files that this database never named: be sure that nobody else needs them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pairing.introduce()
            if options["unnamed"]:
                sweeping.own_up_to(sweeping.unnamed())
            swept = sweeping.sweep(is_all=options["all"])
        except pairing.Stranger as stranger:
            raise CommandError(str(stranger)) from stranger
        self.stdout.write(
            _("%(moved)d moved to the trash, %(deleted)d deleted from it, %(left)d left.")
            % {"moved": swept.moved, "deleted": swept.deleted, "left": swept.left}
        )

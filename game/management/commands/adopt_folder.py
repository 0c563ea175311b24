from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from game.files import pairing


class Command(BaseCommand):
    help = (
        "Make the database and the data folder belong together from now on. What either of them "
        "lacks of the other stays lacking: `doctor` tells."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        pairing.adopt()
        self.stdout.write(_("The database and the data folder belong together from now on."))

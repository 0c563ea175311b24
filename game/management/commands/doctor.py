import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from game.nights import doctor


class Command(BaseCommand):
    help = (
        "Say when the last night was and what is wrong with the running site; "
        "the exit code is 1 when something is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        problems = doctor.examine()
        for line in [*doctor.last_done(), *(problems or [_("Nothing is wrong.")])]:
            self.stdout.write(line)
        if problems:
            sys.exit(1)

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from game.days import schedule
from game.editing import starters


class Command(BaseCommand):
    help = "Plan a new site's first prompts on the coming free days."

    def handle(self, *args: Any, **options: Any) -> None:
        new, moved = starters.begin()
        self.stdout.write(
            _("%(new)d starter prompts planned, %(moved)d planned again.")
            % {"new": new, "moved": moved}
        )
        if schedule.gaps(timezone.localdate(), days=1):
            self.stderr.write(_("No puzzle is planned for today: write one in the admin."))

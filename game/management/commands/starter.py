from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from game import planning, schedule, text
from game.models import Puzzle

PROMPTS = Path(__file__).resolve().parents[2] / "starter_prompts.txt"


class Command(BaseCommand):
    help = "Plan the starter prompts on the coming free days."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        starters = read_prompts()
        first = max(today, settings.FIRST_DAY)
        moved = self._replan_missed(starters, first)
        created = schedule.plan(new_prompts(starters), first, is_auto_approved=True)
        self.stdout.write(
            _("%(new)d starter prompts planned, %(moved)d planned again.")
            % {"new": len(created), "moved": moved}
        )
        if schedule.gaps(today, days=1):
            self.stderr.write(_("No puzzle is planned for today: write one in the admin."))

    def _replan_missed(self, starters: Iterable[str], first: date) -> int:
        """While the site is off its days go by; prompts that nobody has seen get new ones."""
        missed = list(
            Puzzle.objects.filter(
                state=Puzzle.State.DRAFT,
                is_auto_approved=True,
                play_on__lt=first,
                prompt__in=starters,
            )
        )
        planning.plan(zip(missed, schedule.free_days(first), strict=False))
        return len(missed)


def read_prompts() -> list[str]:
    return [line for line in PROMPTS.read_text().splitlines() if line and line[0] != "#"]


def new_prompts(starters: Iterable[str]) -> list[str]:
    """Starters that aren't there, and that no editor has thrown away."""
    content_type = ContentType.objects.get_for_model(Puzzle)
    deleted = LogEntry.objects.filter(content_type=content_type, action_flag=DELETION)
    known = {
        text.normalise(prompt)
        for prompts in (
            Puzzle.objects.values_list("prompt", flat=True),
            deleted.values_list("object_repr", flat=True),
        )
        for prompt in prompts
    }
    return [prompt for prompt in starters if text.normalise(prompt) not in known]

"""`{% agenda %}`: what waits for whoever opens the admin, and what the night is going to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from game.days import schedule
from game.editing import access
from game.models import Batch, Puzzle
from game.nights import night

SHOWN = 6

State = Puzzle.State
register = template.Library()


@register.inclusion_tag("admin/game/agenda.html", takes_context=True)
def agenda(context: template.Context) -> dict[str, Any]:
    user = context["request"].user
    puzzles = access.visible(user).order_by(F("play_on").asc(nulls_last=True), "pk")
    today = timezone.localdate()
    undrawn = schedule.planned(today, night.DAYS).filter(state__in=[State.DRAFT, State.WANTED])
    return {
        "perms": context["perms"],
        "in_review": puzzles.filter(state=State.REVIEW)[:SHOWN],
        "failed": puzzles.filter(state=State.FAILED)[:SHOWN],
        "drafts": puzzles.filter(state=State.DRAFT, created_by=user)[:SHOWN],
        "undrawn": undrawn.count(),
        "begins_at": next_night(timezone.now()),
        "last": Batch.objects.first(),
    }


def next_night(now: datetime) -> datetime:
    tonight = datetime.combine(now.astimezone(UTC).date(), settings.NIGHT_AT, UTC)
    return tonight if tonight > now else tonight + timedelta(days=1)

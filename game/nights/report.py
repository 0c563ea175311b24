"""The morning report: what the night has done and what the coming days still need."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from game.days import runway, schedule
from game.editing import starters
from game.models import Chore, Puzzle, StandIn

DAYS = 14
SINCE = timedelta(days=1)
# A day, and some time for a mail server that is away.
LONGEST_WITHOUT = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Report:
    """Puzzles and days; what a reader needs in words is in the templates."""

    day: date
    drawn: list[Puzzle]
    failed: list[Puzzle]
    unready: list[Puzzle]
    gaps: list[date]
    # Days whose prompts once stood in the public source.
    known: list[date]
    stand_ins: list[StandIn]
    reserve: int
    runs_out_on: date


def build(now: datetime | None = None) -> Report:
    now = now or timezone.now()
    day = timezone.localdate(now)
    coming = runway.ahead(now)
    failed = Puzzle.objects.filter(state=Puzzle.State.FAILED)
    unready = schedule.unready(day, DAYS).exclude(state=Puzzle.State.FAILED)
    return Report(
        day=day,
        drawn=list(Puzzle.objects.filter(drawn_at__gt=now - SINCE, drawn_at__lte=now)),
        failed=list(failed.order_by("play_on", "pk")),
        unready=list(unready),
        gaps=schedule.gaps(day, DAYS),
        known=[each.play_on for each in starters.published_ahead(now) if each.play_on],
        stand_ins=list(StandIn.objects.filter(day__gte=day - SINCE).select_related("displaced")),
        reserve=coming.reserve,
        runs_out_on=coming.runs_out_on,
    )


def undelivered() -> list[str]:
    """For doctor, in words: a report that was due by now and never left."""
    row = Chore.objects.filter(name="report").first()
    if not settings.REPORT_TO or row is None:
        return []
    if row.done_at is not None and timezone.now() - row.done_at <= LONGEST_WITHOUT:
        return []
    return [_("The last morning report did not leave: the worker's log says why.")]


def send(now: datetime | None = None) -> bool:
    """E-mail it to the editors; False when there is nobody to send it to."""
    if not settings.REPORT_TO:
        return False
    report = build(now)
    with translation.override(settings.LANGUAGE_CODE):
        # Each has days in place of prompts: mail is read by more people than the admin.
        context = {"report": report, "address": settings.SITE_URL + reverse("admin:index")}
        subject = render_to_string("email/report_subject.txt", context)
        body = render_to_string("email/report.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=settings.REPORT_TO).send()
    return True

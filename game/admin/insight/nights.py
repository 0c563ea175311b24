"""What the nights have done: the batches of drawings, under the morning report."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.admin.read_only import ReadOnlyAdmin
from game.models import Batch, Puzzle, StandIn
from game.nights import report, tasks

# A batch that took longer was killed.
LONGEST = timedelta(seconds=tasks.BATCH_HARD_LIMIT)


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "asked", "drawn", "failed", "took", "each")
    fields = ("started_at", "ended_at", "took", "each", "asked", "drawn", "reasons")
    date_hierarchy = "started_at"
    change_list_template = "admin/game/batch/change_list.html"

    class Media:
        css = {"all": ["admin/game/nights.css"]}  # noqa: RUF012 - Django's own way to write it

    @admin.display(description=_("failed"))
    def failed(self, batch: Batch) -> int:
        return len(batch.failures)

    @admin.display(description=_("took"))
    def took(self, batch: Batch) -> str:
        if batch.ended_at:
            return duration(batch.ended_at - batch.started_at)
        is_at_it = timezone.now() - batch.started_at < LONGEST
        return gettext("not done yet") if is_at_it else gettext("did not end")

    @admin.display(description=_("for each puzzle"))
    def each(self, batch: Batch) -> str:
        if not batch.ended_at or not batch.drawn:
            return "–"
        return duration((batch.ended_at - batch.started_at) / batch.drawn)

    @admin.display(description=_("failures"))
    def reasons(self, batch: Batch) -> str | SafeString:
        if not batch.failures:
            return gettext("none")
        puzzles = Puzzle.objects.in_bulk([int(pk) for pk in batch.failures])
        rows = [(named(puzzles.get(int(pk))), why) for pk, why in batch.failures.items()]
        return format_html_join("", '<p class="reason">{}<br>{}</p>', rows)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": _("Nights"), "report": report.build()} | (extra_context or {})
        return super().changelist_view(request, context)


@admin.register(StandIn)
class StandInAdmin(ReadOnlyAdmin):
    list_display = ("day", "puzzle", "displaced", "created_at")
    list_select_related = ("puzzle", "displaced")
    date_hierarchy = "day"


def named(puzzle: Puzzle | None) -> str | SafeString:
    if puzzle is None:
        return gettext("A puzzle that was deleted since")
    address = reverse("admin:game_puzzle_change", args=[puzzle.pk])
    return format_html('<a href="{}">{}</a>', address, puzzle)


def duration(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    if not minutes:
        return gettext("%d s") % seconds
    return gettext("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}

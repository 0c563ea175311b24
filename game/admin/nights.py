"""What the nights have done: the batches of drawings, under the morning report."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game import report
from game.admin.plays import ReadOnlyAdmin
from game.models import Batch, StandIn


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "asked", "drawn", "failed", "seconds")
    date_hierarchy = "started_at"
    change_list_template = "admin/game/batch/change_list.html"

    @admin.display(description=_("failed"))
    def failed(self, batch: Batch) -> int:
        return len(batch.failures)

    @admin.display(description=_("seconds"))
    def seconds(self, batch: Batch) -> str:
        if batch.ended_at is None:
            return gettext("did not end")
        return f"{(batch.ended_at - batch.started_at).total_seconds():.0f}"

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

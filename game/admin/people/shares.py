"""What players share, and what others report of it: an editor keeps or removes it with a click."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, IntegerField, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from game.admin.read_only import ReadOnlyAdmin
from game.easel import sharing
from game.models import Share

MAY_DECIDE = "game.approve_puzzle"


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    list_display = ("prompt", "state", "reported", "created_at", "decide")
    fields = ("prompt", "state", "reason", "reports_in_full", "created_at", "decide")
    list_filter = ("state",)
    search_fields = ("order__prompt", "=code")
    list_select_related = ("order",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:
        found: QuerySet[Share] = super().get_queryset(request).defer("card")
        return found.annotate(reported_by=Count("reports"))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Those that wait for a decision first."""
        waits = When(state=Share.State.HIDDEN, then=0)
        return [Case(waits, default=1, output_field=IntegerField()), "-pk"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_DECIDE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide_view)
        return [path("<int:pk>/decide/", decide, name="game_share_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(Share, pk=pk)
        sharing.decide(found, is_kept=request.POST.get("verdict") == "keep")
        return redirect("admin:game_share_changelist")

    @admin.display(description=_("prompt"))
    def prompt(self, share: Share) -> str:
        return share.order.prompt

    @admin.display(description=_("reports"), ordering="reported_by")
    def reported(self, share: Any) -> int:
        return int(share.reported_by)

    @admin.display(description=_("reports"))
    def reports_in_full(self, share: Share) -> SafeString | str:
        told = ((each.get_reason_display(), each.text) for each in share.reports.all())
        return format_html_join("", "<p>{}: {}</p>", told) or "–"

    @admin.display(description=_("decision"))
    def decide(self, share: Share) -> SafeString:
        """Buttons of the form that surrounds them, sent to an address of their own."""
        return format_html(
            '<a href="{}">{}</a> '
            '<button type="submit" formaction="{}" name="verdict" value="keep">{}</button> '
            '<button type="submit" formaction="{}" name="verdict" value="remove">{}</button>',
            reverse("shared", args=[share.code]),
            _("See it"),
            *(
                value
                for label in (_("Keep"), _("Remove"))
                for value in (reverse("admin:game_share_decide", args=[share.pk]), label)
            ),
        )

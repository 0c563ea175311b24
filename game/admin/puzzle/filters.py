"""What of the puzzles the list shows."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from game.models import Puzzle


class WhenFilter(admin.SimpleListFilter):
    """Editors work on what is to come, so that is what they see unless they ask for more."""

    title = _("day")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("coming", _("Coming and unplanned")), ("past", _("Past")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": value == (self.value() or "coming"),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Puzzle]) -> QuerySet[Puzzle]:
        today = timezone.localdate()
        if self.value() == "all":
            return queryset
        if self.value() == "past":
            return queryset.filter(play_on__lt=today)
        return queryset.filter(Q(play_on__gte=today) | Q(play_on=None))

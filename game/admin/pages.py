"""Pages of our own in the admin, with what every page of it needs."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse

from game.models import Puzzle

# Django's admin classes are generic for type checkers alone.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Puzzle]
else:
    ModelAdmin = admin.ModelAdmin


def page(
    on: ModelAdmin, request: HttpRequest, template: str, context: dict[str, Any]
) -> TemplateResponse:
    context = {**on.admin_site.each_context(request), "opts": on.opts, **context}
    return TemplateResponse(request, f"admin/game/puzzle/{template}", context)

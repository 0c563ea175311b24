"""game.editing.access on every page of a puzzle that Django's admin has by itself."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from game.admin.pages import ModelAdmin
from game.editing import access, review
from game.models import Puzzle

# What these fields of the page take, beside the right to write on it.
FIELDS = {"play_on": access.PLAN, "is_auto_approved": access.APPROVE}
# How a puzzle's history tells it.
TAKEN_BACK = "Changed by somebody who may not approve: taken back."


class AccessAdmin(ModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Puzzle]:
        return access.visible(request.user)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Puzzle | None:
        puzzle = super().get_object(request, object_id, from_field)
        # Django says of what isn't in the queryset that it doesn't exist.
        if puzzle is None and object_id.isdecimal():
            puzzle = Puzzle.objects.filter(pk=object_id).first()
            if puzzle is not None:
                raise PermissionDenied
        return puzzle

    def has_view_permission(self, request: HttpRequest, obj: Puzzle | None = None) -> bool:
        if obj is None:
            return access.may_look(request.user)
        return access.may_see(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Puzzle | None = None) -> bool:
        if obj is None:
            return access.may_write(request.user)
        return access.may_change(request.user, obj)

    def get_fields(self, request: HttpRequest, obj: Puzzle | None = None) -> list[Any]:
        fields = super().get_fields(request, obj)
        return [field for field in fields if obj or field not in _locked(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: Puzzle | None = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *_locked(request)]

    def withdraw_for(self, request: HttpRequest, puzzle: Puzzle) -> None:
        """Before a change of what is shown: nobody's approval is of what they didn't see."""
        if request.user.has_perm(access.APPROVE):
            return
        # Whoever writes may have been let in before somebody took the draft up.
        states = () if request.user.has_perm(access.CHANGE) else (Puzzle.State.DRAFT,)
        if review.withdraw(puzzle, *states):
            self.log_change(request, puzzle, TAKEN_BACK)
            text = gettext(
                "It was approved as it was before. Whoever approves has to take another look."
            )
            self.message_user(request, text, messages.WARNING)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Django would ignore them; but nobody's page has them who may not set them.
        if any(field in request.POST for field in _locked(request)):
            raise PermissionDenied
        return super().changeform_view(request, *args, **kwargs)


def _locked(request: HttpRequest) -> list[str]:
    return [field for field, needed in FIELDS.items() if not request.user.has_perm(needed)]

"""Puzzles: the list that shows weeks ahead, and the page with prompt, studio and candidates."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.admin.calendar.autoplan import AutoplanAdmin
from game.admin.calendar.calendar import CalendarAdmin, question
from game.admin.looks import status_of
from game.admin.prompts.bulk import BulkAdmin
from game.admin.prompts.suggestions import SuggestionsAdmin
from game.admin.puzzle import filters
from game.admin.puzzle.descriptions import DescriptionInline, early_hidden
from game.admin.puzzle.forms import PuzzleForm
from game.admin.puzzle.rulings import AcceptedInline, CorrectionInline
from game.admin.puzzle.status import studio_context
from game.admin.puzzle.studio import StudioAdmin
from game.drawing import candidates, drawable
from game.drawing.candidates import CHOSEN, IN_PLACE
from game.editing import bulk, review
from game.models import Accepted, Candidate, Puzzle
from game.nights.tasks import enqueue_regrading

State = Puzzle.State
# Of the fields, those that decide what players get.
SHOWN = frozenset({"prompt", "hides_given_words"})


class Unagreed(Exception):
    """The day would put the puzzle live, and the editor hasn't agreed to that yet."""

    def __init__(self, puzzle_pk: int, day: date) -> None:
        super().__init__(f"{day} has begun somewhere")
        self.puzzle_pk, self.day = puzzle_pk, day


@admin.register(Puzzle)
class PuzzleAdmin(AutoplanAdmin, BulkAdmin, SuggestionsAdmin, CalendarAdmin, StudioAdmin):
    form = PuzzleForm
    # Named here too, or a locked field would move to the end of the page.
    fields = ("prompt", "play_on", "difficulty", "is_auto_approved", "hides_given_words", "notes")
    list_display = ("day", "prompt", "status", "pictures")
    list_display_links = ("prompt",)
    list_filter = (filters.WhenFilter, "state", "is_auto_approved")
    list_per_page = 50
    search_fields = ("prompt", "notes")
    search_help_text = _("Words of the prompt or the notes")
    change_form_template = "admin/game/puzzle/change_form.html"
    inlines = (DescriptionInline, AcceptedInline, CorrectionInline)

    class Media:
        css = {"all": ["admin/game/studio.css"]}  # noqa: RUF012 - Django's own way to write it
        js = ("admin/game/studio.js",)

    # The list

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        # Of the past, what was played last comes first.
        is_past = request.GET.get(filters.WhenFilter.parameter_name) == "past"
        return ("-play_on", "pk") if is_past else ("play_on", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Puzzle]:
        # A list has hundreds, of which it shows no more than this.
        shown = Candidate.objects.only("puzzle", *IN_PLACE)
        in_order = shown.order_by(*IN_PLACE)
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("candidates", queryset=in_order))
        )

    @admin.display(description=_("day"), ordering="play_on")
    def day(self, puzzle: Puzzle) -> str:
        if puzzle.play_on is None:
            return gettext("unplanned")
        day = date_format(puzzle.play_on, gettext("D j M Y"))
        return format_html('{}<br><small class="number">#{}</small>', day, puzzle.number)

    @admin.display(description=_("state"), ordering="state")
    def status(self, puzzle: Puzzle) -> SafeString:
        return render_to_string("admin/game/puzzle/status.html", status_of(puzzle))

    @admin.display(description=_("pictures"))
    def pictures(self, puzzle: Puzzle) -> SafeString:
        # Ordered by place: without a choice these are the six on offer.
        best = list(puzzle.candidates.all())[:CHOSEN]
        return render_to_string("admin/game/puzzle/thumbnails.html", {"candidates": best})

    # The page

    def get_readonly_fields(self, request: HttpRequest, obj: Puzzle | None = None) -> list[str]:
        locked = super().get_readonly_fields(request, obj)
        if obj is None:
            return locked
        if review.is_public(obj):
            return [*locked, *(name for name in self.fields if name != "notes")]
        return [*locked, "prompt"] if obj.state == State.DRAWING else locked

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except IntegrityError:
                # Another editor took the day between our form's check and its saving. Checked
                # again, the form sees it and says so, with everything that was typed.
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Unagreed as unagreed:
            # Nothing was saved: the puzzle's row has the day that it had.
            puzzle = Puzzle.objects.get(pk=unagreed.puzzle_pk)
            return self.ask_consent(request, puzzle, unagreed.day, None, back=request.path)
        except drawable.StudioError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        puzzle: Puzzle | None = kwargs.get("obj")
        if puzzle is not None:
            context |= studio_context(puzzle) | self.allowed(request, puzzle)
            if not review.is_public(puzzle):
                # Its writer was told nothing of what they may not see.
                context["likeness"] = bulk.likeness_of(puzzle, request.user)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Puzzle, form: "ModelForm[Puzzle]", change: bool
    ) -> None:
        user = request.user if isinstance(request.user, User) else None
        if not change:
            obj.created_by = user
            obj.approved_by = user if obj.is_auto_approved else None
            return super().save_model(request, obj, form, change)
        changed = list(form.changed_data)
        # What is looked up anew below has them as they were.
        fields = {name: getattr(obj, name) for name in changed}
        if SHOWN & fields.keys():
            self.withdraw_for(request, obj)
        if fields.get("is_auto_approved"):
            review.confirm(obj, {name: form.initial[name] for name in SHOWN - fields.keys()})
        if "prompt" in changed:
            changed.remove("prompt")
            had_pictures = obj.candidates.exists()
            review.rewrite(obj, fields["prompt"])
            if had_pictures:
                self.message_user(
                    request,
                    gettext("The pictures showed the old prompt and are gone."),
                    messages.WARNING,
                )
        for name, value in fields.items():
            setattr(obj, name, value)
        if "play_on" in changed:
            self._check_agreed(request, obj)
        if "is_auto_approved" in changed and obj.state != State.APPROVED:
            obj.approved_by = user if obj.is_auto_approved else None
            changed.append("approved_by")
        # Only these: a worker may be writing the row's other columns at this moment.
        obj.save(update_fields=changed)
        return None

    def _check_agreed(self, request: HttpRequest, puzzle: Puzzle) -> None:
        day = puzzle.play_on
        if day and (asked := question(puzzle, day, None)) and request.POST.get("agreed") != asked:
            raise Unagreed(puzzle.pk, day)

    def get_inline_instances(self, request: HttpRequest, obj: Puzzle | None = None) -> list[Any]:
        # What is hidden has to be known first.
        return super().get_inline_instances(request, obj) if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.has_changed():
            self.withdraw_for(request, form.instance)
        super().save_formset(request, form, formset, change)
        if any(isinstance(ruling, Accepted) for ruling in formset.new_objects):
            enqueue_regrading(form.instance)
            self.message_user(request, gettext("Everyone who has played is graded anew."))
        if formset.model is Candidate and formset.changed_objects:
            self._warn_of_early(request, form.instance)

    def _warn_of_early(self, request: HttpRequest, puzzle: Puzzle) -> None:
        for text in early_hidden(puzzle):
            self.message_user(
                request,
                gettext("“%s” names a hidden word, so players read it after the end only.") % text,
                messages.WARNING,
            )

    def response_add(
        self, request: HttpRequest, obj: Puzzle, post_url_continue: str | None = None
    ) -> HttpResponse:
        # A new prompt wants its pictures next, and they are asked for on its page.
        if "_addanother" not in request.POST and "_popup" not in request.POST:
            return redirect(self.page_of(obj))
        return super().response_add(request, obj, post_url_continue)

    def has_delete_permission(self, request: HttpRequest, obj: Puzzle | None = None) -> bool:
        is_kept = obj is not None and review.is_public(obj)
        return not is_kept and super().has_delete_permission(request, obj)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Puzzle) -> None:
        candidates.remove(obj)
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Puzzle]) -> None:
        for puzzle in queryset:
            candidates.remove(puzzle)
        super().delete_queryset(request, queryset)

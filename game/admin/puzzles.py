"""Puzzles: the list that shows weeks ahead, and the page with prompt, studio and candidates."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q, QuerySet
from django.forms import ModelForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as QueueError

from game import candidates, review, studio, tasks
from game.admin.forms import PuzzleForm, read_choice
from game.admin.rulings import AcceptedInline, CorrectionInline, enqueue_regrading
from game.admin.status import status_of, studio_context
from game.candidates import CHOSEN
from game.models import Accepted, Candidate, Puzzle

State = Puzzle.State
Verb = Callable[[HttpRequest, Puzzle], str]

# Django's admin classes are generic for type checkers alone.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Puzzle]
else:
    ModelAdmin = admin.ModelAdmin


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


@admin.register(Puzzle)
class PuzzleAdmin(ModelAdmin):
    form = PuzzleForm
    # Named here too, or a locked field would move to the end of the page.
    fields = ("prompt", "play_on", "is_auto_approved", "hides_given_words", "notes")
    list_display = ("day", "prompt", "status", "pictures")
    list_display_links = ("prompt",)
    list_filter = (WhenFilter, "state", "is_auto_approved")
    list_per_page = 50
    search_fields = ("prompt", "notes")
    search_help_text = _("Words of the prompt or the notes")
    change_form_template = "admin/game/puzzle/change_form.html"
    inlines = (AcceptedInline, CorrectionInline)

    class Media:
        css = {"all": ["admin/game/studio.css"]}  # noqa: RUF012 - Django's own way to write it
        js = ("admin/game/studio.js",)

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Puzzle]:
        in_order = Candidate.objects.order_by("position", "rank")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("candidates", queryset=in_order))
        )

    @admin.display(description=_("day"), ordering="play_on")
    def day(self, puzzle: Puzzle) -> str:
        if puzzle.play_on is None:
            return gettext("unplanned")
        day = date_format(puzzle.play_on, "D j M Y")
        return format_html('{}<br><small class="number">#{}</small>', day, puzzle.number)

    @admin.display(description=_("state"), ordering="state")
    def status(self, puzzle: Puzzle) -> SafeString:
        return render_to_string("admin/game/puzzle/status.html", status_of(puzzle))

    @admin.display(description=_("pictures"))
    def pictures(self, puzzle: Puzzle) -> SafeString:
        # Ordered by place: without a choice these are the six best-ranked.
        best = list(puzzle.candidates.all())[:CHOSEN]
        return render_to_string("admin/game/puzzle/thumbnails.html", {"candidates": best})

    # The page

    def get_readonly_fields(self, request: HttpRequest, obj: Puzzle | None = None) -> list[str]:
        if obj is None:
            return []
        if review.is_public(obj):
            return ["prompt", "play_on", "is_auto_approved", "hides_given_words"]
        return ["prompt"] if obj.state == State.DRAWING else []

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
        except studio.StudioError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        puzzle: Puzzle | None = kwargs.get("obj")
        if puzzle is not None:
            context |= studio_context(puzzle)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Puzzle, form: "ModelForm[Puzzle]", change: bool
    ) -> None:
        if not change:
            return super().save_model(request, obj, form, change)
        changed = list(form.changed_data)
        if "prompt" in changed:
            changed.remove("prompt")
            had_pictures = obj.candidates.exists()
            prompt, fields = obj.prompt, {name: getattr(obj, name) for name in changed}
            review.rewrite(obj, prompt)
            for name, value in fields.items():
                setattr(obj, name, value)
            if had_pictures:
                self.message_user(
                    request,
                    gettext("The pictures showed the old prompt and are gone."),
                    messages.WARNING,
                )
        # Only these: a worker may be writing the row's other columns at this moment.
        obj.save(update_fields=changed)
        return None

    def get_inline_instances(self, request: HttpRequest, obj: Puzzle | None = None) -> list[Any]:
        # What is hidden has to be known first.
        return super().get_inline_instances(request, obj) if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if any(isinstance(ruling, Accepted) for ruling in formset.new_objects):
            enqueue_regrading(form.instance)
            self.message_user(request, gettext("Everyone who has played is graded anew."))

    def response_add(
        self, request: HttpRequest, obj: Puzzle, post_url_continue: str | None = None
    ) -> HttpResponse:
        # A new prompt wants its pictures next, and they are asked for on its page.
        if "_addanother" not in request.POST and "_popup" not in request.POST:
            return redirect(self._page(obj))
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

    # The studio

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        verbs: dict[str, Verb] = {
            "want": self._want,
            "redraw": self._redraw,
            "choose": self._choose,
            "approve": self._approve,
        }
        return [
            path("<int:pk>/progress/", view(self.progress_view), name="game_puzzle_progress"),
            path(
                "candidates/<int:pk>.webp",
                view(self.candidate_view, cacheable=True),
                name="game_candidate_image",
            ),
            *(
                path(f"<int:pk>/{name}/", view(self._posted(verb)), name=f"game_puzzle_{name}")
                for name, verb in verbs.items()
            ),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        puzzle = get_object_or_404(Puzzle, pk=pk)
        status = status_of(puzzle)
        return JsonResponse(status | {"label": str(status["label"])})

    def candidate_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        candidate = get_object_or_404(Candidate, pk=pk)
        try:
            file = candidate.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(file, content_type="image/webp")
        # A redrawn puzzle has new candidates with new ids.
        response["Cache-Control"] = "private, max-age=86400, immutable"
        return response

    def _posted(self, verb: Verb) -> Callable[..., HttpResponse]:
        """A view that does one thing to one puzzle, and writes it into the history."""

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            puzzle = get_object_or_404(Puzzle, pk=pk)
            if not self.has_change_permission(request, puzzle):
                raise PermissionDenied
            try:
                done = verb(request, puzzle)
            except studio.StudioError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, done, messages.SUCCESS)
            return redirect(self._page(puzzle))

        return view

    def _want(self, request: HttpRequest, puzzle: Puzzle) -> str:
        return self._ask(request, puzzle, review.want, "Asked for pictures.")

    def _redraw(self, request: HttpRequest, puzzle: Puzzle) -> str:
        return self._ask(request, puzzle, review.redraw, "Asked for new pictures.")

    def _ask(
        self, request: HttpRequest, puzzle: Puzzle, ask: Callable[[Puzzle], None], log: str
    ) -> str:
        with transaction.atomic():
            ask(puzzle)
            self.log_change(request, puzzle, log)
        try:
            tasks.enqueue(puzzle.pk)
        except QueueError:
            return gettext("The queue doesn't answer. The next night will have it drawn.")
        return gettext("The studio has been asked. This page follows its progress.")

    def _choose(self, request: HttpRequest, puzzle: Puzzle) -> str:
        with transaction.atomic():
            self._take_choice(request, puzzle, read_choice(puzzle, request.POST) or [])
        return gettext("The six pictures are chosen.")

    def _approve(self, request: HttpRequest, puzzle: Puzzle) -> str:
        with transaction.atomic():
            choice = read_choice(puzzle, request.POST)
            if choice is not None:
                self._take_choice(request, puzzle, choice)
            user = request.user if isinstance(request.user, User) else None
            review.approve(puzzle, user)
            self.log_change(request, puzzle, "Approved.")
        return gettext("The puzzle is approved.")

    def _take_choice(
        self, request: HttpRequest, puzzle: Puzzle, candidate_ids: Sequence[int]
    ) -> None:
        review.choose(puzzle, candidate_ids)
        ranks = dict(puzzle.candidates.values_list("pk", "rank"))
        chosen = ", ".join(str(ranks[pk]) for pk in candidate_ids)
        self.log_change(request, puzzle, f"Chose the pictures ranked {chosen}.")

    def _page(self, puzzle: Puzzle) -> str:
        return reverse("admin:game_puzzle_change", args=[puzzle.pk])

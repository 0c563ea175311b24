"""The studio on a puzzle's page: addresses that each do one thing to one puzzle."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from kombu.exceptions import OperationalError as QueueError

from game.admin.looks import status_of
from game.admin.puzzle import wishes
from game.admin.puzzle.access import AccessAdmin
from game.admin.puzzle.forms import SendBackForm, read_choice
from game.admin.puzzle.notes import APPROVED, ASKED, SENT_BACK
from game.drawing import drawable
from game.drawing.wishes import Wishes
from game.editing import access, review
from game.models import Candidate, Puzzle
from game.nights import tasks

Verb = Callable[[HttpRequest, Puzzle], str]
# What each of them takes, beside the right to change puzzles at all.
PERMISSIONS = {
    "want": access.DRAW,
    "redraw": access.DRAW,
    "redraw_unchosen": access.DRAW,
    "choose": access.DRAW,
    "approve": access.APPROVE,
    "send_back": access.APPROVE,
}


class StudioAdmin(AccessAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        verbs: dict[str, Verb] = {
            "want": self._want,
            "redraw": self._redraw,
            "redraw_unchosen": self._redraw_unchosen,
            "choose": self._choose,
            "approve": self._approve,
            "send_back": self._send_back,
        }
        return [
            path("<int:pk>/progress/", view(self.progress_view), name="game_puzzle_progress"),
            path(
                "candidates/<int:pk>.webp",
                view(self.candidate_view, cacheable=True),
                name="game_candidate_image",
            ),
            *(
                path(
                    f"<int:pk>/{name}/", view(self._posted(name, verb)), name=f"game_puzzle_{name}"
                )
                for name, verb in verbs.items()
            ),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        status = status_of(access.find(request.user, pk))
        return JsonResponse(status | {"label": str(status["label"])})

    def candidate_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        candidate = get_object_or_404(Candidate.objects.select_related("puzzle"), pk=pk)
        if not access.may_see(request.user, candidate.puzzle):
            raise PermissionDenied
        try:
            file = candidate.file.open("rb")
        except OSError:
            raise Http404 from None
        response = FileResponse(file, content_type="image/webp")
        # A redrawn puzzle has new candidates with new ids.
        response["Cache-Control"] = "private, max-age=86400, immutable"
        return response

    def may(self, request: HttpRequest, verb: str, puzzle: Puzzle) -> bool:
        is_allowed = request.user.has_perm(PERMISSIONS[verb])
        return is_allowed and self.has_change_permission(request, puzzle)

    def allowed(self, request: HttpRequest, puzzle: Puzzle) -> dict[str, bool]:
        """For the page: it offers nobody what they may not do."""
        return {f"may_{verb}": self.may(request, verb, puzzle) for verb in PERMISSIONS}

    def _posted(self, name: str, verb: Verb) -> Callable[..., HttpResponse]:
        """A view that does one thing to one puzzle, and writes it into the history."""

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            puzzle = access.find(request.user, pk)
            if not self.may(request, name, puzzle):
                raise PermissionDenied
            try:
                done = verb(request, puzzle)
            except drawable.StudioError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, done, messages.SUCCESS)
            return redirect(self.page_of(puzzle))

        return view

    def _want(self, request: HttpRequest, puzzle: Puzzle) -> str:
        wished = wishes.read(request.POST, keeps_chosen=False)
        return self._ask(request, puzzle, review.want, wished, ASKED)

    def _redraw(self, request: HttpRequest, puzzle: Puzzle) -> str:
        wished = wishes.read(request.POST, keeps_chosen=False)
        return self._ask(request, puzzle, review.redraw, wished, f"{ASKED} anew")

    def _redraw_unchosen(self, request: HttpRequest, puzzle: Puzzle) -> str:
        wished = wishes.read(request.POST, keeps_chosen=True)
        with transaction.atomic():
            self._take_posted(request, puzzle)
        log = f"{ASKED} in place of the unchosen"
        return self._ask(request, puzzle, review.redraw, wished, log)

    def _ask(
        self,
        request: HttpRequest,
        puzzle: Puzzle,
        ask: Callable[[Puzzle, Wishes], None],
        wished: Wishes,
        log: str,
    ) -> str:
        how = wishes.describe(wished.sampling, wished.seed)
        with transaction.atomic():
            # The night asks for a first drawing just like that.
            if ask is not review.want or wished.sampling or wished.seed is not None:
                self.withdraw_for(request, puzzle)
            ask(puzzle, wished)
            self.log_change(request, puzzle, f"{log}: {how}." if how else f"{log}.")
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
            self._take_posted(request, puzzle)
            user = request.user if isinstance(request.user, User) else None
            review.approve(puzzle, user)
            self.log_change(request, puzzle, APPROVED)
        return gettext("The puzzle is approved.")

    @transaction.atomic
    def _send_back(self, request: HttpRequest, puzzle: Puzzle) -> str:
        form = SendBackForm(request.POST)
        if not form.is_valid():
            raise review.BadNote(gettext("Say in a note of up to 500 characters why it goes back."))
        review.send_back(puzzle, form.cleaned_data["to"])
        self.log_change(request, puzzle, f"{SENT_BACK} {form.cleaned_data['note']}")
        return gettext("The puzzle is sent back with your note.")

    def _take_posted(self, request: HttpRequest, puzzle: Puzzle) -> None:
        """The choice on the page, which may not have been kept yet."""
        choice = read_choice(puzzle, request.POST)
        if choice is not None:
            self._take_choice(request, puzzle, choice)

    def _take_choice(
        self, request: HttpRequest, puzzle: Puzzle, candidate_ids: Sequence[int]
    ) -> None:
        before = chosen_ranks(puzzle)
        review.choose(puzzle, candidate_ids)
        chosen = chosen_ranks(puzzle)
        if chosen != before:
            self.withdraw_for(request, puzzle)
            told = ", ".join(map(str, chosen))
            self.log_change(request, puzzle, f"Chose the pictures ranked {told}.")
        if puzzle.forecast is None:
            # Should the queue not answer, the next night finds what is missing. No partial: Django
            # can't name one in the log, and fails by that.
            transaction.on_commit(lambda: tasks.forecast_puzzle.delay(puzzle.pk), robust=True)

    def page_of(self, puzzle: Puzzle) -> str:
        return reverse("admin:game_puzzle_change", args=[puzzle.pk])


def chosen_ranks(puzzle: Puzzle) -> list[int]:
    chosen = puzzle.candidates.filter(position__isnull=False).order_by("position")
    return list(chosen.values_list("rank", flat=True))

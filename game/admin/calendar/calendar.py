"""The editors' calendar: a month at a glance, and giving puzzles their days."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.response import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from game.admin.calendar import month, moves
from game.admin.looks import status_of
from game.admin.pages import ModelAdmin, page
from game.days import runway
from game.drawing.drawable import StudioError
from game.editing import access, bulk, planning
from game.models import Puzzle


class CalendarAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("calendar/", view(self.calendar_view), name="game_puzzle_calendar"),
            path(
                "calendar/progress/",
                view(self.calendar_progress_view),
                name="game_puzzle_calendar_progress",
            ),
            path("calendar/move/", view(self.move_view), name="game_puzzle_move"),
            path("calendar/unplan/", view(self.unplan_view), name="game_puzzle_unplan"),
            *super().get_urls(),
        ]

    # Looking

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        first = self._month(request)
        shown = month.load(first, request.user)
        coming = runway.ahead()
        context = {
            "title": gettext("Calendar"),
            "month": shown,
            "months": month.choices(first),
            "today": timezone.localdate(),
            "may_plan": request.user.has_perm(access.PLAN),
            "runway": coming if access.sees_all(request.user) else None,
            "day": asked_day(request) or coming.first_gap,
            "zone": timezone.localtime().tzname(),
        }
        return page(self, request, "calendar.html", context)

    def calendar_progress_view(self, request: HttpRequest) -> HttpResponse:
        """How far the shown drawings are, by the puzzles' ids."""
        puzzles = month.busy(self._month(request), request.user)
        statuses = {puzzle.pk: status_of(puzzle) for puzzle in puzzles}
        return JsonResponse(
            {
                pk: {"state": each["state"], "label": str(each["label"]), "now": each["progress"]}
                for pk, each in statuses.items()
            }
        )

    def _month(self, request: HttpRequest) -> date:
        # Writers see their own, among days that are taken.
        if not access.may_look(request.user):
            raise PermissionDenied
        text = request.GET.get("month", "")
        try:
            return month.parse(text) if text else timezone.localdate().replace(day=1)
        except ValueError:
            raise Http404(gettext("There is no month “%s”.") % text) from None

    # Planning

    def move_view(self, request: HttpRequest) -> HttpResponseBase:
        """The form on GET; on POST the puzzle gets the day, when all that has to be is agreed."""
        access.require(request.user, access.PLAN)
        if request.method == "GET":
            return self._ask_day(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "POST"])
        form = moves.Move(request.user, request.POST)
        try:
            return self._move(request, form) if form.is_valid() else self._refuse(request, form)
        except StudioError as error:
            self.message_user(request, str(error), messages.ERROR)
            return self._back(form.cleaned_data["day"])

    def _ask_day(self, request: HttpRequest) -> HttpResponse:
        form = moves.PuzzleChoice(request.user, request.GET)
        if "puzzle" in form.errors:
            raise Http404(gettext("That puzzle is gone."))
        puzzle = form.cleaned_data["puzzle"]
        context = {
            "title": gettext("Move a puzzle"),
            "puzzle": puzzle,
            "pictures": month.pictures(puzzle).get(puzzle.pk),
            "day": runway.ahead().first_gap,
            "today": timezone.localdate(),
        }
        return page(self, request, "calendar_move.html", context)

    def _move(self, request: HttpRequest, form: moves.Move) -> HttpResponse:
        puzzle, day = form.chosen(), form.cleaned_data["day"]
        other = planning.on_day(day)
        if other == puzzle:
            other = None
        if other and not access.may_see(request.user, other):
            taken = gettext("%(day)s has a puzzle already.")
            raise planning.Meanwhile(taken % {"day": date_format(day, gettext("l j F Y"))})
        to_other = planning.exchange(puzzle)
        planning.check([(puzzle, day), *([(other, to_other)] if other else [])])
        asked = question(puzzle, day, other)
        if asked and form.cleaned_data["agreed"] != asked:
            return self.ask_consent(request, puzzle, day, other, back=address_of(day))
        with transaction.atomic():
            planning.move(puzzle, day, other)
            self._note(request, puzzle)
            if other:
                self._note(request, other)
        return self._back(day)

    def ask_consent(
        self, request: HttpRequest, puzzle: Puzzle, day: date, other: Puzzle | None, back: str
    ) -> HttpResponse:
        """A page that sends what was sent here once more, with the editor's consent."""
        pictures = month.pictures(puzzle, *([other] if other else []))
        unasked = {"agreed", "csrfmiddlewaretoken"}
        context = {
            "title": gettext("Swap two puzzles") if other else gettext("Put it live"),
            "puzzle": puzzle,
            "day": day,
            "pictures": pictures.get(puzzle.pk),
            "other": other,
            "other_pictures": pictures.get(other.pk) if other else None,
            "to_other": planning.exchange(puzzle),
            "goes_live": planning.goes_live(puzzle, day),
            "agreed": question(puzzle, day, other),
            "back": back,
            "sent": [
                (name, value)
                for name, values in request.POST.lists()
                for value in values
                if name not in unasked
            ],
        }
        return page(self, request, "calendar_ask.html", context)

    def unplan_view(self, request: HttpRequest) -> HttpResponseBase:
        access.require(request.user, access.PLAN)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = moves.PuzzleChoice(request.user, request.POST)
        if not form.is_valid():
            return self._refuse(request, form)
        try:
            puzzle = form.chosen()
            with transaction.atomic():
                planning.unplan(puzzle)
                self._note(request, puzzle)
        except StudioError as error:
            self.message_user(request, str(error), messages.ERROR)
        return self._back(form.cleaned_data["seen"])

    def _note(self, request: HttpRequest, puzzle: Puzzle) -> None:
        if puzzle.play_on:
            self.log_change(request, puzzle, f"Planned for {puzzle.play_on}.")
            told = gettext("“%(prompt)s” is planned for %(day)s.")
            if alike := bulk.likeness_of(puzzle, request.user):
                self.message_user(request, alike, messages.WARNING)
        else:
            self.log_change(request, puzzle, "Unplanned.")
            told = gettext("“%(prompt)s” has no day any more.")
        day = date_format(puzzle.play_on, gettext("l j F Y")) if puzzle.play_on else ""
        self.message_user(request, told % {"prompt": puzzle.prompt, "day": day}, messages.SUCCESS)

    def _refuse(self, request: HttpRequest, form: Form) -> HttpResponse:
        for field, problems in form.errors.items():
            for problem in problems:
                text = problem if field in ("puzzle", "day") else gettext("The form was damaged.")
                self.message_user(request, str(text), messages.ERROR)
        return self._back(None)

    def _back(self, day: date | None) -> HttpResponse:
        return redirect(address_of(day))


def address_of(day: date | None) -> str:
    """The calendar's, at the day, where the keyboard goes on from."""
    address = reverse("admin:game_puzzle_calendar")
    return f"{address}?month={day:%Y-%m}#day-{day}" if day else address


def asked_day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def question(puzzle: Puzzle, day: date, other: Puzzle | None) -> str:
    """What an editor has to agree to first, for the form that asks it; empty when there's nothing.

    It names all that the page shows, so that nobody agrees to one thing and gets another.
    """
    parts = [f"swap-{other.pk}"] if other else []
    if planning.goes_live(puzzle, day):
        parts.append("live")
    return " ".join(parts)

"""How puzzles were played: today's, each day's, and ninety days at a glance."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.admin.insight import numbers
from game.admin.insight.numbers import percent
from game.admin.read_only import ReadOnlyAdmin
from game.editing import access
from game.models import Accepted, Figures, Puzzle
from game.nights.tasks import enqueue_regrading
from game.playing import reveal

# Rows of wrong guesses that are seen at once.
MOST_WRONG = 10


@admin.register(Figures)
class FiguresAdmin(ReadOnlyAdmin):
    list_display = ("day", "puzzle", "plays", "share", "counted_at")
    list_display_links = ("day",)
    list_select_related = ("puzzle",)
    list_per_page = 30
    search_fields = ("puzzle__prompt",)
    date_hierarchy = "puzzle__play_on"
    change_list_template = "admin/game/figures/change_list.html"
    change_form_template = "admin/game/figures/change_form.html"

    class Media:
        css = {"all": ["admin/game/figures.css"]}  # noqa: RUF012 - Django's own way to write it

    @admin.display(description=_("day"), ordering="puzzle__play_on")
    def day(self, figures: Figures) -> str:
        return (
            date_format(figures.puzzle.play_on, gettext("D j M Y"))
            if figures.puzzle.play_on
            else "–"
        )

    @admin.display(description=_("solved"))
    def share(self, figures: Figures) -> str:
        share = percent(figures.solved, figures.plays)
        return "–" if share is None else f"{share} %"

    def get_urls(self) -> list[URLPattern]:
        accept = self.admin_site.admin_view(self.accept_view)
        return [path("<int:pk>/accept/", accept, name="game_figures_accept"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        today = timezone.localdate()
        counted = numbers.lately(today)
        live = Puzzle.objects.filter(play_on=today, state=Puzzle.State.APPROVED).first()
        context: dict[str, Any] = {
            "title": gettext("Figures"),
            "counted": counted[::-1],
            "charts": numbers.charts(counted, today),
            "hardest": numbers.hardest(counted),
            "live": live,
            "numbers": numbers.of(live) if live else None,
            "days": numbers.DAYS,
        }
        if live:
            context |= self._rulings(request, Figures.objects.filter(puzzle=live).first())
        return super().changelist_view(request, context | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        figures: Figures = kwargs["obj"]
        context |= {
            "title": gettext("How it was played"),
            "subtitle": figures.puzzle.prompt,
            "live": figures.puzzle,
            "numbers": numbers.of(figures.puzzle),
        }
        context |= self._rulings(request, figures)
        return super().render_change_form(request, context, *args, **kwargs)

    def _rulings(self, request: HttpRequest, figures: Figures | None) -> dict[str, Any]:
        """What the rows of words and of wrong guesses show, and whether guesses can be accepted."""
        if figures is None:
            return {}
        accepted = set(figures.puzzle.accepted.values_list("word", "text"))
        wrong = [
            (each, (each.word, each.guess) in accepted, each.is_public(figures.plays))
            for each in numbers.near_misses(map(reveal.of_row, figures.wrong))
        ]
        return {
            "figures": figures,
            "words": [(word, percent(found, figures.plays)) for word, found in figures.words],
            "wrong": wrong[:MOST_WRONG],
            "more_wrong": wrong[MOST_WRONG:],
            "may_accept": access.may_rule(request.user, figures.puzzle),
        }

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a frequent wrong guess count, also for those who have played already."""
        access.require(request.user, access.CHANGE)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        figures = get_object_or_404(Figures.objects.select_related("puzzle"), pk=pk)
        if not access.may_rule(request.user, figures.puzzle):
            raise PermissionDenied
        word, guess = request.POST.get("word", ""), request.POST.get("guess", "")
        if any(row[:2] == [word, guess] for row in figures.wrong):
            self._accept(request, figures.puzzle, word, guess)
        else:
            self.message_user(request, gettext("Nobody guessed that."), messages.ERROR)
        return redirect(reverse("admin:game_figures_change", args=[pk]))

    def _accept(self, request: HttpRequest, puzzle: Puzzle, word: str, guess: str) -> None:
        with transaction.atomic():
            _row, is_new = Accepted.objects.get_or_create(puzzle=puzzle, word=word, text=guess)
            if is_new:
                self.log_change(request, puzzle, f"Accepted “{guess}” for “{word}”.")
                enqueue_regrading(puzzle)
        told = gettext("“%(guess)s” counts as “%(word)s”. Everyone who has played is graded anew.")
        self.message_user(request, told % {"guess": guess, "word": word}, messages.SUCCESS)

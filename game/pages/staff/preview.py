"""A puzzle as its players will see it, for editors: at any time, and without a way to play it."""

from datetime import date
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from game.drawing import candidates
from game.drawing.candidates import CHOSEN
from game.editing import access
from game.models import Puzzle
from game.pages import forms
from game.pages.puzzle.puzzles import context_of
from game.pages.refusals import refuse
from game.playing import play


@admin.site.admin_view
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    puzzle = access.find(request.user, pk)
    if request.method == "POST":
        message = _("This is a preview: nobody plays here, and nothing is counted.")
        return refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, "preview", message)
    day = _fill_in(puzzle)
    state = play.state(puzzle, None, is_hard=forms.is_hard_wanted(request.GET))
    # Today's page would turn to the next puzzle at midnight.
    context = context_of(request, puzzle, day, state) | {"is_today": False, "preview": request.path}
    return render(request, "preview.html", context)


def _fill_in(puzzle: Puzzle) -> date:
    """What it may not have yet, in memory alone: a day, and a choice of six pictures."""
    puzzle.play_on = puzzle.play_on or max(timezone.localdate(), settings.FIRST_DAY)
    drawn = {each.pk: each for each in candidates.drawn(puzzle)}
    if len(drawn) < CHOSEN:
        raise Http404(_("There are no pictures to show yet."))
    for position, each in enumerate(candidates.shown(puzzle), start=1):
        drawn[each.pk].position = position
    return puzzle.play_on

"""Planning many days at once: a proposal is shown first, and what is ticked in it is planned."""

import re
from dataclasses import dataclass
from datetime import date

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from game.admin import history
from game.admin.pages import ModelAdmin, page
from game.admin.prompts.bulk import signed_in
from game.days import schedule
from game.drawing import drawable
from game.drawing.drawable import StudioError
from game.editing import access, autoplan, bulk, planning
from game.editing.autoplan import DAY, Choice
from game.models import Puzzle
from game.rules import clock, difficulty, likeness

MOST_DAYS = 366
# What Proposed.posted makes.
POSTED = re.compile(r"(\d{1,18}) (\d{4}-\d\d-\d\d)", re.ASCII)
State = Puzzle.State


class PlanForm(forms.Form):
    start = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=MOST_DAYS)
    states = forms.MultipleChoiceField(
        label=_("Puzzles without a day"),
        choices=[
            (State.DRAFT, _("drafts")),
            (State.REVIEW, _("in review")),
            (State.APPROVED, _("approved: they are the reserve")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_start(self) -> date:
        start: date = self.cleaned_data["start"]
        if start < first_day():
            raise ValidationError(
                gettext("Plans begin on %(day)s: earlier days may have begun somewhere."),
                params={"day": date_format(first_day(), gettext("l j F Y"))},
            )
        try:
            planning.check_day(start)
        except planning.NotThatDay as why:
            raise ValidationError(str(why)) from why
        return start


@dataclass(frozen=True, slots=True)
class Proposed:
    day: date
    puzzle: Puzzle
    difficulty: int
    wanted: int
    # Which other puzzle it is much the same as, in a sentence.
    likeness: str

    @property
    def is_estimate(self) -> bool:
        return self.puzzle.difficulty is None

    @property
    def posted(self) -> str:
        return f"{self.puzzle.pk} {self.day}"


class AutoplanAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.plan_view)
        return [path("plan/", view, name="game_puzzle_plan"), *super().get_urls()]

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        access.require(request.user, access.PLAN)
        if request.method == "POST":
            return self._plan(request)
        initial = {"start": first_day(), "days": 14, "states": [State.DRAFT]}
        form = PlanForm(request.GET) if "start" in request.GET else PlanForm(initial=initial)
        context = {
            "title": gettext("Plan the coming days"),
            "form": form,
            "curve": list(zip(WEEKDAYS_ABBR.values(), autoplan.CURVE, strict=True)),
        }
        if form.is_valid():
            context["proposal"] = propose(request.user, form)
        return page(self, request, "plan.html", context)

    def _plan(self, request: HttpRequest) -> HttpResponse:
        try:
            pairs = read_plan(request)
            with transaction.atomic():
                planning.plan(pairs)
                notes = {puzzle: f"Planned for {day}." for puzzle, day in pairs}
                history.note(signed_in(request), notes, CHANGE)
        except StudioError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(f"{request.path}?{request.GET.urlencode()}")
        text = ngettext("%(count)d day is planned.", "%(count)d days are planned.", len(pairs))
        self.message_user(request, text % {"count": len(pairs)}, messages.SUCCESS)
        month = pairs[0][1]
        return redirect(f"{reverse('admin:game_puzzle_calendar')}?month={month:%Y-%m}")


def first_day() -> date:
    """The first that is live nowhere yet: planning many days puts nothing live."""
    return max(clock.last_possible_day(timezone.now()) + DAY, settings.FIRST_DAY)


def propose(user: access.Account, form: PlanForm) -> list[Proposed]:
    start, days = form.cleaned_data["start"], form.cleaned_data["days"]
    unplanned = access.visible(user).filter(play_on=None, state__in=form.cleaned_data["states"])
    puzzles = {puzzle.pk: puzzle for puzzle in unplanned.order_by("pk")}
    choices = [
        Choice(
            pk,
            puzzle.difficulty or difficulty.estimate(puzzle.prompt),
            likeness.content_words(puzzle.prompt),
            drawable.form(puzzle.prompt),
        )
        for pk, puzzle in puzzles.items()
    ]
    seen = access.visible(user)
    around = schedule.planned(start - DAY, days + 2).filter(pk__in=seen.values("pk"))
    prompts = {day: prompt for day, prompt in around.values_list("play_on", "prompt") if day}
    plan = autoplan.propose(
        schedule.gaps(start, days),
        choices,
        {day: likeness.content_words(prompt) for day, prompt in prompts.items()},
        {day: drawable.form(prompt) for day, prompt in prompts.items()},
    )
    alike = bulk.likenesses([puzzles[choice.key] for choice in plan.values()], user)
    return [
        Proposed(
            day, puzzles[choice.key], choice.difficulty, autoplan.wanted(day), alike[choice.key]
        )
        for day, choice in plan.items()
    ]


def read_plan(request: HttpRequest) -> list[tuple[Puzzle, date]]:
    """The ticked days, with their puzzles as the editor saw them: without a day.

    Raises:
        StudioError: nothing is ticked, a puzzle has got a day since, or the form is damaged.
    """
    posted = [POSTED.fullmatch(text) for text in request.POST.getlist("plan")]
    try:
        days = {int(pair[1]): date.fromisoformat(pair[2]) for pair in posted if pair}
    except ValueError:
        days = {}
    if len(days) < len(posted):
        raise StudioError(gettext("The form was damaged. Nothing was changed."))
    if not days:
        raise StudioError(gettext("No day is ticked. Nothing was changed."))
    puzzles = access.visible(request.user).filter(pk__in=days, play_on=None).in_bulk()
    if len(puzzles) < len(days):
        raise StudioError(
            gettext("Somebody else has planned some of these meanwhile. Nothing was changed.")
        )
    if min(days.values()) < first_day():
        raise StudioError(gettext("Some of these days have begun. Nothing was changed."))
    return sorted(((puzzles[pk], day) for pk, day in days.items()), key=lambda pair: pair[1])

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from game import drawable
from game.candidates import CHOSEN
from game.models import Candidate, Puzzle, validate_prompt
from game.review import BadChoice

# Django's forms are generic for type checkers alone.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Puzzle]
else:
    ModelForm = forms.ModelForm


class PuzzleForm(ModelForm):
    class Meta:
        model = Puzzle
        fields = (
            "prompt",
            "play_on",
            "difficulty",
            "is_auto_approved",
            "hides_given_words",
            "notes",
        )
        error_messages = {  # noqa: RUF012 - Django's own way to write it
            "play_on": {"unique": "Another puzzle has that day already."}
        }

    def clean_prompt(self) -> str:
        prompt = " ".join(self.cleaned_data["prompt"].split())
        if "prompt" in self.changed_data:
            validate_prompt(prompt)
            try:
                drawable.check_prompt(prompt)
            except drawable.Undrawable as why:
                raise ValidationError(str(why), code="undrawable") from why
        return prompt

    def clean_play_on(self) -> date | None:
        day: date | None = self.cleaned_data["play_on"]
        if day is None or "play_on" not in self.changed_data:
            return day
        if day < timezone.localdate():
            raise ValidationError(_("That day is over."), code="past")
        if day < settings.FIRST_DAY:
            raise ValidationError(
                _("The first puzzle's day is %(day)s."),
                code="early",
                params={"day": settings.FIRST_DAY.isoformat()},
            )
        return day


class SendBackForm(forms.Form):
    note = forms.CharField(label=_lazy("note"), max_length=500, widget=forms.Textarea)
    to = forms.ChoiceField(
        choices=[(each, each.label) for each in (Puzzle.State.REVIEW, Puzzle.State.DRAFT)]
    )


def read_choice(puzzle: Puzzle, posted: Mapping[str, Any]) -> list[int] | None:
    """The candidates' ids by their posted places 1 to 6; None when no places were sent."""
    fields = {
        candidate.pk: str(posted[name]).strip()
        for candidate in puzzle.candidates.all()
        if (name := place_field(candidate)) in posted
    }
    if not fields:
        return None
    places = {pk: place for pk, place in fields.items() if place}
    if sorted(places.values()) != [str(place) for place in range(1, CHOSEN + 1)]:
        raise BadChoice(
            _("Give each place from 1 to %(last)d to one picture; these were given: %(got)s.")
            % {"last": CHOSEN, "got": ", ".join(sorted(places.values())) or _("none")}
        )
    return sorted(places, key=lambda pk: int(places[pk]))


def place_field(candidate: Candidate) -> str:
    return f"place-{candidate.pk}"

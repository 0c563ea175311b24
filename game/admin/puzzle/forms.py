from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from game.drawing import drawable
from game.drawing.candidates import CHOSEN
from game.editing import planning
from game.editing.review import BadChoice
from game.models import Candidate, Puzzle, validate_prompt

# How the fields are called that give pictures their places.
PLACE = "place-"

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
            "play_on": {"unique": _lazy("Another puzzle has that day already.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "play_on" in self.fields:
            # A page opened before somebody else moved the puzzle doesn't move it back.
            self.fields["play_on"].show_hidden_initial = True

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
        try:
            planning.check_day(day)
        except planning.NotThatDay as why:
            raise ValidationError(str(why), code="day") from why
        return day


class SendBackForm(forms.Form):
    note = forms.CharField(label=_lazy("note"), max_length=500, widget=forms.Textarea)
    to = forms.ChoiceField(
        choices=[(each, each.label) for each in (Puzzle.State.REVIEW, Puzzle.State.DRAFT)]
    )


def read_choice(puzzle: Puzzle, posted: Mapping[str, Any]) -> list[int] | None:
    """The candidates' ids by their posted places 1 to 6; None when no places were sent.

    Raises:
        BadChoice: not six places, or a picture that is gone: nobody chooses what they don't see.
    """
    fields = {name: str(posted[name]).strip() for name in posted if name.startswith(PLACE)}
    if not fields:
        return None
    places = {name: place for name, place in fields.items() if place}
    candidates = {place_field(candidate): candidate.pk for candidate in puzzle.candidates.all()}
    if not places.keys() <= candidates.keys():
        raise BadChoice(_("These pictures are gone: the puzzle was drawn again."))
    if sorted(places.values()) != [str(place) for place in range(1, CHOSEN + 1)]:
        raise BadChoice(
            _("Give each place from 1 to %(last)d to one picture; these were given: %(got)s.")
            % {"last": CHOSEN, "got": ", ".join(sorted(places.values())) or _("none")}
        )
    return [candidates[name] for name in sorted(places, key=lambda name: int(places[name]))]


def place_field(candidate: Candidate) -> str:
    return f"{PLACE}{candidate.pk}"

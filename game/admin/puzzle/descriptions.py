"""What editors say of the chosen pictures, three levels each, on the puzzle's page."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.editing import access, descriptions, scenes
from game.models import Candidate, Puzzle

LEVELS = ("vague", "clearer", "telling")
LONGEST = 200

# Django's forms and admin classes are generic for type checkers alone.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Candidate]
    StackedInline = admin.StackedInline[Candidate, Puzzle]
else:
    ModelForm, StackedInline = forms.ModelForm, admin.StackedInline


def level(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST, widget=forms.TextInput()
    )


class DescriptionForm(ModelForm):
    vague = level(_("vague"))
    clearer = level(_("clearer"))
    telling = level(_("telling, for after the end"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in zip(LEVELS, self.instance.descriptions, strict=False):
            self.initial[name] = text
        # Told until something is written; only what is typed is kept.
        if self.instance.pk and not self.instance.descriptions:
            proposed = scenes.levels(self.instance.puzzle.prompt)
            for name, text in zip(LEVELS, proposed, strict=False):
                self.fields[name].widget.attrs["placeholder"] = text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [bool(cleaned.get(name)) for name in LEVELS]
        # A gap would make a level vaguer than it is meant to be, and show it too early.
        if given != sorted(given, reverse=True):
            raise ValidationError(gettext("Fill in the vaguer description first."))
        return cleaned

    def save(self, commit: bool = True) -> Candidate:
        self.instance.descriptions = [
            self.cleaned_data[name] for name in LEVELS if self.cleaned_data[name]
        ]
        return super().save(commit)


class DescriptionInline(StackedInline):
    model = Candidate
    form = DescriptionForm
    fields = LEVELS
    extra = 0
    can_delete = False
    template = "admin/game/puzzle/descriptions.html"
    verbose_name_plural = _("descriptions of the chosen pictures")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        chosen = Candidate.objects.filter(position__isnull=False).select_related("puzzle")
        return chosen.order_by("position")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("game.view_puzzle")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_rule(request.user, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def early_hidden(puzzle: Puzzle) -> list[str]:
    """Descriptions meant for before the end that name a hidden word, and so wait for the end."""
    early = []
    for candidate in puzzle.candidates.filter(position__isnull=False).order_by("position"):
        told = descriptions.told(candidate, puzzle, is_finished=False)
        meant = candidate.descriptions[: descriptions.BEFORE_THE_END]
        early += [text for text in meant if text not in told]
    return early

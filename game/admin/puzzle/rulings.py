"""What editors rule about guesses, on a puzzle's page: also when people have played it already."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.editing import access
from game.models import Accepted, Correction, Puzzle
from game.rules import boards
from game.rules.scoring import sentences

# Django's forms and admin classes are generic for type checkers alone.
if TYPE_CHECKING:
    Form = ModelForm[Any]
    FormSet = BaseInlineFormSet[Any, Puzzle, Any]
    TabularInline = admin.TabularInline[Any, Puzzle]
else:
    Form, FormSet, TabularInline = ModelForm, BaseInlineFormSet, admin.TabularInline


class RulingForm(Form):
    def clean_text(self) -> str:
        try:
            return sentences.read_answer(self.cleaned_data["text"])
        except boards.GuessError as error:
            raise ValidationError(gettext(error.template), params=error.numbers) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "word" in cleaned and cleaned.get("text") == cleaned["word"]:
            raise ValidationError(gettext("That is the hidden word itself."))
        return cleaned


class RulingFormSet(FormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        words = dict.fromkeys(boards.open_words(self.instance.board()))
        label = Accepted._meta.get_field("word").verbose_name
        form.fields["word"] = forms.ChoiceField(
            label=label, choices=[("", "–"), *((word, word) for word in words)]
        )


class RulingInline(TabularInline):
    """Rows are added and removed; whoever may rule on it may do so."""

    form = RulingForm
    formset = RulingFormSet
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("game.view_puzzle")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_rule(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_rule(request.user, obj)


class AcceptedInline(RulingInline):
    model = Accepted
    fields = ("word", "text", "graded_at")
    readonly_fields = ("graded_at",)
    verbose_name_plural = _("accepted answers: they count for everyone who has played, too")


class CorrectionInline(RulingInline):
    model = Correction
    fields = ("word", "text", "warmth")
    verbose_name_plural = _("corrected warmths: they count for tries to come")

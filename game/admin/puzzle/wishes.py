"""The settings of a drawing as editors give them; an empty field leaves one to the model."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.drawing import painting, wishes
from game.drawing.drawable import StudioError
from game.drawing.wishes import Settings, Wishes
from game.models import Puzzle

# The generator counts on from a seed, one for each picture.
# Leaves room for those of as many pictures as a model may want.
LAST_SEED = 2**63 - 1 - 1000
# To a model this is no number of codes, but editors need a way to say: all of them.
ALL_CODES = 0


class BadWish(StudioError):
    """Settings that nothing can be drawn with."""


class DrawingForm(forms.Form):
    condition_scale = forms.FloatField(
        label=_("condition scale"),
        required=False,
        min_value=1,
        max_value=50,
        help_text=_("1 to 50: how strictly the picture keeps to the prompt."),
    )
    temperature = forms.FloatField(
        label=_("temperature"),
        required=False,
        min_value=0.05,
        max_value=5,
        help_text=_("0.05 to 5: low is alike and safe, high is varied and wild."),
    )
    top_k = forms.IntegerField(
        label=_("top-k"),
        required=False,
        min_value=ALL_CODES,
        max_value=65_536,
        help_text=_("Draw from so many likeliest codes only; 0 for all."),
    )
    top_p = forms.FloatField(
        label=_("top-p"),
        required=False,
        min_value=0.01,
        max_value=1,
        help_text=_("0.01 to 1: draw from the likeliest codes with this share only."),
    )
    seed = forms.IntegerField(
        label=_("seed"),
        required=False,
        min_value=0,
        max_value=LAST_SEED,
        help_text=_("The same seed and settings draw the same pictures; empty for a new one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = painting.model_sampling()
        for name, field in self.fields.items():
            field.widget.attrs["step"] = "any" if isinstance(field, forms.FloatField) else "1"
            if name in own:
                field.widget.attrs["placeholder"] = tell(own[name])


def form_of(puzzle: Puzzle) -> DrawingForm:
    """Filled in with what was wanted last, but for the seed."""
    wanted = wishes.of(puzzle.sampling)
    initial = {name: ALL_CODES if value is None else value for name, value in wanted.items()}
    return DrawingForm(initial=initial)


def read(posted: Any, *, keeps_chosen: bool) -> Wishes:
    form = DrawingForm(posted)
    if not form.is_valid():
        raise BadWish(
            " ".join(
                f"{form.fields[name].label}: {error}"
                for name, errors in form.errors.items()
                for error in errors
            )
        )
    cleaned = form.cleaned_data
    sampling: Settings = {
        name: None if name == "top_k" and cleaned[name] == ALL_CODES else cleaned[name]
        for name in wishes.SAMPLING
        if cleaned[name] is not None
    }
    return Wishes(sampling, cleaned["seed"], keeps_chosen)


def tell(value: float | int | None) -> str:
    return gettext("all") if value is None else f"{value:g}"


def describe(sampling: Settings, seed: int | None = None) -> str:
    """For the history and the page, in the order of the form."""
    told = [
        f"{DrawingForm.base_fields[name].label} {tell(sampling[name])}"
        for name in wishes.SAMPLING
        if name in sampling
    ]
    return ", ".join(told if seed is None else [*told, f"{gettext('seed')} {seed}"])

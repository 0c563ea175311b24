"""What the calendar's pages post: a puzzle, and the day that it goes to."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.editing import access, planning
from game.models import Puzzle

# Django's form classes are generic for type checkers alone.
if TYPE_CHECKING:
    PuzzleField = forms.ModelChoiceField[Puzzle]
else:
    PuzzleField = forms.ModelChoiceField


class PuzzleChoice(forms.Form):
    """Which puzzle, and the day it had when the editor looked at it."""

    seen = forms.DateField(required=False)

    def __init__(self, user: access.Account, *args: Any) -> None:
        super().__init__(*args)
        self.fields["puzzle"] = PuzzleField(
            access.visible(user),
            error_messages={
                "required": gettext("Choose a puzzle."),
                "invalid_choice": gettext("That puzzle is gone."),
            },
        )

    def chosen(self) -> Puzzle:
        """As the editor saw it, so that planning can tell what has changed since."""
        puzzle: Puzzle = self.cleaned_data["puzzle"]
        if puzzle.play_on != self.cleaned_data["seen"]:
            raise planning.Meanwhile(
                gettext("“%(prompt)s” was moved by somebody else meanwhile. Nothing was changed.")
                % {"prompt": puzzle.prompt}
            )
        return puzzle


class Move(PuzzleChoice):
    day = forms.DateField(error_messages={"required": _("Choose a day.")})
    # What the editor has been asked and has agreed to.
    agreed = forms.CharField(required=False)

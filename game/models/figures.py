from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from game.models.puzzles import Puzzle


class Figures(models.Model):
    """What everyone's finished plays of a puzzle come to, counted now and then by a task."""

    puzzle = models.OneToOneField(Puzzle, on_delete=models.CASCADE, related_name="figures")
    plays = models.PositiveIntegerField(_("finished plays"), default=0)
    solved = models.PositiveIntegerField(_("solved"), default=0)
    # How many solved it in one try, in two, and so on.
    distribution = models.JSONField(_("solved in"), default=list)
    # Rows of hidden word and in how many finished plays it was found, in the order of the board.
    words = models.JSONField(_("words"), default=list)
    # Rows of hidden word, wrong guess, how many plays made it, its warmth if one is known, and
    # from how many sources they came; the most frequent first. What safety lists, and what may be
    # somebody's number, isn't counted.
    wrong = models.JSONField(_("wrong guesses"), default=list)
    counted_at = models.DateTimeField(_("counted at"), auto_now=True)

    class Meta:
        verbose_name = _("figures")
        verbose_name_plural = _("figures")
        ordering: ClassVar = ["-puzzle__play_on"]

    def __str__(self) -> str:
        return str(self.puzzle)

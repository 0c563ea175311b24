from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from game.models.puzzles import Puzzle
from game.rules import boards, warmth


class Ruling(models.Model):
    """What editors say of one guess for one hidden word of a puzzle."""

    word = models.CharField(_("hidden word"), max_length=boards.WORD_LENGTH)
    text = models.CharField(_("guess"), max_length=boards.PROMPT_LENGTH)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.text} for {self.word}"


class Accepted(Ruling):
    """A word, or for a free sentence a phrase, that counts as right."""

    puzzle = models.ForeignKey(Puzzle, on_delete=models.CASCADE, related_name="accepted")
    # When those who had played by then were graded anew.
    graded_at = models.DateTimeField(_("counts since"), null=True, editable=False)

    class Meta:
        verbose_name = _("accepted answer")
        verbose_name_plural = _("accepted answers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["puzzle", "word", "text"], name="accepted_is_unique")
        ]


class Correction(Ruling):
    """A warmth that counts instead of the computed one, for tries to come."""

    puzzle = models.ForeignKey(Puzzle, on_delete=models.CASCADE, related_name="corrections")
    warmth = models.PositiveSmallIntegerField(
        _("warmth"), validators=[MaxValueValidator(warmth.SAME)]
    )

    class Meta:
        verbose_name = _("corrected warmth")
        verbose_name_plural = _("corrected warmths")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["puzzle", "word", "text"], name="correction_is_unique"),
            models.CheckConstraint(
                condition=Q(warmth__lte=warmth.SAME), name="correction_is_at_most_100"
            ),
        ]


class WarmthTables(models.QuerySet["WarmthTable"]):
    def current(self) -> Self:
        """Those made with today's vocabulary, scale and encoder; others can't be read."""
        version = warmth.version().hex()
        return self.filter(version=version, model=settings.WARMTH_MODEL_SHA256)


class WarmthTable(models.Model):
    """The warmth of the whole vocabulary for one hidden word, in whichever puzzles it is."""

    word = models.CharField(max_length=boards.WORD_LENGTH)
    version = models.CharField(max_length=2 * warmth.VERSION_BYTES)
    model = models.CharField(max_length=64)
    table = models.BinaryField()

    objects = WarmthTables.as_manager()

    class Meta:
        verbose_name = _("table of warmth")
        verbose_name_plural = _("tables of warmth")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["word", "version", "model"], name="warmth_table_is_one_a_word"
            )
        ]

    def __str__(self) -> str:
        return self.word

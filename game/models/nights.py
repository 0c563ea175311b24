from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from game.models.puzzles import Puzzle


class Batch(models.Model):
    """Puzzles drawn in one go: what came of them, and how long it took."""

    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    # Stays empty when the worker is killed.
    ended_at = models.DateTimeField(_("ended at"), null=True)
    asked = models.PositiveSmallIntegerField(_("asked for"))
    drawn = models.PositiveSmallIntegerField(_("drawn"), default=0)
    # Reasons by the puzzles' ids.
    failures = models.JSONField(_("failures"), default=dict)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} UTC"


class Chore(models.Model):
    """Something done once a day, and when it last was: see game.nights.chores."""

    name = models.CharField(_("name"), max_length=20, primary_key=True)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("chore")
        verbose_name_plural = _("chores")

    def __str__(self) -> str:
        return self.name


class StandIn(models.Model):
    """A day that a puzzle of the reserve was taken for, because nothing else was ready."""

    day = models.DateField(_("day"))
    puzzle = models.ForeignKey(Puzzle, on_delete=models.CASCADE, related_name="+")
    displaced = models.ForeignKey(
        Puzzle,
        verbose_name=_("instead of"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return str(self.day)

import secrets
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from game.models.easel import Order

# Without vowels, so that no word comes of it, and without letters that look like digits.
ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
CODE_LENGTH = 10


def new_code() -> str:
    """47 random bits: enough that none is found by trying."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


class Share(models.Model):
    """An order that its person shows to whoever has the address. Written by game.easel.sharing."""

    class State(models.TextChoices):
        SHOWN = "shown", _("shown")
        HIDDEN = "hidden", _("hidden after reports")
        KEPT = "kept", _("kept by an editor")
        REMOVED = "removed", _("removed by an editor")

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="share")
    # One of the nine; empty for all of them.
    rank = models.PositiveSmallIntegerField(
        _("rank"), null=True, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    state = models.CharField(
        _("state"), max_length=7, choices=State.choices, default=State.SHOWN, db_index=True
    )
    # Why an editor removed it, for its person.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # A JPEG, made before anybody is told the address.
    card = models.BinaryField()
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("shared order")
        verbose_name_plural = _("shared orders")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.order.prompt

    @property
    def is_public(self) -> bool:
        return self.state in (self.State.SHOWN, self.State.KEPT)


class Report(models.Model):
    """What somebody finds wrong with a shared order."""

    class Reason(models.TextChoices):
        SEXUAL = "sexual", _("Sexual")
        VIOLENT = "violent", _("Violent")
        HATEFUL = "hateful", _("Hateful")
        PERSON = "person", _("About a real person")
        OTHER = "other", _("Something else")

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="reports")
    # Tells people apart, and names none: a digest of where it came from.
    reporter = models.CharField(max_length=64, editable=False)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices)
    text = models.CharField(_("text"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["share", "reporter"], name="report_is_one_a_person"),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()

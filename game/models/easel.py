from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from game.models.plays import Player
from game.models.puzzles import new_picture_token
from game.rules import boards


def order_picture_path(picture: "OrderPicture", filename: str) -> str:
    return f"orders/{picture.token[:2]}/{picture.token}.webp"


class Order(models.Model):
    """Nine pictures that somebody wants of a prompt. Written by game.easel alone."""

    class State(models.TextChoices):
        WANTED = "wanted", _("waiting")
        CLAIMED = "claimed", _("being painted")
        PAINTED = "painted", _("painted")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    # In its address: nobody else's can be guessed.
    key = models.CharField(max_length=32, unique=True, default=new_picture_token, editable=False)
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="orders")
    prompt = models.CharField(_("prompt"), max_length=boards.PROMPT_LENGTH)
    without = models.CharField(_("without"), max_length=boards.PROMPT_LENGTH, blank=True)
    seed = models.PositiveBigIntegerField(_("seed"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WANTED)
    failure = models.TextField(_("failure"), blank=True)
    # Digest of all that its pictures follow from: the same again comes from what is stored.
    recipe = models.CharField(max_length=64, blank=True, db_index=True)
    is_again = models.BooleanField(_("from the store"), default=False)
    model = models.CharField(_("model"), max_length=200, blank=True)

    claim = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    # How long its person was told to wait, and how long as many orders took that were painted in
    # one loop with it.
    told_seconds = models.PositiveIntegerField(null=True)
    loop_size = models.PositiveSmallIntegerField(null=True)
    loop_seconds = models.FloatField(null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claim__isnull=False, leased_until__isnull=False),
                name="order_claimed_has_a_lease",
            ),
        ]
        indexes: ClassVar = [
            # The queue, however many were painted before.
            models.Index(
                fields=["player", "id"],
                name="order_is_open",
                condition=Q(state__in=["wanted", "claimed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.prompt

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WANTED, self.State.CLAIMED)


class OrderPicture(models.Model):
    """One of an order's nine pictures, the best-ranked first."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="pictures")
    rank = models.PositiveSmallIntegerField(
        _("rank"), validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    score = models.FloatField(_("CLIP score"))
    seed = models.PositiveBigIntegerField(_("seed"))
    file = models.FileField(_("file"), upload_to=order_picture_path)
    side = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=32, unique=True, default=new_picture_token, editable=False)

    class Meta:
        verbose_name = _("ordered picture")
        verbose_name_plural = _("ordered pictures")
        ordering: ClassVar = ["order", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "rank"], name="order_picture_rank_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.order} #{self.rank}"

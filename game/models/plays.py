import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from game.models.puzzles import Puzzle
from game.rules import boards


class Player(models.Model):
    """Someone who has sent a try or ordered a picture; known by a signed cookie, maybe by an
    account too."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    shares_guesses = models.BooleanField(_("guesses go into the research export"), default=True)
    # When something was last begun to be painted for them, for the easel's queue.
    served_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("player")
        verbose_name_plural = _("players")

    def __str__(self) -> str:
        return str(self.key)

    @property
    def short_key(self) -> str:
        """Enough of the key to tell players apart."""
        return str(self.key)[:8]


class MoveCode(models.Model):
    """Takes a player to another device: eight characters, of which only a digest is kept."""

    player = models.OneToOneField(Player, on_delete=models.CASCADE, related_name="move_code")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("move code")
        verbose_name_plural = _("move codes")

    def __str__(self) -> str:
        return f"of {self.player}"


class Play(models.Model):
    """One player's game of one puzzle. Written by game.playing.play alone."""

    # Empty once the player asked to be forgotten.
    player = models.ForeignKey(Player, null=True, on_delete=models.SET_NULL, related_name="plays")
    puzzle = models.ForeignKey(Puzzle, on_delete=models.PROTECT, related_name="plays")
    is_hard = models.BooleanField(_("hard mode"), default=False)
    # Which of the open words had its first letter told.
    hinted = models.PositiveSmallIntegerField(null=True, blank=True)
    is_solved = models.BooleanField(default=False)
    # Known once it is finished, for the record and the figures: the tries that counted, if it is
    # solved, and the score of the best one.
    solved_in = models.PositiveSmallIntegerField(null=True, blank=True)
    # Tells places apart, and names none: see game.playing.sources.
    source = models.PositiveSmallIntegerField(null=True, editable=False)
    best_score = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("play")
        verbose_name_plural = _("plays")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["player", "puzzle"], name="play_is_one_a_puzzle"),
            models.CheckConstraint(
                condition=Q(is_solved=False) | Q(finished_at__isnull=False),
                name="play_solved_is_finished",
            ),
            models.CheckConstraint(
                condition=Q(is_solved=False, solved_in__isnull=True)
                | Q(is_solved=True, solved_in__range=(1, boards.TRIES)),
                name="play_solved_in_some_try",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.puzzle}, {self.player.short_key if self.player else '–'}"


class Try(models.Model):
    """One submitted guess: the words as they were read, and how they were marked."""

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    # As it was typed, when it was typed as one; its words were then put where they stand for most.
    sentence = models.CharField(max_length=boards.PROMPT_LENGTH, blank=True)
    words = models.JSONField()
    marks = models.JSONField()
    score = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")
        ordering: ClassVar = ["play", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["play", "number"], name="try_number_is_unique"),
            models.CheckConstraint(
                condition=Q(number__range=(1, boards.TRIES)), name="try_number_is_one_to_six"
            ),
            models.CheckConstraint(condition=Q(score__lte=100), name="try_score_is_at_most_100"),
        ]

    def __str__(self) -> str:
        return f"{self.play}, {self.number}/{boards.TRIES}"

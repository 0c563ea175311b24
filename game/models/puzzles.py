import secrets
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.rules import boards


def new_picture_token() -> str:
    """128 random bits: picture URLs must not be guessable from one another."""
    return secrets.token_hex(16)


def new_salt() -> str:
    """256 random bits: what keeps a prompt from being guessed from its public hash."""
    return secrets.token_hex(32)


def candidate_path(candidate: "Candidate", filename: str) -> str:
    return f"candidates/{candidate.token[:2]}/{candidate.token}.webp"


def film_path(candidate: "Candidate", filename: str) -> str:
    return f"films/{candidate.token[:2]}/{candidate.token}.webp"


def validate_prompt(prompt: str) -> None:
    try:
        boards.validate_prompt(prompt)
    except boards.PromptError as error:
        raise ValidationError(gettext(error.template), error.code, error.numbers) from error


class Puzzle(models.Model):
    """A secret prompt, its day, its state and its pictures.

    Being planned for a day and being approved are separate facts; live and past are derived
    from the date and never stored.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        WANTED = "wanted", _("wanted")
        DRAWING = "drawing", _("drawing")
        REVIEW = "review", _("in review")
        APPROVED = "approved", _("approved")
        FAILED = "failed", _("failed")

    prompt = models.CharField(
        _("prompt"), max_length=boards.PROMPT_LENGTH, validators=[validate_prompt]
    )
    play_on = models.DateField(_("day"), null=True, blank=True, unique=True)
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.DRAFT, db_index=True
    )
    is_auto_approved = models.BooleanField(
        _("approve when drawn"),
        default=False,
        help_text=_("Choose the six best-ranked pictures and approve without a review."),
    )
    hides_given_words = models.BooleanField(
        _("hide connecting words"),
        default=False,
        help_text=_("Players must guess words like “a” and “on” too."),
    )
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("From 1, easy, to 5."),
    )
    notes = models.TextField(_("notes"), blank=True)
    # With the prompt and the pictures it makes the hash that is public from the start.
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    # Rows of word and whether it is given, as when the first play began: a later change of the
    # rules changes no board that somebody has played on.
    frozen_board = models.JSONField(null=True, editable=False)

    seed = models.PositiveBigIntegerField(_("seed"), null=True, blank=True)
    # What editors want other than the model's own: condition_scale, temperature, top_k, top_p.
    sampling = models.JSONField(_("settings"), default=dict, blank=True, editable=False)
    # How visible each word is in the chosen pictures, and the share of solvers that promises.
    forecast = models.JSONField(_("forecast"), null=True, blank=True, editable=False)
    # The settings, model hash and timings the drawing was made with: enough to redraw it exactly.
    manifest = models.JSONField(_("manifest"), default=dict, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    failure = models.TextField(_("failure"), blank=True, editable=False)
    drawn_at = models.DateTimeField(_("drawn at"), null=True, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("puzzle")
        verbose_name_plural = _("puzzles")
        ordering: ClassVar = ["play_on", "pk"]
        permissions: ClassVar = [
            ("plan_puzzle", _("Can give puzzles their days")),
            ("draw_puzzle", _("Can have pictures drawn, and choose among them")),
            ("approve_puzzle", _("Can approve puzzles, and send them back")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="puzzle_progress_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(difficulty__isnull=True) | Q(difficulty__range=(1, 5)),
                name="puzzle_difficulty_is_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(state="drawing", claim__isnull=False, leased_until__isnull=False)
                | ~Q(state="drawing"),
                name="puzzle_being_drawn_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.prompt

    @property
    def number(self) -> int | None:
        """Counts days from FIRST_DAY, so that it never changes when neighbours move."""
        return (self.play_on - settings.FIRST_DAY).days + 1 if self.play_on else None

    def board(self, is_hard: bool = False) -> tuple[boards.Word, ...]:
        """The words to play with; in hard mode none is given."""
        if self.frozen_board is None:
            board = boards.board(self.prompt, self.hides_given_words)
        else:
            board = tuple(boards.Word(text, is_given) for text, is_given in self.frozen_board)
        return tuple(boards.Word(word.text, False) for word in board) if is_hard else board


class Candidate(models.Model):
    """One of the generated pictures; with a position it is one of the puzzle's six."""

    puzzle = models.ForeignKey(Puzzle, on_delete=models.CASCADE, related_name="candidates")
    rank = models.PositiveSmallIntegerField(_("rank"), validators=[MinValueValidator(1)])
    score = models.FloatField(_("CLIP score"))
    seed = models.PositiveBigIntegerField(_("seed"))
    file = models.ImageField(
        _("file"), upload_to=candidate_path, width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    # Of the file, for the public hash; empty when the file was gone before it was taken.
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # How it was painted, step by step: an animated picture, kept for the best-ranked one.
    film = models.FileField(_("film"), upload_to=film_path, blank=True, editable=False)
    # What editors say of the picture for those who don't see it, from vague to telling.
    descriptions = models.JSONField(_("descriptions"), default=list, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_picture_token, editable=False)
    position = models.PositiveSmallIntegerField(
        _("position"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(6)],
    )
    # Its place among the six that the generator chose, which are on offer until somebody chooses.
    offered = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        editable=False,
        validators=[MinValueValidator(1), MaxValueValidator(6)],
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering: ClassVar = ["puzzle", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["puzzle", "rank"], name="candidate_rank_is_unique"),
            models.UniqueConstraint(
                fields=["puzzle", "position"],
                name="candidate_position_is_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True) | Q(position__range=(1, 6)),
                name="candidate_position_is_one_to_six",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.puzzle} #{self.rank}"

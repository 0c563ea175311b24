import secrets
import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game import rules, warmth


def new_picture_token() -> str:
    """128 random bits: picture URLs must not be guessable from one another."""
    return secrets.token_hex(16)


def candidate_path(candidate: "Candidate", filename: str) -> str:
    return f"candidates/{candidate.token[:2]}/{candidate.token}.webp"


def validate_prompt(prompt: str) -> None:
    try:
        rules.validate_prompt(prompt)
    except rules.PromptError as error:
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
        _("prompt"), max_length=rules.PROMPT_LENGTH, validators=[validate_prompt]
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
    notes = models.TextField(_("notes"), blank=True)
    # Rows of word and whether it is given, as when the first play began: a later change of the
    # rules changes no board that somebody has played on.
    frozen_board = models.JSONField(null=True, editable=False)

    seed = models.PositiveBigIntegerField(_("seed"), null=True, blank=True)
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

    class Meta:
        verbose_name = _("puzzle")
        verbose_name_plural = _("puzzles")
        ordering: ClassVar = ["play_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="puzzle_progress_is_a_percentage"
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

    def board(self, is_hard: bool = False) -> tuple[rules.Word, ...]:
        """The words to play with; in hard mode none is given."""
        if self.frozen_board is None:
            board = rules.board(self.prompt, self.hides_given_words)
        else:
            board = tuple(rules.Word(text, is_given) for text, is_given in self.frozen_board)
        return tuple(rules.Word(word.text, False) for word in board) if is_hard else board


class Candidate(models.Model):
    """One of the nine generated pictures; with a position it is one of the puzzle's six."""

    puzzle = models.ForeignKey(Puzzle, on_delete=models.CASCADE, related_name="candidates")
    rank = models.PositiveSmallIntegerField(_("rank"), validators=[MinValueValidator(1)])
    score = models.FloatField(_("CLIP score"))
    seed = models.PositiveBigIntegerField(_("seed"))
    file = models.ImageField(
        _("file"), upload_to=candidate_path, width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    token = models.CharField(max_length=32, unique=True, default=new_picture_token, editable=False)
    position = models.PositiveSmallIntegerField(
        _("position"),
        null=True,
        blank=True,
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


class Ruling(models.Model):
    """What editors say of one guess for one hidden word of a puzzle."""

    word = models.CharField(_("hidden word"), max_length=rules.WORD_LENGTH)
    text = models.CharField(_("guess"), max_length=rules.PROMPT_LENGTH)

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

    word = models.CharField(max_length=rules.WORD_LENGTH)
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


class Player(models.Model):
    """Someone who has sent at least one try; known by a signed cookie, maybe by an account too."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("player")
        verbose_name_plural = _("players")

    def __str__(self) -> str:
        return str(self.key)


class Play(models.Model):
    """One player's game of one puzzle. Written by game.play alone."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="plays")
    puzzle = models.ForeignKey(Puzzle, on_delete=models.PROTECT, related_name="plays")
    is_hard = models.BooleanField(_("hard mode"), default=False)
    # Which of the open words had its first letter told.
    hinted = models.PositiveSmallIntegerField(null=True, blank=True)
    is_solved = models.BooleanField(default=False)
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
        ]

    def __str__(self) -> str:
        return f"{self.player} on {self.puzzle_id}"


class Try(models.Model):
    """One submitted guess: the words as they were read, and how they were marked."""

    play = models.ForeignKey(Play, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    # As it was typed, when it was typed as one; its words were then put where they stand for most.
    sentence = models.CharField(max_length=rules.PROMPT_LENGTH, blank=True)
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
                condition=Q(number__range=(1, rules.TRIES)), name="try_number_is_one_to_six"
            ),
            models.CheckConstraint(condition=Q(score__lte=100), name="try_score_is_at_most_100"),
        ]

    def __str__(self) -> str:
        return f"{self.play} try {self.number}"


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

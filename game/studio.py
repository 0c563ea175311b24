"""Drawing pictures for prompts.

The only importer of the generator. A puzzle is drawn once however often it is asked for: a
conditional UPDATE claims the row for a lease, every progress report extends the lease, and the
results are stored in one transaction that needs the claim to be still ours.
"""

import io
import logging
import secrets
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from game.models import Candidate, Puzzle

if TYPE_CHECKING:
    from PIL.Image import Image

    from generator.pipeline import Drawing, Generator

logger = logging.getLogger(__name__)

COUNT = 9
CHOSEN = 6
ATTEMPTS = 3
# A worker can be killed for reasons of its own, so it takes more of that to blame the prompt.
MOST_CLAIMS = 12
# Longer than the longest silence of a healthy worker; as long as a dead one's puzzle waits.
LEASE = timedelta(minutes=2)
REPORT_EVERY = 0.5
# A worker killed between writing files and writing rows leaves files that no row names.
SWEEP_AFTER = timedelta(days=1)

State = Puzzle.State
Report = Callable[[float, str], None]


class StudioError(Exception):
    """Something asked of the studio that it will not do; the text is for editors."""


class Undrawable(StudioError):
    """The model can't or mustn't draw this prompt."""


class DrawingFailed(StudioError):
    def __init__(self, failure: str, *, is_final: bool) -> None:
        super().__init__(failure)
        self.is_final = is_final


class LostClaimError(Exception):
    """Somebody else has the puzzle now: our lease ran out, or it was deleted or rewritten."""


@cache
def generator() -> "Generator":
    from generator.pipeline import Generator

    folder = Path(settings.GENERATOR_MODEL) if settings.GENERATOR_MODEL else None
    return Generator.load(folder, device=settings.GENERATOR_DEVICE)


def unknown_words(prompt: str) -> dict[str, list[str]]:
    """Words that the bundled model was never shown, each with the nearest ones it knows."""
    if settings.GENERATOR_MODEL:
        return {}
    from generator import world

    return {word: world.nearest_words(word) for word in world.unknown_words(prompt)}


def check_prompt(prompt: str) -> None:
    """Undrawable when the model may not or cannot draw the prompt."""
    from generator.safety import UnsafePrompt
    from generator.safety import check_prompt as check_safety

    try:
        check_safety(prompt)
    except UnsafePrompt as error:
        raise Undrawable(str(error)) from error
    unknown = unknown_words(prompt)
    if unknown:
        raise Undrawable(" ".join(_tell_unknown(word, near) for word, near in unknown.items()))


def _tell_unknown(word: str, near: Sequence[str]) -> str:
    if not near:
        return _("The model has never seen “%(word)s”.") % {"word": word}
    return _("The model has never seen “%(word)s”; it knows %(near)s.") % {
        "word": word,
        "near": ", ".join(f"“{each}”" for each in near),
    }


# Claiming and drawing


def waiting(now: datetime | None = None) -> QuerySet[Puzzle]:
    """Puzzles that any worker may claim: asked for, or left behind by a dead worker."""
    stale = Q(state=State.DRAWING, leased_until__lt=now or timezone.now())
    return Puzzle.objects.filter(Q(state=State.WANTED) | stale)


def lease_left(puzzle_pk: int, now: datetime | None = None) -> timedelta | None:
    """How long the puzzle is still somebody's; None when nobody is drawing it."""
    now = now or timezone.now()
    until = (
        Puzzle.objects.filter(pk=puzzle_pk, state=State.DRAWING)
        .values_list("leased_until", flat=True)
        .first()
    )
    return max(until - now, timedelta()) if until else None


def claim(puzzle_pk: int, now: datetime | None = None) -> Puzzle | None:
    """Take the puzzle for one lease; None when it isn't waiting or somebody was faster."""
    now = now or timezone.now()
    mine = waiting(now).filter(pk=puzzle_pk)
    # Attempts count from the claim on, so that a prompt that kills its worker ends as failed too.
    mine.filter(attempts__gte=MOST_CLAIMS).update(
        state=State.FAILED, claim=None, leased_until=None, failure=_("The worker died each time.")
    )
    token = uuid.uuid4()
    taken = mine.update(
        state=State.DRAWING,
        claim=token,
        leased_until=now + LEASE,
        progress=0,
        attempts=F("attempts") + 1,
        # The generator counts on from it, one seed a picture.
        seed=secrets.randbelow(2**63 - COUNT),
    )
    return Puzzle.objects.filter(pk=puzzle_pk, claim=token).first() if taken else None


def draw(puzzle_pk: int, report: Report | None = None) -> bool:
    """Draw a waiting puzzle; False when there is nothing to do, DrawingFailed when it fails."""
    if not waiting().filter(pk=puzzle_pk).exists():
        return False
    # Loading a large model can outlast a lease, so it comes first; its error is met again below.
    with suppress(Exception):
        generator()
    puzzle = claim(puzzle_pk)
    if puzzle is None or puzzle.seed is None:
        return False
    try:
        drawing = generator().draw(
            puzzle.prompt,
            count=COUNT,
            keep=CHOSEN,
            seed=puzzle.seed,
            on_progress=Heartbeat(puzzle, report),
        )
        _store(puzzle, drawing)
    except LostClaimError:
        logger.warning("Puzzle %s: the claim was lost while drawing", puzzle_pk)
        return False
    except Exception as error:
        logger.exception("Puzzle %s: drawing failed", puzzle_pk)
        raise _failed(puzzle, error) from error
    except BaseException:
        # Ctrl-C or a worker told to stop: nobody should have to wait for the lease.
        _held(puzzle).update(state=State.WANTED, claim=None, leased_until=None, progress=0)
        raise
    return True


class Heartbeat:
    """Writes progress, and with it extends the lease, at most every REPORT_EVERY seconds."""

    def __init__(self, puzzle: Puzzle, report: Report | None = None) -> None:
        self.puzzle = puzzle
        self.report = report
        self.written_at = -REPORT_EVERY

    def __call__(self, fraction: float, stage: str) -> None:
        if self.report:
            self.report(fraction, stage)
        if monotonic() - self.written_at < REPORT_EVERY:
            return
        self.written_at = monotonic()
        # 100 is for stored pictures.
        percent = min(int(fraction * 100), 99)
        if not _held(self.puzzle).update(progress=percent, leased_until=timezone.now() + LEASE):
            raise LostClaimError


def _held(puzzle: Puzzle) -> QuerySet[Puzzle]:
    return Puzzle.objects.filter(pk=puzzle.pk, claim=puzzle.claim, state=State.DRAWING)


def _failed(puzzle: Puzzle, error: Exception) -> DrawingFailed:
    from generator.safety import UnsafePrompt

    failure = str(error) or type(error).__name__
    is_final = puzzle.attempts >= ATTEMPTS or isinstance(error, UnsafePrompt)
    _held(puzzle).update(
        state=State.FAILED if is_final else State.WANTED,
        claim=None,
        leased_until=None,
        progress=0,
        failure=failure,
    )
    return DrawingFailed(failure, is_final=is_final)


# Storing


def _store(puzzle: Puzzle, drawing: "Drawing") -> None:
    """Files first, rows after: a reader never meets a row without its file."""
    if len(drawing.pictures) < CHOSEN:
        raise ValueError(f"{CHOSEN} pictures are needed, got {len(drawing.pictures)}")
    files: list[str] = []
    candidates = []
    try:
        for picture in drawing.pictures:
            candidate = Candidate(
                puzzle=puzzle, rank=picture.rank, score=picture.score, seed=picture.seed
            )
            # Noted before it is written: a full disk leaves half a file behind.
            files.append(candidate.file.field.generate_filename(candidate, "picture.webp"))
            content = ContentFile(_webp(picture.image), name="picture.webp")
            candidate.file.save("picture.webp", content, save=False)
            candidates.append(candidate)
        _store_rows(puzzle, drawing, candidates)
    except BaseException:
        _delete_unnamed(files)
        raise


@transaction.atomic
def _store_rows(puzzle: Puzzle, drawing: "Drawing", candidates: Sequence[Candidate]) -> None:
    held = _held(puzzle).filter(prompt=puzzle.prompt).select_for_update().first()
    if held is None:
        raise LostClaimError
    now = timezone.now()
    held.state = State.REVIEW
    if held.is_auto_approved:
        held.state, held.approved_at = State.APPROVED, now
        for candidate in candidates:
            candidate.position = candidate.rank if candidate.rank <= CHOSEN else None
    held.claim = held.leased_until = None
    held.progress, held.failure, held.drawn_at = 100, "", now
    held.manifest = drawing.manifest | {"seed": puzzle.seed}
    held.save()
    remove_candidates(held)
    Candidate.objects.bulk_create(candidates)


def _webp(image: "Image") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=90, method=6)
    return buffer.getvalue()


def remove_candidates(puzzle: Puzzle) -> None:
    files = list(puzzle.candidates.values_list("file", flat=True))
    puzzle.candidates.all().delete()
    transaction.on_commit(partial(_delete_files, files), robust=True)


def _delete_unnamed(files: Sequence[str]) -> None:
    """After a failure: a connection lost during COMMIT doesn't tell whether the rows are there."""
    with suppress(DatabaseError):
        named = set(Candidate.objects.filter(file__in=files).values_list("file", flat=True))
        _delete_files([name for name in files if name not in named])


def _delete_files(files: Sequence[str]) -> None:
    for name in files:
        try:
            default_storage.delete(name)
        except OSError:
            logger.warning("%s could not be deleted; the next sweep will try again", name)


def sweep(now: datetime | None = None) -> int:
    """Delete old picture files that no row names, and say how many they were."""
    try:
        folders, _files = default_storage.listdir("candidates")
    except FileNotFoundError:
        return 0
    named = set(Candidate.objects.values_list("file", flat=True))
    old = (now or timezone.now()) - SWEEP_AFTER
    found = [
        name
        for folder in folders
        for file in default_storage.listdir(f"candidates/{folder}")[1]
        if (name := f"candidates/{folder}/{file}") not in named
        and default_storage.get_modified_time(name) < old
    ]
    _delete_files(found)
    return len(found)

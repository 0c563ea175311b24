"""Candidates and their picture files: storing a drawing, removing one, sweeping up."""

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone

from game import claims
from game.models import Candidate, Puzzle

if TYPE_CHECKING:
    from PIL.Image import Image

    from generator.drawing import Drawing

logger = logging.getLogger(__name__)

CHOSEN = 6
FOLDER = "candidates"
# A worker killed between writing files and writing rows leaves files that no row names.
SWEEP_AFTER = timedelta(days=1)

State = Puzzle.State


def store(puzzle: Puzzle, drawing: "Drawing") -> None:
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
    held = claims.held(puzzle).filter(prompt=puzzle.prompt).select_for_update().first()
    if held is None:
        raise claims.LostClaimError
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
    remove(held)
    Candidate.objects.bulk_create(candidates)


def _webp(image: "Image") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=90, method=6)
    return buffer.getvalue()


def remove(puzzle: Puzzle) -> None:
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
    found = unnamed(now)
    _delete_files(found)
    return len(found)


def unnamed(now: datetime | None = None) -> list[str]:
    """Files that no row names, and that are too old to belong to a drawing being stored."""
    old = (now or timezone.now()) - SWEEP_AFTER
    # The files before the rows: whatever is stored in between has a row by the time we look.
    files = list(_stored())
    named = set(Candidate.objects.values_list("file", flat=True))
    return [
        name
        for name in files
        if name not in named and default_storage.get_modified_time(name) < old
    ]


def is_whole(puzzle: Puzzle) -> bool:
    """Whether the files of its chosen pictures are there."""
    chosen = puzzle.candidates.filter(position__isnull=False)
    return all(default_storage.exists(name) for name in chosen.values_list("file", flat=True))


def missing() -> list[Candidate]:
    """Candidates whose file is gone."""
    # The rows before the files, for the same reason.
    candidates = list(Candidate.objects.select_related("puzzle"))
    files = set(_stored())
    return [candidate for candidate in candidates if candidate.file.name not in files]


def _stored() -> Iterator[str]:
    try:
        folders, _files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for folder in folders:
        for file in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            yield f"{FOLDER}/{folder}/{file}"

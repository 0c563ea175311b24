"""Candidates and their picture files: storing a drawing, removing one."""

import hashlib
import io
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, transaction
from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from game.drawing import claims, loose, origins
from game.models import Candidate, Puzzle
from game.models.puzzles import candidate_path, new_picture_token
from game.rules import clock

if TYPE_CHECKING:
    from PIL.Image import Image

    from generator.drawing.result import Drawing, Picture

logger = logging.getLogger(__name__)

CHOSEN = 6
# In this order the first six are a puzzle's pictures: those chosen, else those on offer. Empty
# places come last.
IN_PLACE = ("position", "offered", "rank")
# Among a puzzle's settings until its next drawing is stored.
KEEPS_CHOSEN = "keeps_chosen"
FOLDERS = ("candidates", "films", "orders")

State = Puzzle.State


def drawn(puzzle: Puzzle) -> list[Candidate]:
    """All that were drawn, best first; asked for once, however often they are needed."""
    prefetch_related_objects([puzzle], "candidates")
    return sorted(puzzle.candidates.all(), key=lambda one: one.rank)


def shown(puzzle: Puzzle) -> list[Candidate]:
    """The chosen six in their order; without a choice those on offer."""
    return list(puzzle.candidates.order_by(*IN_PLACE)[:CHOSEN])


def is_too_late(puzzle: Puzzle, now: datetime) -> bool:
    """Whether its day is over everywhere: a puzzle put there now would break players' streaks."""
    return puzzle.play_on is not None and clock.over_at(puzzle.play_on) <= now


def kept(puzzle: Puzzle) -> list[Candidate]:
    """What the next drawing leaves in place: the chosen ones, when only the others are wanted."""
    if not puzzle.sampling.get(KEEPS_CHOSEN):
        return []
    return list(puzzle.candidates.filter(position__isnull=False))


def store(puzzle: Puzzle, drawing: "Drawing", unseen: Sequence[str] = ()) -> None:
    """Files first, rows after: a reader never meets a row without its file.

    With words that can't be seen, it waits for an editor, whatever was wished.
    """
    left = kept(puzzle)
    count = len(left) + len(drawing.pictures)
    if count < CHOSEN:
        raise ValueError(f"{CHOSEN} pictures are needed, got {count}")
    contents = [webp(picture.image) for picture in drawing.pictures]
    candidates = [
        _candidate(puzzle, picture, content)
        for picture, content in zip(drawing.pictures, contents, strict=True)
    ]
    for place, rank in enumerate(() if left else drawing.chosen, start=1):
        candidates[rank - 1].offered = place
    # Noted before they are written: a full disk leaves half a file behind, a killed worker some.
    files = [str(candidate.file) for candidate in candidates]
    loose.note(files)
    try:
        for name, content in zip(files, contents, strict=True):
            default_storage.save(name, ContentFile(content))
        _store_rows(puzzle, drawing, candidates, unseen)
    except BaseException:
        _delete_unnamed(files)
        raise


def _candidate(puzzle: Puzzle, picture: "Picture", content: bytes) -> Candidate:
    """Born with the name and the size of its file, which Django would open to measure it."""
    token = new_picture_token()
    width, height = picture.image.size
    return Candidate(
        puzzle=puzzle,
        rank=picture.rank,
        score=picture.score,
        seed=picture.seed,
        token=token,
        file=candidate_path(Candidate(token=token), "picture.webp"),
        width=width,
        height=height,
        sha256=hashlib.sha256(content).hexdigest(),
    )


@transaction.atomic
def _store_rows(
    puzzle: Puzzle, drawing: "Drawing", candidates: Sequence[Candidate], unseen: Sequence[str]
) -> None:
    held = claims.held(puzzle).filter(prompt=puzzle.prompt).select_for_update().first()
    if held is None:
        raise claims.LostClaimError
    now = timezone.now()
    left = kept(held)
    remove(held, left)
    _store_ranked(left, candidates)
    held.state = State.REVIEW
    if held.is_auto_approved and not unseen and not is_too_late(held, now):
        held.state, held.approved_at = State.APPROVED, now
        if not left:
            held.candidates.update(position=F("offered"))
    held.claim = held.leased_until = None
    held.progress, held.failure, held.drawn_at = 100, "", now
    held.manifest = origins.manifest_of(held, drawing, left, candidates, unseen)
    held.sampling.pop(KEEPS_CHOSEN, None)
    held.forecast = None
    held.save()


def _store_ranked(left: Sequence[Candidate], new: Sequence[Candidate]) -> None:
    """Rank all of them anew by their scores."""
    # Out of one another's way first: a rank is unique at every moment.
    count = len(left) + len(new)
    Candidate.objects.filter(pk__in=[each.pk for each in left]).update(rank=F("rank") + count)
    by_score = sorted([*left, *new], key=lambda each: each.score, reverse=True)
    for rank, candidate in enumerate(by_score, start=1):
        candidate.rank = rank
    Candidate.objects.bulk_update(left, ["rank"])
    Candidate.objects.bulk_create(new)
    loose.note_named([str(candidate.file) for candidate in new])


def store_film(puzzle: Puzzle, seed: int, film: bytes) -> None:
    """Keep the film of the candidate with that seed, unless the puzzle was drawn again since."""
    candidate = puzzle.candidates.filter(seed=seed, film="").first()
    if candidate is None:
        return
    # As above, known before it is written.
    name = candidate.film.field.generate_filename(candidate, "film.webp")
    is_named = False
    loose.note([name])
    try:
        candidate.film.save("film.webp", ContentFile(film), save=False)
        with transaction.atomic():
            named = Candidate.objects.filter(pk=candidate.pk, film="")
            is_named = bool(named.update(film=candidate.film.name))
            if is_named:
                loose.note_named([name])
    finally:
        if not is_named:
            loose.delete([candidate.film.name or name])


def webp(image: "Image") -> bytes:
    buffer = io.BytesIO()
    # Slower methods save a twentieth of the bytes, at two and a half times the work.
    image.save(buffer, "WEBP", quality=90, method=2)
    return buffer.getvalue()


def remove(puzzle: Puzzle, left: Collection[Candidate] = ()) -> None:
    """Remove all candidates but those that are to be left. Their files stay until they are swept:
    a trigger notes them as loose, here as wherever else a row goes."""
    puzzle.candidates.exclude(pk__in=[each.pk for each in left]).delete()


def _delete_unnamed(files: Sequence[str]) -> None:
    """After a failure: a connection lost during COMMIT doesn't tell whether the rows are there."""
    with suppress(DatabaseError):
        named = set(Candidate.objects.filter(file__in=files).values_list("file", flat=True))
        loose.delete([name for name in files if name not in named])


def is_whole(puzzle: Puzzle) -> bool:
    """Whether the files of its chosen pictures are there."""
    chosen = puzzle.candidates.filter(position__isnull=False)
    return all(default_storage.exists(name) for name in chosen.values_list("file", flat=True))


def missing() -> list[Candidate]:
    """Candidates whose file is gone, or closed to this account."""
    # The rows before the files, for the same reason.
    candidates = list(Candidate.objects.select_related("puzzle"))
    files = set(filter(_is_readable, stored()))
    return [candidate for candidate in candidates if candidate.file.name not in files]


def _is_readable(name: str) -> bool:
    is_local = isinstance(default_storage, FileSystemStorage)
    return not is_local or os.access(default_storage.path(name), os.R_OK)


def stored(folders: Sequence[str] = FOLDERS) -> Iterator[str]:
    """The names of all files there are, in folders of folders."""
    for top in folders:
        with suppress(FileNotFoundError):
            for folder in default_storage.listdir(top)[0]:
                for file in default_storage.listdir(f"{top}/{folder}")[1]:
                    yield f"{top}/{folder}/{file}"

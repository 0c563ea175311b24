"""Sweeping up: files that no row needs any more go to the trash, and from there after a while.

Only what this very database has named is swept, a day after it became loose, and few at once: what
was named by a mistake is then noticed while it can still be moved back, by its old name.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from game.drawing import candidates
from game.files import pairing
from game.models import Candidate, LooseFile, OrderPicture

logger = logging.getLogger(__name__)

# Long enough for a drawing that is being stored, whose files have no rows yet.
SWEEP_AFTER = timedelta(days=1)
TRASH = "trash"
KEPT = timedelta(days=14)
# Of all stored files, as much is moved at once unless somebody says that it is meant.
PERCENT_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Swept:
    moved: int
    # What waits for the next time.
    left: int
    # Out of the trash, for good.
    deleted: int


def sweep(now: datetime | None = None, *, is_all: bool = False) -> Swept:
    """Move loose files to the trash, the longest loose first, and delete what lay there for long.

    Raises:
        pairing.Stranger: the files belong to another database.
    """
    pairing.introduce()
    now = now or timezone.now()
    deleted = _empty_trash(now)
    names = due(now)
    _forget_missing(now)
    most = len(names) if is_all else at_once()
    moved = sum(_move_to_trash(name, now) for name in names[:most])
    left = len(names) - moved
    if left:
        logger.warning("%d loose files wait to be swept, more than are moved at once", left)
    return Swept(moved, left, deleted)


def at_once() -> int:
    return sum(1 for _name in candidates.stored()) * PERCENT_AT_ONCE // 100


def due(now: datetime | None = None) -> list[str]:
    """Names of the loose files that are there and that the next sweep may take."""
    old = (now or timezone.now()) - SWEEP_AFTER
    loose = _unneeded().filter(trashed_at=None, since__lt=old).order_by("since", "name")
    stored = set(candidates.stored())
    return [name for name in loose.values_list("name", flat=True) if name in stored]


def unnamed(now: datetime | None = None) -> list[str]:
    """Files that this database has never named, and that are too old to be a drawing being stored.
    They may be another's: nothing sweeps them by itself."""
    old = (now or timezone.now()) - SWEEP_AFTER
    # The files before the rows: whatever is stored in between has a row by the time we look.
    files = list(candidates.stored())
    named = set(LooseFile.objects.values_list("name", flat=True))
    for row in Candidate.objects.values_list("file", "film"):
        named.update(row)
    named.update(OrderPicture.objects.values_list("file", flat=True))
    return [
        name
        for name in files
        if name not in named and default_storage.get_modified_time(name) < old
    ]


def own_up_to(names: list[str], now: datetime | None = None) -> None:
    """Take files that were never named for loose ones of ours: somebody says that they are."""
    since = (now or timezone.now()) - 2 * SWEEP_AFTER
    loose = [LooseFile(name=name, since=since) for name in names]
    LooseFile.objects.bulk_create(loose, ignore_conflicts=True, batch_size=1_000)


def _forget_missing(now: datetime) -> None:
    """Those that were never written: nothing of them is left to sweep."""
    old = LooseFile.objects.filter(trashed_at=None, since__lt=now - SWEEP_AFTER)
    missing = set(old.values_list("name", flat=True)).difference(candidates.stored())
    old.filter(name__in=missing).delete()


def _unneeded() -> QuerySet[LooseFile]:
    """A row may name the file again: one brought back by hand, or out of a dump."""
    rows, ordered = Candidate.objects.all(), OrderPicture.objects.values("file")
    needed = Q(name__in=rows.values("file")) | Q(name__in=rows.values("film"))
    needed |= Q(name__in=ordered)
    return LooseFile.objects.exclude(needed)


def _move_to_trash(name: str, now: datetime) -> bool:
    kept = f"{TRASH}/{name}"
    try:
        with default_storage.open(name) as file:
            default_storage.delete(kept)  # half of it, from a sweep that was killed
            default_storage.save(kept, file)
        default_storage.delete(name)
    except OSError as error:
        logger.warning("%s could not be swept; the next sweep will try again: %s", name, error)
        return False
    LooseFile.objects.filter(name=name).update(trashed_at=now)
    return True


def _empty_trash(now: datetime) -> int:
    deleted = 0
    for loose in _unneeded().filter(trashed_at__lt=now - KEPT):
        try:
            default_storage.delete(f"{TRASH}/{loose.name}")
        except OSError as error:
            logger.warning("%s stays in the trash: %s", loose.name, error)
        else:
            loose.delete()
            deleted += 1
    return deleted

"""Files that no row names yet, or any more: see LooseFile and game.files.sweeping."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone

from game.models import LooseFile

logger = logging.getLogger(__name__)


def note(files: Sequence[str]) -> None:
    """Committed before anything is written, so that nothing is ever stored without a name here."""
    now = timezone.now()
    loose = [LooseFile(name=name, since=now) for name in files]
    LooseFile.objects.bulk_create(loose, ignore_conflicts=True)


def note_named(files: Sequence[str]) -> None:
    LooseFile.objects.filter(name__in=files).delete()


def delete(files: Sequence[str]) -> None:
    """At once, not by way of the trash. Those that can't be deleted stay loose."""
    gone = []
    for name in files:
        try:
            default_storage.delete(name)
        except OSError:
            logger.warning("%s could not be deleted; the next sweep will try again", name)
        else:
            gone.append(name)
    with suppress(DatabaseError):
        LooseFile.objects.filter(name__in=gone).delete()

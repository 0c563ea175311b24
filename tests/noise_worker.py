"""An application whose generator paints noise, for workers that things happen to.

celery --app tests.noise_worker worker. Environment variables say what goes wrong: NOISE_REFUSED is
a prompt that the generator fails at; while the file NOISE_FULL_DISK is there, the disk is full;
NOISE_CLOCK_JUMP is by how many seconds the clock is moved during the first drawing.
"""

import errno
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from game.celery import app

django.setup()

from game.drawing import candidates, painting, tables  # noqa: E402
from game.nights import night  # noqa: E402 - models need the set-up
from tests import factories  # noqa: E402
from tests.painter import Painter  # noqa: E402

if TYPE_CHECKING:
    from PIL.Image import Image

    from game.models import Puzzle
    from generator.drawing.result import Drawing

__all__ = ["app"]

# Long enough to be killed in: a drawing, and the storing of each picture.
DRAWING, STORING = 0.5, 0.01
LEDGER = settings.VAR_DIR / "stored.log"
FULL_DISK = Path(os.environ.get("NOISE_FULL_DISK", "/nowhere"))
JUMP = timedelta(seconds=float(os.environ.get("NOISE_CLOCK_JUMP", "0")))

read_clock, store, webp = timezone.now, candidates.store, candidates.webp
save: Callable[..., str] = getattr(FileSystemStorage, "_save")  # noqa: B009 - the stubs lack it


def draw_for_a_while() -> None:
    time.sleep(DRAWING)
    timezone.now = read_moved_clock


def read_moved_clock() -> datetime:
    return read_clock() + JUMP


def store_and_note(puzzle: "Puzzle", drawing: "Drawing", unseen: Sequence[str] = ()) -> None:
    """Whatever is noted twice was drawn twice."""
    store(puzzle, drawing, unseen)
    with LEDGER.open("a") as ledger:
        ledger.write(f"{puzzle.pk}\n")


def slow_webp(image: "Image") -> bytes:
    time.sleep(STORING)
    return webp(image)


def save_where_there_is_room(storage: FileSystemStorage, name: str, content: Any) -> str:
    if FULL_DISK.exists():
        # As a real disk does it: the file is there, cut short.
        save(storage, name, ContentFile(b"RIFF"))
        raise OSError(errno.ENOSPC, "No space left on device")
    return save(storage, name, content)


painter = Painter()
painter.manifest = {"model": {"name": "noise", "hash": "0" * 64}, "settings": {}}
painter.reel = factories.noise_webp(0)
painter.refused = os.environ.get("NOISE_REFUSED", "")
painter.while_drawing = draw_for_a_while
painting.generator = lambda: painter  # type: ignore[assignment]
painting.visibility = Painter.visibility
painting.unseen_words = painter.unseen_words
tables.warm_words = lambda *puzzles: None
tables.missing_words = lambda *puzzles: []
candidates.store, candidates.webp = store_and_note, slow_webp
setattr(FileSystemStorage, "_save", save_where_there_is_room)  # noqa: B010
# Nobody waits minutes for a second attempt.
night.FIRST_DELAY = 0.2
settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = settings.VAR_DIR / "mail"
settings.REPORT_TO = ["editors@sixpix.example"]

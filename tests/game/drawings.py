"""What the studio's tests share: a puzzle that waits for its pictures, and the files there are."""

from pathlib import Path
from typing import Any

from django.conf import settings

from game.models import Puzzle
from tests import factories

State = Puzzle.State


def wanted(**fields: Any) -> Puzzle:
    return factories.make_draft(1, state=State.WANTED, **fields)


def stored_files() -> list[str]:
    return sorted(
        str(path.relative_to(settings.MEDIA_ROOT))
        for path in Path(settings.MEDIA_ROOT).rglob("*")
        if path.is_file()
    )

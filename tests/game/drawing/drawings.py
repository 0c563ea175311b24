"""What the studio's tests share: a puzzle that waits for its pictures, and the files there are."""

from pathlib import Path
from typing import Any

from django.conf import settings

from game.files import pairing
from game.models import Puzzle
from tests import factories

State = Puzzle.State
# In words that the bundled model knows.
PROMPT = "a fox riding a bicycle on the moon"


def wanted(**fields: Any) -> Puzzle:
    return factories.make_draft(**{"prompt": PROMPT, "state": State.WANTED} | fields)


def stored_files() -> list[str]:
    """But for the trash, and for the key that lies beside them."""
    names = sorted(
        str(path.relative_to(settings.MEDIA_ROOT))
        for path in Path(settings.MEDIA_ROOT).rglob("*")
        if path.is_file()
    )
    return [each for each in names if not each.startswith(("trash/", pairing.KEY_FILE))]

"""What doctor says of the picture files: those that are gone, and those that are too many."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from game.drawing import candidates
from game.files import pairing, sweeping

# What so many nights sweep up is nothing to tell, nor are a few drawings of a small site.
SWEEPS, FEW_FILES = 7, 50


def missing_files() -> list[str]:
    lost: dict[int, int] = {}
    for candidate in candidates.missing():
        lost[candidate.puzzle_id] = lost.get(candidate.puzzle_id, 0) + 1
    return [
        _(
            "The files of %(count)d pictures of puzzle %(id)d are gone, or belong to another "
            "account. Restore them or give them to this one, or draw it again."
        )
        % {"id": pk, "count": count}
        for pk, count in lost.items()
    ]


def strange_folder() -> list[str]:
    try:
        pairing.check()
    except (pairing.Stranger, OSError) as problem:
        return [str(problem)]
    return []


def unnamed_files() -> list[str]:
    """Not those of a folder that belongs to another database: that is told by itself."""
    if strange_folder() or not (count := len(sweeping.unnamed())):
        return []
    return [
        ngettext(
            "%d picture file was never named by this database, and stays. "
            "If nobody else needs it: .venv/bin/python manage.py sweep --unnamed",
            "%d picture files were never named by this database, and stay. "
            "If nobody else needs them: .venv/bin/python manage.py sweep --unnamed",
            count,
        )
        % count
    ]


def crowded_sweep() -> list[str]:
    count = len(sweeping.due())
    if count <= max(sweeping.at_once() * SWEEPS, FEW_FILES):
        return []
    return [
        _(
            "%d picture files wait to be swept up, more than a few nights move. "
            "If that is right, move them to the trash at once: "
            ".venv/bin/python manage.py sweep --all"
        )
        % count
    ]

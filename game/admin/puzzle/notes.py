"""The note that a puzzle was sent back with: its last, while nothing has come of it yet."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from game.models import Puzzle

# How these actions begin in a puzzle's history; that stays in the language it was written in.
ASKED, APPROVED, SENT_BACK = "Asked for pictures", "Approved.", "Sent back:"


def open_note(puzzle: Puzzle) -> LogEntry | None:
    """The entry of the history, unless the puzzle was approved or drawn again since."""
    told = Q()
    for beginning in (ASKED, APPROVED, SENT_BACK):
        told |= Q(change_message__startswith=beginning)
    entries = LogEntry.objects.filter(
        told, content_type=ContentType.objects.get_for_model(Puzzle), object_id=str(puzzle.pk)
    )
    last = entries.select_related("user").order_by("-action_time", "-pk").first()
    return last if last and last.change_message.startswith(SENT_BACK) else None


def text_of(note: LogEntry) -> str:
    return note.change_message.removeprefix(SENT_BACK).strip()

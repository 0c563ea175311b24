"""What was done to many puzzles at once, written into their histories at once."""

from collections.abc import Mapping

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from game.models import Puzzle


def note(user: User, messages: Mapping[Puzzle, str], flag: int) -> None:
    """`flag` is what Django's admin calls it: an addition or a change."""
    content_type = ContentType.objects.get_for_model(Puzzle)
    LogEntry.objects.bulk_create(
        LogEntry(
            user=user,
            content_type=content_type,
            object_id=str(puzzle.pk),
            object_repr=str(puzzle),
            action_flag=flag,
            change_message=message,
        )
        for puzzle, message in messages.items()
    )

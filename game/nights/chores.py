"""What beat asks for once a day, done once however many beats and workers there are."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from game.models import Chore

# What two beats send, or a queue delivers twice, comes nearer together.
APART = timedelta(hours=3)


def do_once(name: str, chore: Callable[[], object], now: datetime | None = None) -> bool:
    """Do the chore unless it was done in the last hours, and say whether it was done now.

    Whoever comes meanwhile waits for its end. One that fails may be done again.
    """
    now = now or timezone.now()
    Chore.objects.get_or_create(name=name)
    # Also later than now: a clock that was fast must not keep the chore from being done for long.
    recently = Q(done_at__range=(now - APART, now + APART))
    try:
        with transaction.atomic():
            if not Chore.objects.filter(~recently, name=name).update(done_at=now):
                return False
            chore()
    except Exception:
        # The row may be written by now: messages are sent on commit, and the queue may be away.
        Chore.objects.filter(name=name, done_at=now).update(done_at=None)
        raise
    return True

"""Players of whom nothing is known yet: how many an address may bring, and when they are let go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from game.guarding import limits
from game.guarding.limits import Limit
from game.models import Order, Play, Player, Try
from game.playing.play import PlayError

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# Who stays away so long, and never did more than try a little, is let go.
ABSENCE = timedelta(days=30)
LITTLE = 2
BATCH = 1_000


class TooMany(PlayError):
    """An address brought more new players than a school would."""

    status, code = 429, "too_many_players"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        minutes = ceil(seconds / 60)
        message = ngettext(
            "Very many new players came from your network just now. "
            "Send your try again in %(minutes)d minute.",
            "Very many new players came from your network just now. "
            "Send your try again in %(minutes)d minutes.",
            minutes,
        )
        super().__init__(message % {"minutes": minutes})


@contextmanager
def admitted(address: str | None) -> Iterator[None]:
    """For taking a stranger's first try; what is refused counts for nothing."""
    most = settings.NEW_PLAYERS_AN_HOUR
    place = limits.take("new players", address, [Limit(most, HOUR), Limit(most // 5, MINUTE)])
    try:
        if place.wait:
            raise TooMany(place.wait)
        yield
    except BaseException:
        limits.give_back(place)
        raise


def thin() -> int:
    """Delete players who tried a little, once and long ago, with what they tried; how many.

    They have no streak, no finished puzzle and no account, and no figure counts them: what goes is
    one board that was hardly begun.
    """
    before = timezone.now() - ABSENCE
    thinned = 0
    while gone := _thin_some(before):
        thinned += gone
    return thinned


@transaction.atomic
def _thin_some(before: datetime) -> int:
    # Whoever is at it right now came back.
    found = list(_forgettable(before).select_for_update(skip_locked=True)[:BATCH])
    Play.objects.filter(player__in=found).delete()
    Player.objects.filter(pk__in=[player.pk for player in found]).delete()
    return len(found)


def _forgettable(before: datetime) -> QuerySet[Player]:
    plays = Play.objects.filter(player=OuterRef("pk"))
    tries = Try.objects.filter(play__player=OuterRef("pk"))
    earlier = Play.objects.filter(player=OuterRef("player"), pk__lt=OuterRef("pk"))
    return Player.objects.filter(
        ~Exists(plays.filter(finished_at__isnull=False)),
        ~Exists(plays.filter(Exists(earlier))),
        ~Exists(tries.filter(number__gt=LITTLE)),
        ~Exists(Order.objects.filter(player=OuterRef("pk"))),
        ~Exists(tries.filter(created_at__gte=before)),
        user=None,
        created_at__lt=before,
    )

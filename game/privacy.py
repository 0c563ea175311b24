"""What is kept of a player, and the player's say in it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from game.models import Play, Player, Try


@dataclass(frozen=True, slots=True)
class Kept:
    since: datetime
    plays: int
    tries: int
    shares_guesses: bool


def kept(player: Player) -> Kept:
    return Kept(
        since=player.created_at,
        plays=Play.objects.filter(player=player).count(),
        tries=Try.objects.filter(play__player=player).count(),
        shares_guesses=player.shares_guesses,
    )


def share_guesses(player: Player, is_sharing: bool) -> None:
    player.shares_guesses = is_sharing
    player.save(update_fields=["shares_guesses"])


@transaction.atomic
def forget(player: Player) -> None:
    """Delete the player for good. The tries stay and count, as nobody's; free sentences don't.

    Doing it twice does no more.
    """
    # A first try on its way waits for this, and then finds no player to belong to.
    Player.objects.select_for_update().filter(pk=player.pk).first()
    Try.objects.filter(play__player=player).update(sentence="")
    player.delete()

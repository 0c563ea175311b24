"""What is kept of a player, and the player's say in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from game.easel import orders
from game.models import Figures, Play, Player, Puzzle, Try


@dataclass(frozen=True, slots=True)
class Kept:
    since: datetime
    plays: int
    tries: int
    orders: int
    shares_guesses: bool


def kept(player: Player) -> Kept:
    return Kept(
        since=player.created_at,
        plays=Play.objects.filter(player=player).count(),
        tries=Try.objects.filter(play__player=player).count(),
        orders=orders.own(player).count(),
        shares_guesses=player.shares_guesses,
    )


def share_guesses(player: Player, is_sharing: bool) -> None:
    # Somebody who is forgotten at this moment has nothing to share, and that is no error.
    Player.objects.filter(pk=player.pk).update(shares_guesses=is_sharing)


@transaction.atomic
def forget(player: Player) -> None:
    """Delete the player for good, with all that was ordered. The tries stay and count, as nobody's,
    but for the words of free sentences: of these, the marks alone stay.

    Doing it twice does no more. Everyone locks players first, then puzzles, then plays: here, in
    game.players.moving, in game.playing.regrading, and when a try is taken. So a try on its way is
    either recorded by now and seen here, or waits and then finds no player to belong to.
    """
    held = Player.objects.select_for_update().filter(pk=player.pk).first()
    if held is None:
        return
    played = Play.objects.filter(player=held)
    # Figures are counted under this lock: a count under way ends first, and later ones wait.
    puzzles = Puzzle.objects.select_for_update(of=("self",), no_key=True)
    list(puzzles.filter(pk__in=played.values("puzzle")).order_by("pk").only("pk"))
    by_pk = {play.pk: play for play in played.select_for_update(of=("self",)).order_by("pk")}
    sentences = list(Try.objects.filter(play__in=by_pk).exclude(sentence=""))
    _count_anew([by_pk[pk] for pk in sorted({one.play_id for one in sentences})])
    for one in sentences:
        one.sentence, one.words = "", [""] * len(one.words)
    Try.objects.bulk_update(sentences, ["sentence", "words"])
    Play.objects.filter(pk__in=by_pk).update(source=None)
    orders.delete(held)
    held.delete()
    # As when it is deleted itself, so that nobody takes it for somebody.
    player.pk = None


def _count_anew(plays: Iterable[Play]) -> None:
    """Make a count of these plays' puzzles due, for what is taken out of them now."""
    for play in plays:
        if play.finished_at:
            counted = Figures.objects.filter(puzzle=play.puzzle_id)
            counted.filter(counted_at__gt=play.finished_at).update(counted_at=play.finished_at)

"""Moving to another device: a short code that makes the other one play as the same player."""

import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from game.models import MoveCode, Order, Play, Player

# Without letters and digits that look like one another, or like U and V by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
LIFETIME = timedelta(minutes=10)
_SALT = "game.moving"


class WrongCode(Exception):
    """The code is unknown, used or too old; which of them is nobody's business."""


@transaction.atomic
def make_code(player: Player) -> str:
    """Make a code that replaces the one before. Only its digest is kept.

    Raises:
        WrongCode: the player was forgotten or merged meanwhile.
    """
    # As everyone does: the player before what belongs to them.
    if not Player.objects.select_for_update().filter(pk=player.pk).exists():
        raise WrongCode
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    expires_at = timezone.now() + LIFETIME
    MoveCode.objects.update_or_create(
        player=player, defaults={"digest": _digest(code), "expires_at": expires_at}
    )
    return code


def owner(code: str) -> Player:
    """Say whose code it is, and leave it as it is."""
    valid = _valid(code).select_related("player").first()
    if valid is None:
        raise WrongCode
    return valid.player


@transaction.atomic
def move(code: str, own: Player | None = None) -> Player:
    """Use a code up and return its player, who takes over what `own` has played and ordered.

    Where both played a puzzle, the play of the code's player stays and the other one goes.
    """
    found = owner(code)
    # First tries that arrive meanwhile wait for these rows. Everyone locks players by their ids,
    # and then their plays: two devices that move to one another wait in turn.
    pair = {found.pk, own.pk if own else found.pk}
    players = Player.objects.select_for_update().filter(pk__in=pair).order_by("pk")
    locked = {each.pk: each for each in players}
    # Whoever waited for the same code finds it used.
    used = _valid(code).filter(player=found).first()
    if used is None:
        raise WrongCode
    used.delete()
    player = locked[found.pk]
    if own is not None and own.pk in locked and own != player:
        _merge(locked[own.pk], player)
    return player


def _merge(own: Player, into: Player) -> None:
    # Tries on their way end first, and later ones wait.
    plays = Play.objects.select_for_update(of=("self",)).filter(player__in=(own, into))
    list(plays.order_by("pk"))
    both = Play.objects.filter(player=into).values("puzzle")
    Play.objects.filter(player=own, puzzle__in=both).delete()
    Play.objects.filter(player=own).update(player=into)
    Order.objects.filter(player=own).update(player=into)
    if into.shares_guesses and not own.shares_guesses:
        into.shares_guesses = False
        into.save(update_fields=["shares_guesses"])
    own.delete()


def _valid(code: str) -> QuerySet[MoveCode]:
    digest = _digest(re.sub(r"[\W_]", "", code).upper())
    return MoveCode.objects.filter(digest=digest, expires_at__gt=timezone.now())


def _digest(code: str) -> str:
    return salted_hmac(_SALT, code, algorithm="sha256").hexdigest()

"""Moving to another device: a short code that makes the other one play as the same player."""

import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from game.models import MoveCode, Play, Player

# Without letters and digits that look like one another, or like U and V by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
LIFETIME = timedelta(minutes=10)
_SALT = "game.moving"


class WrongCode(Exception):
    """The code is unknown, used or too old; which of them is nobody's business."""


def make_code(player: Player) -> str:
    """Make a code that replaces the one before. Only its digest is kept."""
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
    """Use a code up and return its player, who takes over what `own` has played.

    Where both played a puzzle, the play of the code's player stays and the other one goes.
    """
    used = _valid(code).select_for_update().first()
    if used is None:
        raise WrongCode
    used.delete()
    # Tries that arrive meanwhile wait for these rows.
    pair = {used.player_id, own.pk if own else used.player_id}
    locked = {each.pk: each for each in Player.objects.select_for_update().filter(pk__in=pair)}
    player = locked[used.player_id]
    if own is not None and own.pk in locked and own != player:
        _merge(locked[own.pk], player)
    return player


def _merge(own: Player, into: Player) -> None:
    both = Play.objects.filter(player=into).values("puzzle")
    Play.objects.filter(player=own, puzzle__in=both).delete()
    Play.objects.filter(player=own).update(player=into)
    if into.shares_guesses and not own.shares_guesses:
        into.shares_guesses = False
        into.save(update_fields=["shares_guesses"])
    own.delete()


def _valid(code: str) -> QuerySet[MoveCode]:
    digest = _digest(re.sub(r"[\W_]", "", code).upper())
    return MoveCode.objects.filter(digest=digest, expires_at__gt=timezone.now())


def _digest(code: str) -> str:
    return salted_hmac(_SALT, code, algorithm="sha256").hexdigest()

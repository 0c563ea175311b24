"""Ordering pictures, and what its person does with an order afterwards."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from game.drawing import painting
from game.easel import line, pictures, waits
from game.easel.errors import EaselError
from game.guarding import limits
from game.guarding.limits import Limit, Place
from game.models import Order, Player

MOST_WAITING = 3
OPEN = (Order.State.WANTED, Order.State.CLAIMED)
HOUR = timedelta(hours=1)
# Of a browser, and of an address.
LIMITS = Limit(60, HOUR), Limit(300, HOUR)
# What nobody shared is deleted after this.
KEPT = timedelta(days=30)
# Large enough to be nobody else's, short enough to be read out.
SEEDS = 10**9
# Nine pictures count on from it, and a column holds 63 bits.
LARGEST_SEED = 10**18


class TooMany(EaselError):
    """So many waiting or in an hour; `seconds` until it is worth trying again."""

    status, code = 429, "too_many"

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be painted: prompt and `without` as `prompts` has read them."""

    prompt: str
    without: str = ""
    seed: int | None = None
    # Drawn by the form: sent twice, it is one order.
    key: str = ""


def place(player: Player, wish: Wish) -> Order:
    """Order it; the player is saved if new. The same as before is painted at once.

    Raises:
        EaselError: three of this player's orders wait already, or the player was forgotten.
    """
    if not player.pk:
        player.save()
    seed = secrets.randbelow(SEEDS) if wish.seed is None else wish.seed
    order = Order(player=player, prompt=wish.prompt, without=wish.without, seed=seed)
    if wish.key:
        order.key = wish.key
    order.recipe = pictures.recipe_of(order, painting.model_facts())
    try:
        if not pictures.take_from_store(order):
            _put_in_line(order)
    except IntegrityError:
        return _sent_twice(order)
    return order


@transaction.atomic
def _put_in_line(order: Order) -> None:
    # Those of one person are counted one after the other.
    if not Player.objects.select_for_update().filter(pk=order.player_id).exists():
        raise EaselError(_("You have been forgotten meanwhile. Order it once more."))
    own = Order.objects.filter(player=order.player_id)
    if own.filter(key=order.key).exists():
        raise IntegrityError
    if own.filter(state__in=OPEN).count() >= MOST_WAITING:
        message = _("Three of your orders wait already. Wait for one, or cancel one.")
        raise TooMany(message, seconds=10)
    order.save()
    wait = waits.wait_of(order)
    # The first time that is told is kept, to see how right it was.
    Order.objects.filter(pk=order.pk).update(told_seconds=wait.seconds if wait else None)


def _sent_twice(order: Order) -> Order:
    """A form that was sent again, in a hurry or from another tab."""
    same = Order.objects.filter(player=order.player_id, key=order.key).first()
    if same is None:
        raise EaselError(_("This form was used before. Order it once more."))
    return same


def count(player: Player, address: str | None) -> tuple[Place, Place]:
    """Count one more order, of this browser and from this address.

    Raises:
        TooMany: in this hour.
    """
    browser, network = LIMITS
    places = (
        limits.take("orders", str(player.key), [browser]),
        limits.take("orders from", address, [network]),
    )
    if wait := max(place.wait for place in places):
        for place in places:
            limits.give_back(place)
        minutes = -(-wait // 60)
        message = ngettext(
            "That is a lot for one hour. Order again in %(minutes)d minute.",
            "That is a lot for one hour. Order again in %(minutes)d minutes.",
            minutes,
        )
        raise TooMany(message % {"minutes": minutes}, wait)
    return places


def own(player: Player | None) -> QuerySet[Order]:
    """By the key alone, which is all that is known of a player who only reads."""
    return Order.objects.filter(player__key=player.key) if player else Order.objects.none()


def cancel(player: Player | None, key: str) -> None:
    line.cancel(own(player).filter(key=key))


def delete(player: Player | None, key: str | None = None) -> int:
    """One of the player's orders, or all of them."""
    chosen = own(player) if key is None else own(player).filter(key=key)
    return pictures.delete(chosen)


def thin(now: datetime | None = None) -> int:
    """Delete what is old and was never shared; how many orders."""
    old = (now or timezone.now()) - KEPT
    return pictures.delete(Order.objects.filter(created_at__lt=old, share=None))

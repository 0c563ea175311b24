"""The field, the button, and what becomes of what is typed there."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from game.easel import orders, prompts
from game.easel.errors import EaselError
from game.guarding import addresses, limits
from game.models import Order, OrderPicture
from game.nights import tasks
from game.pages.refusals import allow
from game.players import identity, newcomers
from game.playing.play import PlayError
from game.rules.boards import PROMPT_LENGTH

EXAMPLES, RECENT = 3, 6
KEY = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form holds, as it was typed."""

    prompt: str = ""
    without: str = ""
    seed: str = ""
    # Another order, to be shown beside this one.
    beside: str = ""


@allow("GET", "HEAD", "POST")
@never_cache
def easel(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, _asked(request.GET))
    asked = _asked(request.POST)
    try:
        return _order(request, asked)
    except (EaselError, PlayError) as error:
        response = _page(request, asked, error)
        if seconds := getattr(error, "seconds", 0):
            response.headers["Retry-After"] = str(seconds)
        return response


def _asked(sent: Mapping[str, str]) -> Asked:
    prompt = sent.get("example") or sent.get("prompt", "")
    if "surprise" in sent:
        prompt = next(iter(prompts.examples(1, secrets.token_hex(8))), prompt)
    rest = (sent.get(name, "").strip() for name in ("without", "seed", "beside"))
    return Asked(prompt, *rest)


def _order(request: HttpRequest, asked: Asked) -> HttpResponse:
    prompt, without = prompts.read(asked.prompt), prompts.read_without(asked.without)
    if "anyway" not in request.POST:
        prompts.check_known(prompt)
    wish = orders.Wish(prompt, without, _seed(asked.seed), read_key(request.POST.get("key", "")))
    player, address = identity.ensure(request), addresses.counted_as(request)
    counted = orders.count(player, address)
    try:
        if not player.pk:
            with newcomers.admitted(address):
                placed = orders.place(player, wish)
        else:
            placed = orders.place(player, wish)
    except BaseException:
        for place in counted:
            limits.give_back(place)
        raise
    if placed.is_open:
        tasks.ring_easel()
    response = redirect(_address(placed, asked.beside))
    for name, value in _told_limits(counted).items():
        response.headers[name] = value
    return response


def _seed(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or int(typed) >= orders.LARGEST_SEED:
        raise prompts.Refused(_("A seed is a whole number, up to 18 digits long."))
    return int(typed)


def read_key(sent: str) -> str:
    """What may be an order's key, or ""."""
    return sent if len(sent) == 32 and set(sent) <= KEY else ""


def _address(order: Order, beside: str) -> str:
    address = reverse("order", args=[order.key])
    return f"{address}?beside={beside}" if read_key(beside) else address


def _told_limits(counted: tuple[limits.Place, limits.Place]) -> dict[str, str]:
    """IETF draft-ietf-httpapi-ratelimit-headers-10."""
    known = zip(("browser", "address"), counted, orders.LIMITS, strict=True)
    told = [(name, place, limit) for name, place, limit in known if place.keys]
    if not told:
        return {}
    return {
        "RateLimit-Policy": ", ".join(
            f'"{name}";q={limit.most};w={int(limit.period.total_seconds())}'
            for name, _place, limit in told
        ),
        "RateLimit": ", ".join(f'"{name}";r={at.left};t={at.reset}' for name, at, _limit in told),
    }


def _page(
    request: HttpRequest, asked: Asked, error: EaselError | PlayError | None = None
) -> HttpResponse:
    best = Prefetch("pictures", OrderPicture.objects.filter(rank=1), to_attr="best")
    own = orders.own(identity.claimed(request)).prefetch_related(best)
    context: dict[str, Any] = {
        "asked": asked,
        "error": error,
        "key": secrets.token_hex(16),
        "examples": prompts.examples(EXAMPLES, secrets.token_hex(1)),
        "longest": PROMPT_LENGTH,
        "recent": own[:RECENT],
        "days": orders.KEPT.days,
    }
    status = error.status if error else HTTPStatus.OK
    return render(request, "easel/easel.html", context, status=status)

"""One order: its place in the line, its pictures as they grow, its pictures."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from game.easel import glimpses, orders, waits
from game.easel.pictures import COUNT
from game.models import Order, OrderPicture
from game.pages.easel.wishing import read_key
from game.pages.refusals import allow
from game.players import identity


@allow("GET", "HEAD")
@never_cache
def order(request: HttpRequest, key: str) -> HttpResponseBase:
    found = own_order(request, key)
    context = _context(found) | {
        "beside": _beside(request, read_key(request.GET.get("beside", ""))),
        "days": orders.KEPT.days,
    }
    return render(request, "easel/order.html", context)


@allow("GET", "HEAD")
@never_cache
def now(request: HttpRequest, key: str) -> HttpResponseBase:
    """The part of the page that its script asks for again and again."""
    return render(request, "easel/state.html", _context(own_order(request, key)))


@allow("POST")
@never_cache
def cancel(request: HttpRequest, key: str) -> HttpResponseBase:
    orders.cancel(identity.claimed(request), own_order(request, key).key)
    return redirect("order", key)


@allow("GET", "HEAD", "POST")
@never_cache
def delete(request: HttpRequest, key: str) -> HttpResponseBase:
    """Asks first, on a page of its own."""
    if request.method != "POST":
        return render(request, "easel/delete.html", {"order": own_order(request, key)})
    if not orders.delete(identity.claimed(request), key):
        raise Http404
    return redirect("own_orders")


@allow("GET", "HEAD")
@never_cache
def picture(request: HttpRequest, key: str, rank: str) -> HttpResponseBase:
    """One of them, large."""
    found, number = own_order(request, key), int(rank)
    pictures = {each.rank: each for each in found.pictures.all()}
    if number not in pictures:
        raise Http404
    context = {
        "order": found,
        "picture": pictures[number],
        "count": len(pictures),
        "before": number - 1 if number - 1 in pictures else None,
        "after": number + 1 if number + 1 in pictures else None,
    }
    return render(request, "easel/picture.html", context)


@allow("GET", "HEAD")
@never_cache
def glimpse(request: HttpRequest, key: str) -> HttpResponseBase:
    found = glimpses.latest(own_order(request, key))
    if found is None:
        raise Http404
    return HttpResponse(found[1], content_type="image/webp", status=HTTPStatus.OK)


def own_order(request: HttpRequest, key: str) -> Order:
    own = orders.own(identity.claimed(request)).select_related("share").defer("share__card")
    return get_object_or_404(own, key=key)


def _beside(request: HttpRequest, key: str) -> Order | None:
    own = orders.own(identity.claimed(request)).prefetch_related("pictures")
    return own.filter(key=key, state=Order.State.PAINTED).first() if key else None


def _context(found: Order) -> dict[str, Any]:
    is_painted = found.state == Order.State.PAINTED
    pictures: list[OrderPicture] = list(found.pictures.all()) if is_painted else []
    seen = glimpses.latest(found) if found.state == Order.State.CLAIMED else None
    wait = waits.wait_of(found)
    return {
        "order": found,
        "wait": wait,
        "place": wait.ahead + 1 if wait else None,
        "step": seen[0] if seen else 0,
        "pictures": pictures,
        "site": settings.SITE_URL,
        "next_seed": (found.seed + COUNT) % orders.LARGEST_SEED,
    }

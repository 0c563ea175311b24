"""What a browser had painted: all of it, single pictures as files, and how the easel does."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from game.easel import downloads, line, orders, prompts, waits
from game.models import OrderPicture
from game.pages.puzzle import files
from game.pages.refusals import allow
from game.players import identity

A_PAGE = 24


@allow("GET", "HEAD", "POST")
@never_cache
def own_orders(request: HttpRequest) -> HttpResponseBase:
    """POST deletes them all, after having been asked by ?delete."""
    player = identity.claimed(request)
    if request.method == "POST":
        orders.delete(player)
        return redirect("own_orders")
    best = Prefetch("pictures", OrderPicture.objects.filter(rank=1), to_attr="best")
    words = prompts.clean(request.GET.get("words", ""))[:100]
    found = orders.own(player).prefetch_related(best)
    if words:
        found = found.filter(prompt__icontains=words)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "days": orders.KEPT.days,
        "is_deleting": "delete" in request.GET,
    }
    return render(request, "easel/own.html", context)


@allow("GET", "HEAD")
def picture(request: HttpRequest, token: str) -> HttpResponseBase:
    return files.send(_own_picture(request, token).file)


@allow("GET", "HEAD")
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    found = _own_picture(request, token)
    try:
        content = downloads.png(found, has_prompt=request.GET.get("prompt") != "no")
    except OSError as error:
        raise files.unreadable(found.file, error) from None
    response = HttpResponse(content, content_type="image/png")
    response.headers["Content-Disposition"] = f'attachment; filename="sixpix-{found.seed}.png"'
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@allow("GET", "HEAD")
@never_cache
def status(request: HttpRequest) -> HttpResponseBase:
    """How it goes, for everybody: numbers alone."""
    right, told = waits.were_right()
    context = {
        "waiting": line.claimable().count(),
        "pace": sorted(waits.pace().items()),
        "right": right,
        "told": told,
    }
    return render(request, "easel/status.html", context)


def _own_picture(request: HttpRequest, token: str) -> OrderPicture:
    own = orders.own(identity.claimed(request))
    pictures = OrderPicture.objects.select_related("order").filter(order__in=own)
    return get_object_or_404(pictures, token=token)

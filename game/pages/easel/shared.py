"""What somebody shares: a page for whoever has its address, its card, and reports of it."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from game.easel import prompts, sharing
from game.easel.errors import EaselError
from game.guarding import addresses
from game.models import Report, Share
from game.pages.easel.watching import own_order
from game.pages.puzzle import files
from game.pages.refusals import allow, refuse


@allow("POST")
@never_cache
def share(request: HttpRequest, key: str) -> HttpResponseBase:
    """Its person shows it, or shows it no more."""
    order, rank = own_order(request, key), request.POST.get("rank", "")
    if "stop" in request.POST:
        sharing.stop(order)
        return redirect("order", key)
    try:
        sharing.share(order, int(rank) if rank in set("123456789") else None)
    except EaselError as error:
        return refuse(request, HTTPStatus(error.status), error.code, error.message)
    response = redirect("order", key)
    response["Location"] += "#share"
    return response


@allow("GET", "HEAD")
@never_cache
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    found = _shown(code)
    context = {
        "share": found,
        "pictures": sharing.pictures(found),
        "site": settings.SITE_URL,
        "is_reported": "reported" in request.GET,
    }
    return _unlisted(render(request, "easel/shared.html", context))


@allow("GET", "HEAD")
def card(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_object_or_404(Share, code=code)
    if not found.is_public:
        raise Http404
    # Not kept by others, so that it goes when its person deletes it.
    response = HttpResponse(bytes(found.card), content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=300"
    return _unlisted(response)


@allow("GET", "HEAD")
def picture(request: HttpRequest, code: str, rank: str) -> HttpResponseBase:
    found = _shown(code)
    if found.rank not in (None, int(rank)):
        raise Http404
    response = files.send(get_object_or_404(found.order.pictures, rank=rank).file)
    response.headers["Cache-Control"] = "private, max-age=300"
    return _unlisted(response)


@allow("GET", "HEAD", "POST")
@never_cache
def report(request: HttpRequest, code: str) -> HttpResponseBase:
    found, message, status = _shown(code), "", HTTPStatus.OK
    text = prompts.clean(request.POST.get("text", ""))[:500]
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            sharing.report(found, addresses.counted_as(request), reason, text)
        except EaselError as error:
            message, status = error.message, HTTPStatus(error.status)
        else:
            return render(request, "easel/reported.html", {"share": found})
    context = {"share": found, "reasons": Report.Reason.choices, "message": message, "typed": text}
    return _unlisted(render(request, "easel/report.html", context, status=status))


def _shown(code: str) -> Share:
    found = sharing.shown(code)
    if found is None:
        raise Http404
    return found


def _unlisted(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["X-Robots-Tag"] = "noindex"
    return response

"""What every address does with a request it can't meet: say so, as a page or as JSON."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware import csrf
from django.shortcuts import render
from django.utils.translation import gettext as _

from game.players import identity

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


def allow(*methods: str) -> Callable[[View], View]:
    """Django's own decorator answers a wrong method with an empty page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                return view(request, *args, **kwargs)
            message = _("This address only answers to %(methods)s.")
            response = refuse(
                request,
                HTTPStatus.METHOD_NOT_ALLOWED,
                "wrong_method",
                message % {"methods": ", ".join(methods)},
            )
            response.headers["Allow"] = ", ".join(methods)
            return response

        return checked

    return decorate


def refuse_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: why a try could not be trusted, in the form the sender reads."""
    log.warning("Refused a request to %s: %s", request.path, reason)
    if reason == csrf.REASON_NO_CSRF_COOKIE:
        code = "no_cookie"
        heading = _("Your browser keeps nothing")
        message = _(
            "It sent back no cookie of this site, so nothing was changed. Allow cookies for this "
            "site, reload the page, and send it once more."
        )
    elif reason.startswith(("Origin", "Referer")):
        code = "no_origin"
        heading = _("It came from elsewhere")
        message = _(
            "Your browser, or a filter on the way, says that it came from another address or from "
            "none, so nothing was changed. Open this site by its own address and try again without "
            "the filter."
        )
    else:
        code = "forbidden"
        heading = _("This page has grown old")
        message = _("Nothing was changed. Reload the page and send it once more.")
    return refuse(request, HTTPStatus.FORBIDDEN, code, message, heading)


def refuse(
    request: HttpRequest, status: HTTPStatus, code: str, message: str, heading: str = ""
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": {"code": code, "message": message}}, status=status)
    context = {"heading": heading or _("That did not work"), "text": message}
    return render(request, "message.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The handlers below stand in for Django's own, which read the body of a request for a token
    that no page here needs, and so fail by the very thing they are to report."""
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Its script asks again once the browser's zone is known, where a day may have begun."""
    context = {"zone": identity.zone(request)}
    return render(request, "404.html", context, status=HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)


def wants_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json" or not request.accepts("text/html")

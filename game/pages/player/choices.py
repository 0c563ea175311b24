"""How someone likes the site: kept by plain forms, and put on every page by the server."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from game.pages import choices as kept
from game.pages.choices import Choice
from game.pages.refusals import allow, refuse
from game.players import identity


def on_every_page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Whoever has played has seen the rules."""
    has_seen = kept.HELP.read(request) == "seen" or identity.COOKIE in request.COOKIES
    return {
        "theme": kept.theme(request),
        "palette": kept.palette(request),
        "themes": kept.THEME.options,
        "is_first_visit": not has_seen,
    }


@allow("GET", "HEAD", "POST")
@never_cache
def choices(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _keep(request)
    asked = [(choice, choice.read(request)) for choice in kept.CHOICES]
    return render(request, "choices.html", {"asked": asked, "is_kept": "kept" in request.GET})


def _keep(request: HttpRequest) -> HttpResponse:
    """Any of the choices may come alone, as from the footer, with the page to go back to."""
    sent = {
        choice: request.POST[choice.name]
        for choice in (*kept.CHOICES, kept.HELP)
        if choice.name in request.POST
    }
    for choice, option in sent.items():
        if option not in choice.options:
            return _refuse(request, choice, option)
    response = redirect(_next(request))
    for choice, option in sent.items():
        choice.keep(response, option)
    return response


def _refuse(request: HttpRequest, choice: Choice, option: str) -> HttpResponse:
    message = _("“%(option)s” is none of the options of “%(choice)s”.")
    values = {"option": option[:40], "choice": choice.heading}
    return refuse(request, HTTPStatus.BAD_REQUEST, "bad_choice", message % values)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else f"{request.path}?kept"

"""What is kept of whoever asks, and what they want of it."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from game.pages import choices
from game.pages.refusals import allow
from game.players import identity
from game.players import privacy as acts


@allow("GET", "HEAD")
@never_cache
def privacy(request: HttpRequest) -> HttpResponseBase:
    player = identity.current(request)
    context = {
        "kept": acts.kept(player) if player else None,
        "done": request.GET.get("done", ""),
        "player_cookie": identity.COOKIE,
        "aside_cookie": identity.ASIDE,
        "zone_cookie": identity.ZONE_COOKIE,
        "choice_cookies": [choice.cookie for choice in (*choices.CHOICES, choices.HELP)],
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "days": identity.LIFETIME.days,
    }
    return render(request, "privacy.html", context)


@allow("POST")
@never_cache
def sharing(request: HttpRequest) -> HttpResponseBase:
    player = identity.current(request)
    if player is not None:
        acts.share_guesses(player, request.POST.get("share") == "yes")
    return redirect("privacy")


@allow("GET", "HEAD", "POST")
@never_cache
def forget(request: HttpRequest) -> HttpResponseBase:
    """Asks first, on a page of its own."""
    player = identity.current(request)
    if request.method != "POST":
        return render(request, "forget.html", {"kept": acts.kept(player) if player else None})
    if player is not None:
        acts.forget(player)
    response = redirect("forgotten")
    for cookie in (identity.COOKIE, identity.ASIDE):
        response.delete_cookie(cookie, samesite="Lax")
    return response


@allow("GET", "HEAD")
@never_cache
def forgotten(request: HttpRequest) -> HttpResponseBase:
    return render(request, "forgotten.html")

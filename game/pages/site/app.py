"""What lets the site be installed: a manifest, a service worker, a page without the network. And
what machines ask every site for."""

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from game.pages import choices
from game.pages.refusals import allow

# The paper of static/css/site.css.
PAPER = {"light": "#f6f1e6", "dark": "#191714"}
ICONS = [("icon-192.png", 192, "any"), ("icon-512.png", 512, "any")]
MASKABLE = [("icon-maskable-512.png", 512, "maskable")]


@allow("GET", "HEAD")
@never_cache
def manifest(request: HttpRequest) -> HttpResponseBase:
    paper = PAPER.get(choices.theme(request), PAPER["light"])
    told = {
        "id": reverse("today"),
        "name": "Sixpix",
        "short_name": "Sixpix",
        "description": _("Six pictures, one secret prompt, a new one every day."),
        "lang": get_language(),
        "start_url": reverse("today"),
        "scope": reverse("today"),
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "categories": ["games"],
        "icons": [
            {"src": static(f"img/{name}"), "sizes": f"{side}x{side}", "type": "image/png"}
            | {"purpose": purpose}
            for name, side, purpose in (*ICONS, *MASKABLE)
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@allow("GET", "HEAD")
def icon(request: HttpRequest, name: str) -> HttpResponseBase:
    """For browsers that ask without having read a page."""
    return redirect(static(f"img/{name}"))


@allow("GET", "HEAD")
def robots(request: HttpRequest) -> HttpResponseBase:
    return HttpResponse("User-agent: *\nDisallow: /admin/\n", content_type="text/plain")


@allow("GET", "HEAD")
@never_cache
def worker(request: HttpRequest) -> HttpResponseBase:
    """Its version follows from the offline page: whatever changes that page renews the worker."""
    page = render_to_string("offline.html", request=request)
    version = hashlib.sha256(page.encode()).hexdigest()[:12]
    return render(request, "worker.js", {"version": version}, content_type="text/javascript")


@allow("GET", "HEAD")
@never_cache
def offline(request: HttpRequest) -> HttpResponseBase:
    return render(request, "offline.html")

"""The door of the admin: who gets in, and what is still asked of them."""

from datetime import timedelta
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from game import second_factor


class Studio(AdminSite):
    """Django's admin, that lets nobody in who has a second factor and didn't give it."""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        # The game before what serves it.
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: app["app_label"] != "game")

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not _lacks_factor(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if super().has_permission(request) and _lacks_factor(request):
            wanted = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
            query = urlencode({REDIRECT_FIELD_NAME: wanted})
            return redirect(f"{reverse('second_factor_check')}?{query}")
        return super().login(request, extra_context)


def _lacks_factor(request: HttpRequest) -> bool:
    """Asked several times a request, and answered by the database once."""
    if not hasattr(request, "lacks_factor"):
        lacks = isinstance(request.user, User) and second_factor.is_missing(request.user)
        request.lacks_factor = lacks  # type: ignore[attr-defined]
    return bool(request.lacks_factor)  # type: ignore[attr-defined]


def lock_out(request: HttpRequest, *_of_no_use: object) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: the page for a name that was tried too often from an address."""
    wait = settings.AXES_COOLOFF_TIME
    minutes = wait // timedelta(minutes=1)
    response = render(
        request,
        "admin/locked_out.html",
        {"minutes": minutes},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = str(int(wait.total_seconds()))
    return response


def client_address(request: HttpRequest) -> str | None:
    """AXES_CLIENT_IP_CALLABLE: where a login comes from; behind a proxy, what the proxy says of it.

    A client can send the header, too, so that only its last entry is the proxy's own.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        return str(ip_address(address))
    except ValueError:
        return None

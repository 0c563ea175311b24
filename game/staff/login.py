"""The door of the admin: who gets in, and what is still asked of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from threading import BoundedSemaphore, Lock
from typing import Any
from urllib.parse import urlencode

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from game.guarding import addresses
from game.staff import second_factor

# Hashing a password takes a core for a good part of a second: one at a time in each process, while
# one more waits for it, so that the game keeps threads and cores.
_AT_ONCE, _HASHING = BoundedSemaphore(2), Lock()
BUSY_SECONDS = 3


class Busy(Exception):
    """More people are logging in than one after another can."""


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
        if request.method != "POST":
            return super().login(request, extra_context)
        if _is_address_locked(request):
            return _say_locked(request, is_address=True)
        try:
            with _hashing():
                return super().login(request, extra_context)
        except Busy:
            return _say_busy(request)


def _lacks_factor(request: HttpRequest) -> bool:
    """Asked several times a request, and answered by the database once."""
    if not hasattr(request, "lacks_factor"):
        lacks = isinstance(request.user, User) and second_factor.is_missing(request.user)
        request.lacks_factor = lacks  # type: ignore[attr-defined]
    return bool(request.lacks_factor)  # type: ignore[attr-defined]


@contextmanager
def _hashing() -> Iterator[None]:
    if not _AT_ONCE.acquire(blocking=False):
        raise Busy
    try:
        with _HASHING:
            yield
    finally:
        _AT_ONCE.release()


def _is_address_locked(request: HttpRequest) -> bool:
    """Counted over all names, where django-axes counts each by itself."""
    recent = AccessAttempt.objects.filter(
        ip_address=addresses.counted_as(request),
        attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME,
    )
    wrong = recent.aggregate(wrong=Sum("failures_since_start"))["wrong"]
    return (wrong or 0) >= settings.MOST_WRONG_PASSWORDS


def lock_out(request: HttpRequest, *_of_no_use: object) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: the page for a name that was tried too often from an address."""
    return _say_locked(request)


def _say_locked(request: HttpRequest, *, is_address: bool = False) -> HttpResponse:
    wait = settings.AXES_COOLOFF_TIME
    response = render(
        request,
        "admin/locked_out.html",
        {"minutes": wait // timedelta(minutes=1), "is_address": is_address},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = str(int(wait.total_seconds()))
    return response


def _say_busy(request: HttpRequest) -> HttpResponse:
    said = {
        "heading": _("Many are at this door"),
        "text": _("Too many people are logging in at this moment. Try again in a few seconds."),
    }
    response = render(request, "message.html", said, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response

"""Where staff give the code from their app, and where they set the app up."""

from collections.abc import Callable
from functools import partial
from typing import Any

import django_otp
from django import forms
from django.conf import settings
from django.contrib import admin, auth, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from game.pages.refusals import allow
from game.staff import second_factor
from game.staff.second_factor import Device

# In the session: what it has begun to set up.
BEGUN = "second_factor_begun"


class StaffRequest(HttpRequest):
    """What staff_member_required lets through."""

    user: User


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


@allow("GET", "HEAD", "POST")
@never_cache
@staff_member_required
def check(request: StaffRequest) -> HttpResponse:
    """Asks for a code after the password; `next` is where it goes on."""
    user = request.user
    if "leave" in request.POST:
        auth.logout(request)
        return redirect("admin:login")
    if not second_factor.is_missing(user):
        return redirect(_next(request))
    if not second_factor.is_set_up(user):
        return redirect("second_factor")
    form = CodeForm(request.POST or None)
    if device := _take_code(form, partial(second_factor.check, user)):
        _let_in(request, device)
        return redirect(_next(request))
    return _page(request, "check", form, next=_next(request))


@allow("GET", "HEAD", "POST")
@never_cache
@staff_member_required
def manage(request: StaffRequest) -> HttpResponse:
    """Sets an app up, and once there is one, renews the codes on paper or takes it away."""
    user = request.user
    if not second_factor.is_set_up(user):
        return _set_up(request)
    if second_factor.is_missing(user):
        return redirect("second_factor_check")
    return _change(request)


def _set_up(request: StaffRequest) -> HttpResponse:
    """A secret is made when it is asked for, shown in that answer, and never again."""
    if request.method != "POST":
        return _page(request, "begin")
    if "begin" in request.POST:
        begun = second_factor.begin(request.user)
        request.session[BEGUN] = begun.pk
        qr_code, secret = second_factor.qr_code(begun), second_factor.secret(begun)
        return _page(request, "set_up", CodeForm(), qr_code=qr_code, secret=secret)
    form = CodeForm(request.POST)
    confirm = partial(second_factor.confirm, request.user, request.session.get(BEGUN))
    if device := _take_code(form, confirm):
        del request.session[BEGUN]
        second_factor.log_out(request.user, but=request.session.session_key)
        _let_in(request, device)
        return _page(request, "codes", codes=second_factor.new_backup_codes(request.user))
    return _page(request, "set_up", form)


def _change(request: StaffRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if _take_code(form, partial(second_factor.check, request.user)):
        return _changed(request)
    return _page(request, "manage", form, left=second_factor.count_backup_codes(request.user))


def _changed(request: StaffRequest) -> HttpResponse:
    second_factor.log_out(request.user, but=request.session.session_key)
    if "remove" not in request.POST:
        return _page(request, "codes", codes=second_factor.new_backup_codes(request.user))
    second_factor.remove(request.user)
    messages.success(request, _("The second factor is off."))
    return redirect("admin:index")


def _take_code(form: CodeForm, use: Callable[[str], Device]) -> Device | None:
    """What a code that was sent is good for; the form says what is wrong with it."""
    if not form.is_valid():
        return None
    try:
        return use(form.cleaned_data["code"])
    except second_factor.WrongCode as wrong:
        form.add_error("code", str(wrong))
        return None


def _let_in(request: StaffRequest, device: Device) -> None:
    django_otp.login(request, device)
    # The session may do more from now on, so it gets a key that nobody saw before.
    request.session.cycle_key()


def _next(request: StaffRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("admin:index")


def _page(
    request: StaffRequest, name: str, form: CodeForm | None = None, **context: Any
) -> HttpResponse:
    context |= admin.site.each_context(request) | {
        "form": form,
        "title": _("Second factor"),
        "is_required": settings.REQUIRE_TWO_FACTOR,
    }
    return render(request, f"admin/second_factor/{name}.html", context)

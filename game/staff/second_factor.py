"""A code from an app on the phone, asked for after the password: setting it up and checking it.

The devices, the arithmetic and the growing wait after wrong codes are django-otp's. Its forms make
people choose a device first; here the length of a code tells which one is meant.
"""

from base64 import b32encode
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

import segno
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

Device: TypeAlias = TOTPDevice | StaticDevice
Kind = TypeVar("Kind", TOTPDevice, StaticDevice)
# An app's codes have this many digits; those of the list on paper are longer.
DIGITS = 6
BACKUP_CODES = 10
# From the moment that the secret is shown.
TIME_TO_SET_UP = timedelta(minutes=15)
# A wrong code is waited for a second, each further one twice as long: no longer than 17 minutes.
MOST_COUNTED = 11


class WrongCode(Exception):
    """Not the code, or too soon after a wrong one; the text is for people."""


def is_set_up(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def is_missing(user: User) -> bool:
    """Whether the password alone isn't enough, or isn't any more."""
    if user.is_verified():  # type: ignore[attr-defined]  # by django-otp's middleware
        return False
    return bool(settings.REQUIRE_TWO_FACTOR) or is_set_up(user)


@transaction.atomic
def begin(user: User) -> TOTPDevice:
    """An app to set up, with a secret that nobody saw before: whoever noted that of an earlier
    beginning noted nothing. It is asked for nothing before `confirm`."""
    # Of two beginnings at once, one comes after the other.
    User.objects.select_for_update().get(pk=user.pk)
    begun = TOTPDevice.objects.filter(confirmed=False)
    begun.filter(Q(user=user) | Q(created_at=None) | Q(created_at__lt=_oldest_begun())).delete()
    return TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def qr_code(device: TOTPDevice) -> SafeString:
    """What the app reads from the screen, as an <svg> without a style or an address."""
    code = segno.make(device.config_url, error="m", micro=False)
    svg = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr-code")
    return mark_safe(svg)  # noqa: S308 - nothing but numbers is in it


def secret(device: TOTPDevice) -> str:
    """The same for people who type it, in groups of four."""
    letters = b32encode(device.bin_key).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def confirm(user: User, begun_pk: int | None, code: str) -> TOTPDevice:
    """The code shows that the app has the secret: from now on it is asked for.

    `begun_pk` is what this very session has begun, so that nobody confirms another's secret.
    """
    begun = TOTPDevice.objects.filter(user=user, pk=begun_pk, confirmed=False)
    begun = begun.filter(created_at__gte=_oldest_begun())
    if not begun.exists():
        raise WrongCode(_("That key is no longer good. Begin anew."))
    return _verify(begun, code)


def _oldest_begun() -> datetime:
    return timezone.now() - TIME_TO_SET_UP


def log_out(user: User, *, but: str | None = None) -> None:
    """End what was begun with less, or with another factor: all sessions but the one with this key.

    The rows hold whose they are in a form that only Python reads, but there are few: players have
    none.
    """
    running = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but)
    theirs = [
        each.session_key
        for each in running.iterator()
        if each.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=theirs).delete()


def check(user: User, code: str) -> Device:
    """Take a code of the app, or one of the list on paper, which is then used up."""
    if len(_tidy(code)) == DIGITS:
        return _verify(TOTPDevice.objects.filter(user=user, confirmed=True), code)
    return _verify(StaticDevice.objects.filter(user=user, confirmed=True), code)


@transaction.atomic
def new_backup_codes(user: User) -> list[str]:
    """A new list for the day when the phone is lost; an older one is worth nothing any more."""
    device, _is_new = StaticDevice.objects.get_or_create(user=user, defaults={"name": "paper"})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _each in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def count_backup_codes(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def remove(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _verify(devices: "QuerySet[Kind]", code: str) -> Kind:
    # The lock keeps a code from being used twice; the count of wrong ones outlasts the error.
    with transaction.atomic():
        device = devices.select_for_update().first()
        problem = _problem(device, _tidy(code))
        if device is not None and not problem and not device.confirmed:
            # Here, or another beginning could take it away in between.
            device.confirmed = True
            device.save(update_fields=["confirmed"])
    if problem or device is None:
        raise WrongCode(problem)
    return device


def _problem(device: Device | None, code: str) -> str:
    if device is None:
        return _("That code isn’t right.")
    # django-otp would go on doubling, and lock people out for years.
    device.throttling_failure_count = min(device.throttling_failure_count, MOST_COUNTED)
    is_allowed, why = device.verify_is_allowed()
    if not is_allowed:
        # It counts whole minutes, and rounds down.
        wait = timeuntil(why["locked_until"] + timedelta(minutes=1))
        return _("That is too soon after a wrong code. Try again in %s.") % wait
    return "" if device.verify_token(code) else _("That code isn’t right.")


def _tidy(code: str) -> str:
    return "".join(code.split()).lower()

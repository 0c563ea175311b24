"""What a browser keeps of how someone likes the site: each choice is a cookie with a plain word.

The first option of a choice is its default, and is kept by keeping no cookie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# The longest that browsers keep a cookie.
LIFETIME = timedelta(days=400)


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    name: str
    cookie: str
    heading: "_StrPromise"
    options: "Mapping[str, str | _StrPromise]"

    @property
    def default(self) -> str:
        return next(iter(self.options))

    def read(self, request: HttpRequest) -> str:
        kept = request.COOKIES.get(self.cookie, "")
        return kept if kept in self.options else self.default

    def keep(self, response: HttpResponseBase, option: str) -> None:
        if option == self.default:
            response.delete_cookie(self.cookie, samesite="Lax")
            return
        response.set_cookie(
            self.cookie,
            option,
            max_age=LIFETIME,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


THEME = Choice(
    "theme",
    "sixpix_theme",
    _("Theme"),
    {"system": _("Same as my device"), "light": _("Light"), "dark": _("Dark")},
)
PALETTE = Choice(
    "palette",
    "sixpix_palette",
    _("Colours of the marks"),
    {
        "standard": _("Green and yellow"),
        "contrast": _("Blue and orange, with patterns, for colour-blind eyes"),
    },
)
# Django's LocaleMiddleware reads this one; what is no language leaves it to the browser.
LANGUAGE = Choice(
    "language",
    settings.LANGUAGE_COOKIE_NAME,
    _("Language"),
    {"system": _("Same as my browser"), **dict(settings.LANGUAGES)},
)
# Set once the rules were put away; a first try says as much.
HELP = Choice("help", "sixpix_help", _("How to play"), {"new": _("New"), "seen": _("Seen")})

CHOICES = (THEME, PALETTE, LANGUAGE)


def theme(request: HttpRequest) -> str:
    return THEME.read(request)


def palette(request: HttpRequest) -> str:
    return PALETTE.read(request)

"""Who is playing, without an account: a signed cookie holds the key of a Player row."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from game.models import Player
from game.rules import clock

COOKIE = f"sixpix_player{settings.COOKIE_SUFFIX}"
# What stood in the other and couldn't be read is kept here, for the day when it can: after a backup
# was restored without its secret, say.
ASIDE = f"{COOKIE}_aside"
# The site may have been at another port before.
_READ = (COOKIE, ASIDE, "sixpix_player")
ZONE_COOKIE = "sixpix_tz"
# The longest that browsers keep a cookie; it is renewed well before.
LIFETIME = timedelta(days=400)
RENEWAL = timedelta(days=30)
# A key, a time and a signature are shorter.
LONGEST = 120
_SALT = "game.players"
_VISIT = "_sixpix_visit"


@dataclass
class _Visit:
    """What one request knows of its player; the row is looked up when it is asked for."""

    key: uuid.UUID | None = None
    player: Player | None = None
    is_cookie_due: bool = False


def current(request: HttpRequest) -> Player | None:
    visit = _visit(request)
    if visit.player is None and visit.key is not None:
        visit.player = Player.objects.filter(key=visit.key).first()
        visit.key = visit.player.key if visit.player else None
    return visit.player


def claimed(request: HttpRequest) -> Player | None:
    """The player that the cookie names, not looked up: good for reading, by its key alone."""
    visit = _visit(request)
    if visit.player is not None or visit.key is None or visit.is_cookie_due:
        return current(request)
    return Player(key=visit.key)


def ensure(request: HttpRequest) -> Player:
    """Return the player, new and unsaved if need be: `play.take_guess` saves it with a first try.

    So whoever only looks, or sends nonsense, leaves no row behind and gets no cookie.
    """
    player = current(request)
    return player if player is not None else become(request, Player())


def named(request: HttpRequest) -> Player:
    """Return whoever `claimed` does, or a stranger: good for going on with what was begun."""
    return claimed(request) or Player()


def become(request: HttpRequest, player: Player) -> Player:
    """Let the browser be this player from now on."""
    setattr(request, _VISIT, _Visit(player.key, player, is_cookie_due=True))
    return player


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the cookie of a player that is new, or whose cookie is getting old or lay aside."""
    visit: _Visit | None = getattr(request, _VISIT, None)
    if visit is None or not visit.is_cookie_due or visit.player is None or not visit.player.pk:
        return
    _keep(response, COOKIE, TimestampSigner(salt=_SALT).sign(visit.player.key.hex))
    if _is_strange(unreadable := request.COOKIES.get(COOKIE, "")):
        _keep(response, ASIDE, unreadable)


def _keep(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def zone(request: HttpRequest) -> ZoneInfo:
    """The zone that the browser's script has put in a cookie, or the site's own."""
    name = unquote(request.COOKIES.get(ZONE_COOKIE, ""))
    return clock.zone(name, ZoneInfo(settings.TIME_ZONE), timezone.now())


def today(request: HttpRequest) -> date:
    return clock.day_for(timezone.now(), zone(request))


def _visit(request: HttpRequest) -> _Visit:
    visit: _Visit | None = getattr(request, _VISIT, None)
    if visit is None:
        visit = _read_any(request)
        setattr(request, _VISIT, visit)
    return visit


def _read_any(request: HttpRequest) -> _Visit:
    for name in _READ:
        visit = _read(request.COOKIES.get(name, ""))
        if visit.key is not None:
            visit.is_cookie_due |= name != COOKIE
            return visit
    return _Visit()


def _is_strange(cookie: str) -> bool:
    """Signed, but not by us."""
    if len(cookie) > LONGEST or cookie.count(":") != 2:
        return False
    try:
        TimestampSigner(salt=_SALT).unsign(cookie)
    except BadSignature:
        return True
    return False


def _read(cookie: str) -> _Visit:
    signer = TimestampSigner(salt=_SALT)
    try:
        key = uuid.UUID(hex=signer.unsign(cookie, max_age=LIFETIME))
    except (BadSignature, ValueError):
        return _Visit()
    return _Visit(key, is_cookie_due=_is_getting_old(signer, cookie))


def _is_getting_old(signer: TimestampSigner, cookie: str) -> bool:
    try:
        signer.unsign(cookie, max_age=RENEWAL)
    except SignatureExpired:
        return True
    return False

from datetime import UTC, date, datetime, timedelta
from http.cookies import Morsel
from typing import Any
from unittest import mock
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.signing import Signer, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from game.models import Player
from game.players import identity
from tests import factories

pytestmark = pytest.mark.django_db


def visit(**cookies: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    return request


def cookie_after(request: HttpRequest) -> "Morsel[Any] | None":
    response = HttpResponse()
    identity.remember(request, response)
    return response.cookies.get(identity.COOKIE)


def cookie_of(player: Player) -> str:
    request = visit()
    with mock.patch.object(identity, "Player", return_value=player):
        identity.ensure(request)
    cookie = cookie_after(request)
    assert cookie is not None
    return str(cookie.value)


def test_it_knows_nobody_when_there_is_no_cookie(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        request = visit()
        assert identity.current(request) is None
        assert cookie_after(request) is None


def test_it_knows_a_player_when_the_cookie_is_its_own(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    player = factories.make_player()
    request = visit(sixpix_player=cookie_of(player))
    with django_assert_num_queries(1):
        assert identity.current(request) == player
        assert identity.current(request) == player
        assert identity.ensure(request) == player
    assert cookie_after(request) is None


def test_it_takes_the_cookies_word_when_a_player_only_reads(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    player = factories.make_player()
    request = visit(sixpix_player=cookie_of(player))
    with django_assert_num_queries(0):
        claimed = identity.claimed(request)
        assert identity.claimed(visit()) is None
    assert claimed is not None
    assert claimed.key == player.key
    assert identity.ensure(request) == player
    assert identity.claimed(request) == player
    assert identity.claimed(visit(sixpix_player=forge("another key", player))) is None


def test_it_renews_an_old_cookie_when_a_player_only_reads() -> None:
    player = factories.make_player()
    then = datetime.now(UTC) - timedelta(days=31)
    with mock.patch("django.core.signing.time.time", then.timestamp):
        cookie = cookie_of(player)
    request = visit(sixpix_player=cookie)
    assert identity.claimed(request) == player
    assert cookie_after(request) is not None


def test_it_becomes_another_player_when_told_to() -> None:
    old, new = factories.make_player(), factories.make_player()
    request = visit(sixpix_player=cookie_of(old))
    assert identity.current(request) == old
    identity.become(request, new)
    assert identity.current(request) == identity.ensure(request) == identity.claimed(request) == new
    cookie = cookie_after(request)
    assert cookie is not None
    assert identity.current(visit(sixpix_player=cookie.value)) == new


def test_it_saves_no_player_and_sets_no_cookie_when_nothing_is_played() -> None:
    request = visit()
    player = identity.ensure(request)
    assert identity.ensure(request) is player
    assert identity.current(request) is player
    assert cookie_after(request) is None
    assert not Player.objects.exists()


def test_it_sets_a_careful_cookie_when_a_player_is_new(settings: Settings) -> None:
    for is_secure in (False, True):
        settings.SESSION_COOKIE_SECURE = is_secure
        request = visit()
        player = identity.ensure(request)
        player.save()
        cookie = cookie_after(request)
        assert cookie is not None
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert bool(cookie["secure"]) is is_secure
        assert cookie["max-age"] == 400 * 24 * 3600
        assert identity.current(visit(sixpix_player=cookie.value)) == player


def forge(kind: str, player: Player) -> str:
    mine = cookie_of(player)
    key, stamp, signature = mine.split(":")
    return {
        "empty": "",
        "words": "let me in",
        "key alone": key,
        "unsigned": f"{key}:{stamp}:",
        "another signature": f"{key}:{stamp}:{signature[::-1]}",
        "another key": f"{uuid4().hex}:{stamp}:{signature}",
        "another time": f"{key}:1zzzzz:{signature}",
        "another purpose": TimestampSigner(salt="else").sign(key),
        "another secret": TimestampSigner(key="x" * 50, salt="game.players").sign(key),
        "no time": Signer(salt="game.players").sign(key),
        "no key": TimestampSigner(salt="game.players").sign("not a key"),
        "control": f"{mine}\x00",
        "accents": "é:ü:🦊",
        "long": "x" * 10_000,
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "words",
        "key alone",
        "unsigned",
        "another signature",
        "another key",
        "another time",
        "another purpose",
        "another secret",
        "no time",
        "no key",
        "control",
        "accents",
        "long",
    ],
)
def test_it_knows_nobody_when_the_cookie_is_forged(kind: str) -> None:
    player = factories.make_player()
    request = visit(sixpix_player=forge(kind, player))
    assert identity.current(request) is None
    assert identity.ensure(request) != player
    assert list(Player.objects.all()) == [player]


def test_it_knows_nobody_when_the_player_is_deleted() -> None:
    player = factories.make_player()
    cookie = cookie_of(player)
    player.delete()
    request = visit(sixpix_player=cookie)
    assert identity.current(request) is None
    identity.ensure(request).save()
    assert cookie_after(request) is not None


@pytest.mark.parametrize(
    ("age", "is_known", "is_renewed"),
    [(29, True, False), (31, True, True), (399, True, True), (401, False, False)],
)
def test_it_renews_a_cookie_when_it_gets_old(age: int, is_known: bool, is_renewed: bool) -> None:
    player = factories.make_player()
    then = datetime.now(UTC) - timedelta(days=age)
    with mock.patch("django.core.signing.time.time", then.timestamp):
        cookie = cookie_of(player)
    request = visit(sixpix_player=cookie)
    assert (identity.current(request) == player) is is_known
    renewed = cookie_after(request)
    assert (renewed is not None) is is_renewed
    if renewed is not None:
        assert renewed.value != cookie
        assert identity.current(visit(sixpix_player=renewed.value)) == player


def test_it_knows_a_player_when_the_secret_key_was_replaced(settings: Settings) -> None:
    player = factories.make_player()
    cookie = cookie_of(player)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert identity.current(visit(sixpix_player=cookie)) == player


def test_it_keeps_a_cookie_that_it_cannot_read_and_knows_it_again(settings: Settings) -> None:
    player = factories.make_player()
    cookie, secret = cookie_of(player), settings.SECRET_KEY
    settings.SECRET_KEY = "of a moment"
    request = visit(sixpix_player=cookie)
    identity.ensure(request).save()
    response = HttpResponse()
    identity.remember(request, response)
    kept = {name: morsel.value for name, morsel in response.cookies.items()}
    assert kept[identity.ASIDE] == cookie
    settings.SECRET_KEY = secret
    request = visit(**kept)
    assert identity.current(request) == player
    # From now on by the usual cookie.
    renewed = cookie_after(request)
    assert renewed is not None
    assert identity.current(visit(sixpix_player=renewed.value)) == player


@pytest.mark.parametrize("cookie", ["", "nonsense", "a:b:" + "c" * 4_000])
def test_it_keeps_no_cookie_that_nobody_signed(cookie: str) -> None:
    request = visit(sixpix_player=cookie)
    identity.ensure(request).save()
    response = HttpResponse()
    identity.remember(request, response)
    assert set(response.cookies) == {identity.COOKIE}


@pytest.mark.parametrize(
    ("cookie", "day"),
    [
        ("Pacific/Auckland", date(2026, 11, 23)),
        ("America%2FNew_York", date(2026, 11, 22)),
        ("America/New_York", date(2026, 11, 22)),
        # The site's own zone, here one that is ahead.
        ("Mars/Olympus", date(2026, 11, 23)),
        ("", date(2026, 11, 23)),
        ("x" * 10_000, date(2026, 11, 23)),
    ],
)
def test_it_knows_the_day_by_the_browsers_zone(settings: Settings, cookie: str, day: date) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    now = datetime(2026, 11, 22, 16, tzinfo=UTC)
    with mock.patch("django.utils.timezone.now", return_value=now):
        assert identity.today(visit(sixpix_tz=cookie)) == day
        assert identity.today(visit()) == date(2026, 11, 23)


def test_it_names_the_zone_that_the_browser_has_given() -> None:
    assert identity.zone(visit(sixpix_tz="Europe/Vienna")) == ZoneInfo("Europe/Vienna")

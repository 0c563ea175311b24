"""Requests that no browser sends, to every address: each is refused in a line, and none breaks."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from game.guarding import bodies
from game.guarding.refused_requests import Brief, Line
from game.models import Puzzle
from game.wsgi import application
from tests.game.pages.visits import noon_of_day_three, puzzle
from tests.roles import make_staff

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
TOKEN = "0" * 32
ADDRESSES = [
    "/",
    "/puzzle/3/",
    "/puzzle/3/tries/",
    "/puzzle/3/hint/",
    "/puzzle/3/proof/",
    "/puzzle/3/card.jpg",
    "/puzzle/3/sheet.jpg",
    "/puzzle/3/reveal/",
    "/puzzle/3/record/",
    "/archive/",
    "/archive/next/",
    "/record/",
    "/record/code/",
    "/record/move/",
    f"/pictures/{TOKEN}.webp",
    f"/films/{TOKEN}.webp",
    f"/films/{TOKEN}/still.webp",
    "/easel/",
    "/easel/own/",
    "/easel/status/",
    f"/easel/{TOKEN}/",
    f"/easel/{TOKEN}/now/",
    f"/easel/{TOKEN}/1/",
    f"/easel/{TOKEN}/glimpse.webp",
    f"/easel/{TOKEN}/cancel/",
    f"/easel/{TOKEN}/delete/",
    f"/easel/{TOKEN}/share/",
    f"/p/{TOKEN[:10]}/",
    f"/p/{TOKEN[:10]}/card.jpg",
    f"/p/{TOKEN[:10]}/1.webp",
    f"/p/{TOKEN[:10]}/report/",
    f"/easel/pictures/{TOKEN}.webp",
    f"/easel/pictures/{TOKEN}.png",
    "/choices/",
    "/privacy/",
    "/privacy/sharing/",
    "/privacy/forget/",
    "/privacy/forgotten/",
    "/about/",
    "/manifest.webmanifest",
    "/worker.js",
    "/offline/",
    "/robots.txt",
    "/favicon.ico",
    "/apple-touch-icon.png",
    "/healthz",
    "/admin/",
    "/admin/login/",
    "/admin/second-factor/",
    "/admin/second-factor/check/",
    "/admin/game/puzzle/1/preview/",
    "/no/such/page/",
]
TAKING = [
    "/puzzle/3/tries/",
    "/puzzle/3/hint/",
    "/record/code/",
    "/record/move/",
    "/easel/",
    "/choices/",
    "/privacy/sharing/",
    "/privacy/forget/",
    "/admin/login/",
]
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
# What is sent: its type, its body, and what else stands in the request.
BODIES: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "latin-1": (f"{FORM}; charset=latin-1", b"a=b", {}),
    "utf-7": (f"{FORM}; charset=utf-7", b"a=+AD0-", {}),
    "no text at all": (f"{PARTS}; boundary=x; charset=rot13", PART + b"\r\nb\r\n--x--\r\n", {}),
    "idna": (f"{FORM}; charset=idna", b"a=b", {"QUERY_STRING": "a=b"}),
    "unknown": (f"{FORM}; charset=klingon", b"a=b", {}),
    "JSON in UTF-16": ("application/json; charset=utf-16", '{"try":1}'.encode("utf-16"), {}),
    "no boundary": (PARTS, b"a=b", {}),
    "a bad boundary": (f"{PARTS}; boundary=\xff\xfe", b"a=b", {}),
    "a long boundary": (f"{PARTS}; boundary={'x' * 300}", b"a=b", {}),
    "no end": (f"{PARTS}; boundary=x", PART, {}),
    "base64 that is none": (
        f"{PARTS}; boundary=x",
        PART + b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n",
        {},
    ),
    "many files": (
        f"{PARTS}; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n\r\n' * 105
        + b"--x--",
        {},
    ),
    "many fields": (FORM, b"&".join([b"a="] * 2_000), {}),
    "bad percents": (FORM, b"a=%zz&%=%&try=%ff%fe&code=%c3%28", {}),
    "nulls": (
        FORM,
        b"try=1&sentence=a%00b&word-0=%00&code=%00&username=%00&password=%00&word=%00&next=%00",
        {},
    ),
    "nulls in JSON": (
        "application/json",
        b'{"try": 1, "sentence": "a\\u0000pig", "words": ["\\u0000", "\\ud800"]}',
        {},
    ),
    "half a character in JSON": ("application/json", b'{"try": 1, "sentence": "pig \\ud800"}', {}),
    "a number without end": ("application/json", b'{"try": ' + b"9" * 9_000 + b"}", {}),
    "deep JSON": ("application/json", b"[" * 9_000, {}),
    "other numbers": (FORM, "try=٣&word=²&word-0=²".encode(), {}),
    "a long number": (FORM, b"try=" + b"9" * 9_000, {}),
    "no length": (FORM, b"a=b", {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}),
    "a bad length": (FORM, b"a=b", {"CONTENT_LENGTH": "nine"}),
    "a negative length": (FORM, b"a=b", {"CONTENT_LENGTH": "-9"}),
    "a length in other digits": (FORM, b"a=b", {"CONTENT_LENGTH": "٣"}),
    "more than it says": (FORM, b"a=b", {"CONTENT_LENGTH": "1"}),
    "a bad host": (FORM, b"a=b", {"HTTP_HOST": "a b\x01"}),
    "somebody else's host": (FORM, b"a=b", {"HTTP_HOST": "evil.example"}),
    "a long host": (FORM, b"a=b", {"HTTP_HOST": "a" * 3_000}),
    "a bad query": (FORM, b"", {"QUERY_STRING": "mode=%ff&page=%00&next=%00&month=%00&_x=%"}),
    "strange cookies": (
        FORM,
        b"",
        {
            "HTTP_COOKIE": "sessionid=\x00; csrftoken=\xff; sixpix_tz=%00; sixpix_player=\x00:;"
            "sixpix_language=../../\x00; messages=\x00; sixpix_palette=\x00; ;=;"
        },
    ),
    "another strange zone": (FORM, b"", {"HTTP_COOKIE": "sixpix_tz=../../etc/passwd"}),
    "a long zone": (FORM, b"", {"HTTP_COOKIE": f"sixpix_tz={'Europe/' * 900}"}),
    "a huge cookie": (FORM, b"", {"HTTP_COOKIE": f"sessionid={'a' * 30_000}"}),
    "strange headers": (
        FORM,
        b"",
        {
            "HTTP_ACCEPT": "text/html;q=x,\x00;*/*;;;",
            "HTTP_ACCEPT_LANGUAGE": "de;q=9," * 500,
            "HTTP_REFERER": "http://[::1",
            "HTTP_ORIGIN": "http://[",
            "HTTP_RANGE": "bytes=9-1",
            "HTTP_IF_NONE_MATCH": "\xff",
            "HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 99999999 99:99:99 GMT",
            "HTTP_X_FORWARDED_FOR": "\x00, [::1",
            "HTTP_X_FORWARDED_PROTO": "\x00",
        },
    ),
}
MOST_CHARACTERS = 2_000


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the site would write on standard error."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Brief())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name


def stranger() -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def send(client: Client, method: str, address: str, what: str) -> Any:
    kind, body, environment = BODIES[what]
    environment = {"CONTENT_TYPE": kind, "HTTP_COOKIE": "csrftoken=" + "a" * 32} | environment
    return client.generic(method, address, body, kind, **environment)  # type: ignore[arg-type]


def test_it_knows_every_address_of_the_game(puzzle: Puzzle) -> None:
    resolver = get_resolver()
    asked = set()
    for address in ADDRESSES[:-1]:
        asked.add(resolver.resolve(address).url_name)
    ours = [each for each in resolver.url_patterns if not isinstance(each, URLResolver)]
    assert set(names(ours)) <= asked


@pytest.mark.parametrize("what", BODIES)
def test_it_breaks_nowhere_and_says_little(puzzle: Puzzle, log: io.StringIO, what: str) -> None:
    methods = ("POST", "GET") if BODIES[what][2] else ("POST",)
    for address in ADDRESSES:
        for method in methods:
            log.seek(0)
            log.truncate()
            response = send(stranger(), method, address, what)
            where = f"{method} {address}: {what}"
            assert response.status_code < 500, (where, log.getvalue())
            b"".join(response)
            assert log.getvalue().count("\n") <= 3, (where, log.getvalue())
            assert len(log.getvalue()) < MOST_CHARACTERS, (where, log.getvalue())


@pytest.mark.parametrize("what", [what for what, sent in BODIES.items() if not sent[2]])
def test_it_breaks_nothing_of_a_trusted_page(puzzle: Puzzle, log: io.StringIO, what: str) -> None:
    """The same where the guard against forgeries has let it through."""
    client = Client(raise_request_exception=False)
    for address in TAKING:
        response = send(client, "POST", address, what)
        assert response.status_code < 500, (address, what, log.getvalue())


@pytest.mark.parametrize("address", ["/", "/puzzle/3/tries/", "/admin/login/", "/no/such/page/"])
def test_it_answers_400_in_a_line_to_another_encoding(
    puzzle: Puzzle, log: io.StringIO, address: str
) -> None:
    response = send(stranger(), "POST", address, "latin-1")
    assert response.status_code == 400
    assert "UTF-8" in response.content.decode()
    assert log.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/choices/",
        "/puzzle/3/tries/",
        "/record/move/",
        "/admin/login/",
        "/no/such/page/",
        "/admin/",
    ],
)
def test_it_refuses_a_large_body_unread(
    puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def read(*_arguments: object) -> None:
        raise AssertionError("The body was read.")

    monkeypatch.setattr(WSGIRequest, "read", read)
    for length in (bodies.PLAYERS + 1, 150_000_000):
        sent: dict[str, Any] = {
            "CONTENT_LENGTH": str(length),
            "HTTP_COOKIE": "csrftoken=" + "a" * 32,
        }
        response = stranger().post(address, b"-", f"{PARTS}; boundary=x", **sent)
        assert response.status_code == 413
        response = stranger().post(address, b"-", "application/json", **sent)
        assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_it_takes_more_from_staff_but_not_all(client: Client) -> None:
    client.force_login(make_staff("editor"))
    address = "/admin/game/puzzle/"
    body = b"a=" + b"b" * bodies.PLAYERS
    assert client.generic("POST", address, body, FORM).status_code != 413
    for where, length in ((address, bodies.STAFF + 1), ("/choices/", bodies.PLAYERS + 1)):
        response = client.generic("POST", where, b"-", FORM, CONTENT_LENGTH=str(length))
        assert response.status_code == 413


def test_it_logs_a_refusal_in_a_short_line() -> None:
    why = (ValueError, ValueError("long"), None)
    name = "django.security.DisallowedHost"
    record = logging.LogRecord(name, logging.ERROR, "", 1, "Bad %s", ("x" * 9_000,), why)
    record.status_code = 400
    assert Brief().filter(record)
    assert not record.exc_info
    assert len(record.getMessage()) == 500


def test_it_logs_our_own_faults_with_all_there_is() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Broken", (), None)
    record.status_code = 500
    record.exc_info = (ValueError, ValueError("why"), None)
    assert Brief().filter(record)
    assert record.exc_info is not None


@pytest.mark.parametrize("charset", ["zlib", "rot13", "latin-1", "a\0b"])
def test_it_survives_an_encoding_that_is_no_text(puzzle: Puzzle, charset: str) -> None:
    """Through the site's own handler: the test client's makes requests of its own."""
    sent = {"CONTENT_TYPE": "text/html", "HTTP_HOST": "localhost"}
    environment = RequestFactory().get("/about/", {"a": "b"}, **sent).environ  # type: ignore[arg-type]
    environment["CONTENT_TYPE"] = f"text/html; charset={charset}"
    answered: list[str] = []

    def start(status: str, *_more: object) -> Any:
        answered.append(status)

    application(environment, start)
    assert answered == ["200 OK" if "\0" in charset else "400 Bad Request"]


def test_it_writes_a_line_for_a_line_whatever_was_asked_for() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Line("{levelname}: {message}", style="{"))
    told = logging.makeLogRecord(
        {
            "levelname": "WARNING",
            "msg": "Refused %s",
            "args": ("/a\nERROR: all is lost \x1b[2J\u202e",),
        }
    )
    handler.handle(told)
    assert written.getvalue() == ("WARNING: Refused /a\\nERROR: all is lost \\x1b[2J\\u202e\n")
    logging_settings: dict[str, Any] = settings.LOGGING
    assert logging_settings["formatters"]["line"]["()"].endswith(f".{Line.__name__}")

import codecs
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from game.guarding import bodies
from game.pages.refusals import refuse
from game.pages.site import health
from game.players import identity

HEALTH = "/healthz"
# The site asks for none of these, so neither may anything that finds a way into its pages.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class HeadMiddleware:
    """Takes the content off an answer to HEAD. What talks to the client sends what it is given, and
    a client that expects none would read it as the next answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = []
            elif isinstance(response, HttpResponse):
                response.headers.setdefault("Content-Length", str(len(response.content)))
                response.content = b""
        return response


class HealthMiddleware:
    """Answers whoever watches the site before anything else does: a load balancer knows no name of
    it, and speaks plain http from inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_asked = request.path == HEALTH
        return health.healthz(request) if is_asked else self.get_response(request)


class PlayerCookieMiddleware:
    """Gives a new player the cookie, and every answer the header that Django has no setting for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        identity.remember(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class BodyMiddleware:
    """Refuses a body that nobody would read to its end, before anything reads it.

    Django judges it only when somebody asks for the form: by then an upload lies on the disk, and
    what asks first is the guard against forgeries, which can't answer what it can't read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _refuse_encoding(request) or _refuse_length(request) or self.get_response(request)


def _refuse_encoding(request: HttpRequest) -> HttpResponse | None:
    """Any other would be used for the query too, and Python knows some that are no text at all."""
    named = request.encoding
    if named is None:  # not at all, or by a name that Python doesn't know
        return None
    # Also for the page that refuses. Django's own setter decodes the query by the old one first.
    request._encoding = None  # type: ignore[attr-defined]  # not in its stubs
    if codecs.lookup(named).name == "utf-8":
        return None
    message = _("This site reads UTF-8 alone.")
    return refuse(request, HTTPStatus.BAD_REQUEST, "bad_encoding", message)


def _refuse_length(request: HttpRequest) -> HttpResponse | None:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in request.META:
        message = _("A request has to say how long it is.")
        return refuse(request, HTTPStatus.LENGTH_REQUIRED, "no_length", message)
    length = int(declared) if declared.isascii() and declared.isdecimal() else None
    most = bodies.PLAYERS
    if length is not None and length > most and bodies.most_bytes(request.path) > most:
        # Only now is it worth a look at who it is.
        most = bodies.STAFF if _is_staff(request) else most
    if length is not None and length <= most:
        return None
    message = _("That is far too long: it may have %(most)d bytes.") % {"most": most}
    return refuse(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message)


def _is_staff(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_staff", False))

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from game import forms, play, players, rules
from game.models import Candidate, Puzzle

log = logging.getLogger(__name__)

MARKS = {"c": "correct", "p": "present", "a": "absent"}
# An editor may approve today's puzzle at any moment.
LOOK_AGAIN_SECONDS = 300

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a try sent by the page's form was not taken, and what to show again."""

    status: HTTPStatus
    message: str
    attempt: forms.Attempt


def allow(*methods: str) -> Callable[[View], View]:
    """Django's own decorator answers a wrong method with an empty page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                return view(request, *args, **kwargs)
            message = _("This address only answers to %(methods)s.")
            response = _refuse(
                request,
                HTTPStatus.METHOD_NOT_ALLOWED,
                "wrong_method",
                message % {"methods": ", ".join(methods)},
            )
            response.headers["Allow"] = ", ".join(methods)
            return response

        return checked

    return decorate


@allow("GET", "HEAD")
@never_cache
def today(request: HttpRequest) -> HttpResponseBase:
    day = players.today(request)
    puzzle = play.live(day)
    if puzzle is None:
        response = render(
            request, "no_puzzle.html", {"day": day}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
        response.headers["Retry-After"] = str(LOOK_AGAIN_SECONDS)
        return response
    return _page(request, puzzle, day)


@allow("GET", "HEAD")
@never_cache
def puzzle(request: HttpRequest, number: int) -> HttpResponseBase:
    day = players.today(request)
    try:
        return _page(request, play.find(number, day), day)
    except play.NotPlayable as error:
        raise Http404(error.message) from error


@allow("POST")
@never_cache
def tries(request: HttpRequest, number: int) -> HttpResponseBase:
    try:
        forms.refuse_large(request)
        found = play.find(number, players.today(request))
        if request.content_type == "application/json":
            return JsonResponse(_take(request, found, forms.read_json(request)))
        if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            return _take_form(request, found)
        raise forms.Malformed(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "wrong_type",
            _("A try is sent as JSON or as the page's form."),
        )
    except (forms.Malformed, play.PlayError) as error:
        return _refuse(request, HTTPStatus(error.status), error.code, error.message)


@allow("POST")
@never_cache
def hint(request: HttpRequest, number: int) -> HttpResponseBase:
    day = players.today(request)
    try:
        forms.refuse_large(request)
        found = play.find(number, day)
        play.give_hint(players.ensure(request), found, forms.read_hint(request))
    except (forms.Malformed, play.PlayError) as error:
        return _refuse(request, HTTPStatus(error.status), error.code, error.message)
    return _back(found, day)


@allow("GET", "HEAD")
def picture(request: HttpRequest, token: str) -> HttpResponseBase:
    candidates = Candidate.objects.filter(
        token=token,
        position__isnull=False,
        puzzle__state=Puzzle.State.APPROVED,
        puzzle__play_on__lte=players.today(request),
    )
    candidate = candidates.first()
    if candidate is None:
        raise Http404
    try:
        file = candidate.file.open("rb")
    except FileNotFoundError:
        log.error("The file of picture %s is missing: %s", candidate.pk, candidate.file.name)
        raise Http404 from None
    response = FileResponse(file, content_type="image/webp")
    # Private: a shared cache would hand a picture on to those whose day has not come.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@allow("GET", "HEAD")
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("The database does not answer")
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return HttpResponse("database unavailable", status=status, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def refuse_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: why a try could not be trusted, in the form the sender reads."""
    log.warning("Refused a request to %s: %s", request.path, reason)
    if _wants_json(request):
        message = _("This page has grown old. Reload it and send your try again.")
        return _refuse(request, HTTPStatus.FORBIDDEN, "forbidden", message)
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def _take(request: HttpRequest, puzzle: Puzzle, attempt: forms.Attempt) -> dict[str, Any]:
    player, number, is_hard = players.ensure(request), attempt.number, attempt.is_hard
    if attempt.sentence is not None:
        return play.take_sentence(player, puzzle, number, attempt.sentence, is_hard=is_hard)
    return play.take_guess(player, puzzle, number, attempt.words, is_hard=is_hard)


def _take_form(request: HttpRequest, puzzle: Puzzle) -> HttpResponse:
    """Without scripts, a refused try comes back with its page, its letters and the reason."""
    board = puzzle.board(forms.is_hard_wanted(request.POST))
    attempt = forms.read_form(request, len(rules.open_words(board)))
    day = players.today(request)
    try:
        _take(request, puzzle, attempt)
    except (play.Finished, play.WrongTry, play.BadGuess) as error:
        refusal = Refusal(HTTPStatus(error.status), error.message, attempt)
        return _page(request, puzzle, day, refusal)
    return _back(puzzle, day)


def _back(puzzle: Puzzle, day: date) -> HttpResponse:
    if puzzle.play_on == day:
        return redirect("today")
    return redirect("puzzle", puzzle.number)


def _page(
    request: HttpRequest, puzzle: Puzzle, day: date, refusal: Refusal | None = None
) -> HttpResponse:
    is_hard = forms.is_hard_wanted(request.POST if refusal else request.GET)
    state = play.state(puzzle, players.current(request), is_hard=is_hard)
    lengths = [cell["length"] for cell in state["shape"] if "length" in cell]
    used = len(state["tries"])
    context = {
        "puzzle": puzzle,
        "day": day,
        "is_today": puzzle.play_on == day,
        "pictures": play.pictures(puzzle),
        "state": state,
        "rows": [_marked_row(state, one) for one in reversed(state["tries"])],
        "current": _open_row(state, refusal),
        "sentence": (refusal.attempt.sentence if refusal else None) or "",
        "missing": _missing(state),
        "longest": max(lengths),
        "pips": ["used"] * used + ["now"] + ["left"] * (rules.TRIES - used - 1),
        "message": refusal.message if refusal else "",
        "mosaic": [[mark["square"] for mark in one["marks"]] for one in state["tries"]],
    }
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "puzzle.html", context, status=status)


def _marked_row(state: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    marked = zip(one["words"], one["marks"], strict=True)

    def cell(part: dict[str, Any]) -> dict[str, Any]:
        if "given" in part:
            return part
        word, mark = next(marked)
        tiles = [
            {"letter": letter, "mark": MARKS[code]}
            for letter, code in zip(word, mark["letters"], strict=True)
        ]
        empty = [{"letter": "", "mark": None}] * part["length"]
        return {**part, **mark, "word": word, "tiles": tiles or empty}

    return {**one, "phrases": _phrases([cell(part) for part in state["shape"]])}


def _open_row(state: dict[str, Any], refusal: Refusal | None) -> list[list[dict[str, Any]]]:
    typed = (refusal.attempt.words if refusal else None) or [""] * len(state["found"])
    cells: list[dict[str, Any]] = []
    index = 0
    for place, part in enumerate(state["shape"], start=1):
        cell = {**part, "place": place, "index": index}
        if "length" in part:
            hint = state["hint"] if state["hint"] and state["hint"]["index"] == index else None
            first = hint["letter"] if hint else ""
            cell |= {"found": state["found"][index], "hint": first}
            cell["tiles"] = [first] + [""] * (part["length"] - 1)
            # What was typed may be anything; the field only holds what a word here can have.
            cell["typed"] = typed[index][: part["length"]] if index < len(typed) else ""
            index += 1
        cells.append(cell)
    return _phrases(cells)


def _phrases(cells: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put given words together with the open word that they lead to."""
    phrases: list[list[dict[str, Any]]] = [[]]
    for cell in cells:
        phrases[-1].append(cell)
        if "length" in cell:
            phrases.append([])
    last = phrases.pop()
    phrases[-1] += last
    return phrases


def _missing(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The open words that the hint may be for."""
    places = [(place, part) for place, part in enumerate(state["shape"], 1) if "length" in part]
    return [
        {"index": index, "place": place, "length": part["length"]}
        for index, (place, part) in enumerate(places)
        if not state["found"][index]
    ]


def _refuse(request: HttpRequest, status: HTTPStatus, code: str, message: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": {"code": code, "message": message}}, status=status)
    context = {"heading": _("That did not work"), "text": message}
    return render(request, "message.html", context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json" or not request.accepts("text/html")

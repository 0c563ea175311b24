from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from game.editing import descriptions
from game.guarding import addresses
from game.models import Player, Puzzle
from game.pages import choices, forms
from game.pages.player import record
from game.pages.puzzle.boards import marked_row, missing, open_row
from game.pages.puzzle.proofs import proof_of
from game.pages.refusals import allow, refuse, wants_json
from game.players import identity, newcomers
from game.playing import archive, play, reveal, sources
from game.rules import boards, difficulty
from game.rules.scoring import sharing
from game.words import text

# What players call the levels of difficulty.
EASY, MEDIUM, HARD = gettext_lazy("easy"), gettext_lazy("medium"), gettext_lazy("hard")
DIFFICULTIES = {1: EASY, 2: EASY, 3: MEDIUM, 4: HARD, 5: HARD}
# An editor may approve today's puzzle at any moment.
LOOK_AGAIN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a try sent by the page's form was not taken, and what to show again."""

    status: HTTPStatus
    message: str
    attempt: forms.Attempt


@allow("GET", "HEAD")
@never_cache
def today(request: HttpRequest) -> HttpResponseBase:
    day = identity.today(request)
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
    day = identity.today(request)
    try:
        return _page(request, play.find(number, day), day)
    except play.NotPlayable as error:
        raise Http404(error.message) from error


@allow("POST")
@never_cache
def tries(request: HttpRequest, number: int) -> HttpResponseBase:
    try:
        found = play.find(number, identity.today(request))
        if request.content_type == "application/json":
            state = _take(request, found, forms.read_json(request))
            return JsonResponse(_in_colours(request, state))
        if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            return _take_form(request, found)
        raise forms.Malformed(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "wrong_type",
            _("A try is sent as JSON or as the page's form."),
        )
    except (forms.Malformed, play.PlayError) as error:
        return _told_to_wait(
            refuse(request, HTTPStatus(error.status), error.code, error.message), error
        )


@allow("POST")
@never_cache
def hint(request: HttpRequest, number: int) -> HttpResponseBase:
    day = identity.today(request)
    try:
        found = play.find(number, day)
        state = play.give_hint(identity.named(request), found, forms.read_hint(request))
    except (forms.Malformed, play.PlayError) as error:
        return refuse(request, HTTPStatus(error.status), error.code, error.message)
    return JsonResponse(_in_colours(request, state)) if wants_json(request) else _back(found, day)


def _take(request: HttpRequest, puzzle: Puzzle, attempt: forms.Attempt) -> dict[str, Any]:
    player = identity.ensure(request) if attempt.number == 1 else identity.named(request)
    source = sources.number(addresses.of(request), puzzle.pk)
    if attempt.number == 1 and not player.pk:
        with newcomers.admitted(addresses.counted_as(request)):
            return _take_from(player, puzzle, attempt, source)
    return _take_from(player, puzzle, attempt, source)


def _take_from(
    player: Player, puzzle: Puzzle, attempt: forms.Attempt, source: int | None
) -> dict[str, Any]:
    number, is_hard = attempt.number, attempt.is_hard
    if attempt.sentence is not None:
        return play.take_sentence(
            player, puzzle, number, attempt.sentence, is_hard=is_hard, source=source
        )
    return play.take_guess(player, puzzle, number, attempt.words, is_hard=is_hard, source=source)


def _told_to_wait(response: HttpResponse, error: Exception) -> HttpResponse:
    if isinstance(error, newcomers.TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _in_colours(request: HttpRequest, state: dict[str, Any]) -> dict[str, Any]:
    if "share" in state:
        state["share"] = sharing.in_palette(state["share"], choices.palette(request))
    return state


def _take_form(request: HttpRequest, puzzle: Puzzle) -> HttpResponse:
    """Without scripts, a refused try comes back with its page, its letters and the reason."""
    board = puzzle.board(forms.is_hard_wanted(request.POST))
    attempt = forms.read_form(request, len(boards.open_words(board)))
    day = identity.today(request)
    try:
        _take(request, puzzle, attempt)
    except (play.Finished, play.WrongTry, play.BadGuess, newcomers.TooMany) as error:
        refusal = Refusal(HTTPStatus(error.status), error.message, attempt)
        return _told_to_wait(_page(request, puzzle, day, refusal), error)
    return _back(puzzle, day)


def _back(puzzle: Puzzle, day: date) -> HttpResponse:
    if puzzle.play_on == day:
        return redirect("today")
    return redirect("puzzle", puzzle.number)


def _page(
    request: HttpRequest, puzzle: Puzzle, day: date, refusal: Refusal | None = None
) -> HttpResponse:
    is_hard = forms.is_hard_wanted(request.POST if refusal else request.GET)
    state = _in_colours(request, play.state(puzzle, identity.claimed(request), is_hard=is_hard))
    status = refusal.status if refusal else HTTPStatus.OK
    context = context_of(request, puzzle, day, state, refusal)
    return render(request, "puzzle.html", context, status=status)


def context_of(
    request: HttpRequest,
    puzzle: Puzzle,
    day: date,
    state: dict[str, Any],
    refusal: Refusal | None = None,
) -> dict[str, Any]:
    """What puzzle.html shows of a play in this state."""
    pictures = play.pictures(puzzle)
    proof = proof_of(puzzle, pictures)
    lengths = [cell["length"] for cell in state["shape"] if "length" in cell]
    used = len(state["tries"])
    return {
        "puzzle": puzzle,
        "day": day,
        "difficulty": DIFFICULTIES[puzzle.difficulty or difficulty.estimate(puzzle.prompt)],
        "is_today": puzzle.play_on == day,
        "is_archived": archive.is_over(puzzle),
        "site": settings.SITE_URL,
        "seal": proof.seal if proof else None,
        "gallery": [
            (picture, descriptions.told(picture, puzzle, is_finished=state["finished"]))
            for picture in pictures
        ],
        "state": state,
        "rows": [marked_row(state, one) for one in reversed(state["tries"])],
        "current": open_row(state, refusal.attempt.words if refusal else None),
        "sentence": (refusal.attempt.sentence if refusal else None) or "",
        "missing": missing(state),
        "longest": max(lengths),
        "letters": text.LETTERS,
        "has_digits": any(map(str.isdigit, puzzle.prompt)),
        "pips": ["used"] * used + ["now"] + ["left"] * (boards.TRIES - used - 1),
        "message": refusal.message if refusal else "",
        "reveal": reveal.of(puzzle) if state["finished"] else None,
        "mosaic": [[mark["square"] for mark in one["marks"]] for one in state["tries"]],
        **record.context(request, puzzle, state),
    }

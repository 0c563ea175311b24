from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from game.pages.refusals import allow
from game.players import identity
from game.playing import cards, play
from game.playing.cards import Kind
from game.rules import clock


@allow("GET", "HEAD")
def card(request: HttpRequest, number: int) -> HttpResponseBase:
    """For the sites that links are put on. They send no zone, so that a day counts once it has
    begun anywhere: who puts a link there may play its puzzle."""
    return _picture(number, clock.last_possible_day(timezone.now()), Kind.CARD)


@allow("GET", "HEAD")
def sheet(request: HttpRequest, number: int) -> HttpResponseBase:
    return _picture(number, identity.today(request), Kind.SHEET)


def _picture(number: int, day: date, kind: Kind) -> HttpResponseBase:
    try:
        puzzle = play.find(number, day)
    except play.NotPlayable as error:
        raise Http404(error.message) from error
    content = cards.read(kind, puzzle, play.pictures(puzzle))
    response = HttpResponse(content, content_type="image/jpeg")
    # Private for the same reason as the pictures on it.
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from game.pages.refusals import allow
from game.players import identity
from game.playing import cards, play
from game.playing.cards import Kind


@allow("GET", "HEAD")
def card(request: HttpRequest, number: int) -> HttpResponseBase:
    """For the sites that links are put on: they send no zone, and so have the site's day."""
    return _picture(request, number, Kind.CARD)


@allow("GET", "HEAD")
def sheet(request: HttpRequest, number: int) -> HttpResponseBase:
    return _picture(request, number, Kind.SHEET)


def _picture(request: HttpRequest, number: int, kind: Kind) -> HttpResponseBase:
    try:
        puzzle = play.find(number, identity.today(request))
    except play.NotPlayable as error:
        raise Http404(error.message) from error
    content = cards.read(kind, puzzle, play.pictures(puzzle))
    response = HttpResponse(content, content_type="image/jpeg")
    # Private for the same reason as the pictures on it.
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response

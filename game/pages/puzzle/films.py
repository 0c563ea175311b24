"""For those whose play of a puzzle has ended: how it was painted, and the film of it."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from game.models import Candidate, Play
from game.pages.puzzle import files
from game.pages.refusals import allow
from game.players import identity
from game.playing import play, reveal


@allow("GET", "HEAD")
@never_cache
def reveal_of(request: HttpRequest, number: int) -> HttpResponse:
    """The part of a page that its script fetches when a play ends before its eyes."""
    try:
        puzzle = play.find(number, identity.today(request))
    except play.NotPlayable as error:
        raise Http404(error.message) from error
    if not _finished(request).filter(puzzle=puzzle).exists():
        raise Http404
    context = {"puzzle": puzzle, "reveal": reveal.of(puzzle)}
    return render(request, "includes/reveal.html", context)


@allow("GET", "HEAD")
def film(request: HttpRequest, token: str) -> HttpResponseBase:
    return files.send(get_object_or_404(_filmed(request), token=token).film)


@allow("GET", "HEAD")
def still(request: HttpRequest, token: str) -> HttpResponseBase:
    """The picture that a film ends with: it need not be one of the six."""
    return files.send(get_object_or_404(_filmed(request), token=token).file)


def _filmed(request: HttpRequest) -> QuerySet[Candidate]:
    finished = _finished(request)
    return Candidate.objects.exclude(film="").filter(puzzle__in=finished.values("puzzle"))


def _finished(request: HttpRequest) -> QuerySet[Play]:
    player = identity.current(request)
    if player is None:
        return Play.objects.none()
    return Play.objects.filter(player__key=player.key, finished_at__isnull=False)

from collections.abc import Sequence

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from game.models import Candidate, Puzzle
from game.pages.refusals import allow
from game.players import identity
from game.playing import archive, play
from game.rules.proof import Proof


@allow("GET", "HEAD")
@never_cache
def proof(request: HttpRequest, number: int) -> HttpResponseBase:
    """What was sealed is told once nobody can be playing for the day; and then only on request to
    who may still want to play it from the archive."""
    try:
        puzzle = play.find(number, identity.today(request))
    except play.NotPlayable as error:
        raise Http404(error.message) from error
    pictures = play.pictures(puzzle)
    sealed = proof_of(puzzle, pictures)
    is_over = archive.is_over(puzzle)
    is_wanted = "show" in request.GET or archive.has_finished(identity.current(request), puzzle)
    is_told = is_over and is_wanted
    context = {
        "puzzle": puzzle,
        "over_at": archive.over_at(puzzle),
        "is_over": is_over,
        "seal": sealed.seal if sealed else None,
        "proof": sealed if is_told else None,
        "pictures": pictures if is_told else [],
    }
    return render(request, "proof.html", context)


def proof_of(puzzle: Puzzle, pictures: Sequence[Candidate]) -> Proof | None:
    """None when a picture's file was lost before its hash was taken, as can be with old ones."""
    digests = tuple(picture.sha256 for picture in pictures)
    return Proof(puzzle.salt, puzzle.prompt, digests) if all(digests) else None

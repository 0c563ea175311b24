import logging

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

from game import players
from game.models import Candidate, Puzzle
from game.views.refusals import allow

log = logging.getLogger(__name__)


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

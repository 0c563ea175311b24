import logging

from django.contrib import admin
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from game.editing import access
from game.models import Candidate, Puzzle
from game.pages.refusals import allow
from game.players import identity

log = logging.getLogger(__name__)


@allow("GET", "HEAD")
def picture(request: HttpRequest, token: str) -> HttpResponseBase:
    candidates = Candidate.objects.filter(
        token=token,
        position__isnull=False,
        puzzle__state=Puzzle.State.APPROVED,
        puzzle__play_on__lte=identity.today(request),
    )
    candidate = candidates.first()
    return send(candidate.file) if candidate else _preview(request, token)


def _preview(request: HttpRequest, token: str) -> HttpResponseBase:
    """Editors see what isn't due yet, on the page's preview, by all that the admin asks."""
    if not admin.site.has_permission(request):
        raise Http404
    candidate = get_object_or_404(Candidate.objects.select_related("puzzle"), token=token)
    if not access.may_see(request.user, candidate.puzzle):
        raise Http404
    response = send(candidate.file)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def send(file: FieldFile) -> HttpResponseBase:
    """The picture or film of a candidate, to someone who may see it."""
    try:
        content = file.open("rb")
    except OSError as error:
        raise unreadable(file, error) from None
    response = FileResponse(content, content_type="image/webp")
    # Private: a shared cache would hand a picture on to those whose day has not come.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def unreadable(file: FieldFile, error: OSError) -> Http404:
    """What to raise for a picture whose file is gone or damaged; the log says so."""
    log.error("The file of picture %s can't be read: %s", file.instance.pk, error)
    return Http404()

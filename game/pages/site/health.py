import logging
from http import HTTPStatus

from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from game.pages.refusals import allow

log = logging.getLogger(__name__)


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

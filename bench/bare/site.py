import json
import os

from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.bare.settings")
application = get_wsgi_application()

# Models can be had once Django is set up.
from game.models import Play, Puzzle, Try  # noqa: E402


def page(request: HttpRequest) -> HttpResponse:
    """One query, and a template that comes to about as many bytes as today's page."""
    puzzles = Puzzle.objects.all()[: int(request.GET["rows"])]
    return render(request, "bare.html", {"puzzles": puzzles})


def insert(request: HttpRequest) -> JsonResponse:
    """One row is locked and one inserted."""
    sent = json.loads(request.body)
    with transaction.atomic():
        play = Play.objects.select_for_update().get(pk=sent["play"])
        made = Try.objects.create(
            play=play, number=sent["try"], words=sent["words"], marks=[], score=0
        )
    return JsonResponse({"id": made.pk, "number": made.number})


urlpatterns = [path("page/", page), path("insert/", insert)]

"""What paints the pictures, and what the site is made of."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from game.drawing.candidates import CHOSEN
from game.drawing.painting import painter
from game.pages.refusals import allow


@allow("GET", "HEAD")
@never_cache
def about(request: HttpRequest) -> HttpResponseBase:
    context = {
        "painter": painter(settings.GENERATOR_MODEL),
        "chosen": CHOSEN,
        "source": settings.SOURCE_URL,
    }
    return render(request, "about.html", context)

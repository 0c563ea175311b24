from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from game.pages.refusals import allow
from game.players import identity
from game.playing import archive as past


@allow("GET", "HEAD")
@never_cache
def archive(request: HttpRequest) -> HttpResponseBase:
    day, player = identity.today(request), identity.current(request)
    is_unplayed = request.GET.get("show") == "unplayed"
    page = past.page(day, player, request.GET.get("page", ""), is_unplayed=is_unplayed)
    context = {
        "day": day,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "gap": page.paginator.ELLIPSIS,
        "standing": past.standing(day, player),
        "is_unplayed": is_unplayed,
    }
    return render(request, "archive.html", context)


@allow("GET", "HEAD")
@never_cache
def next_unplayed(request: HttpRequest) -> HttpResponseBase:
    number = past.next_unplayed(identity.today(request), identity.current(request))
    return redirect("archive") if number is None else redirect("puzzle", number)

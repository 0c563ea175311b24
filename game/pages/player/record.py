from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from game.guarding import addresses
from game.models import Play, Player, Puzzle
from game.pages.refusals import allow, refuse
from game.players import identity, moving, record
from game.playing import play
from game.rules import clock
from game.staff import wrong_codes


def context(request: HttpRequest, puzzle: Puzzle, state: dict[str, Any]) -> dict[str, Any]:
    """What a puzzle's page says of the player's record."""
    now, zone = timezone.now(), identity.zone(request)
    described = _record(request, identity.claimed(request)) | {
        "now": now,
        "rollover": clock.next_rollover(now, zone),
        "zone": zone,
    }
    if state["finished"]:
        solved_in = len(state["tries"]) if state["solved"] else None
        described["compared"] = record.compare(puzzle, solved_in)
    return described


@allow("GET", "HEAD")
@never_cache
def own(request: HttpRequest) -> HttpResponseBase:
    return _page(request)


@allow("GET", "HEAD")
@never_cache
def after(request: HttpRequest, number: int) -> HttpResponseBase:
    """The part of a finished puzzle's page that its script asks for after the last try."""
    try:
        puzzle = play.find(number, identity.today(request))
    except play.NotPlayable as error:
        raise Http404(error.message) from error
    state = play.state(puzzle, identity.claimed(request))
    if not state["finished"]:
        raise Http404
    return render(request, "includes/record.html", context(request, puzzle, state))


@allow("POST")
@never_cache
def code(request: HttpRequest) -> HttpResponseBase:
    player = identity.current(request)
    try:
        if player is None:
            raise moving.WrongCode
        text = moving.make_code(player)
    except moving.WrongCode:
        message = _("There is nothing to move yet: play a puzzle first.")
        return refuse(request, HTTPStatus.CONFLICT, "nobody", message)
    half = moving.LENGTH // 2
    minutes = moving.LIFETIME.total_seconds() // 60
    address = f"{settings.SITE_URL}{reverse('move')}"
    return _page(
        request, code=f"{text[:half]}-{text[half:]}", minutes=int(minutes), move_url=address
    )


@allow("GET", "HEAD", "POST")
@never_cache
def move(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return render(request, "record_move.html")
    address = addresses.counted_as(request)
    if wrong_codes.are_too_many(address):
        message = _("Too many wrong codes came from here. Wait ten minutes, then make a new one.")
        return _ask_again(request, HTTPStatus.TOO_MANY_REQUESTS, message)
    try:
        return _move(request, request.POST.get("code", ""))
    except moving.WrongCode:
        wrong_codes.count(address)
        message = _("This code is wrong, used, or older than ten minutes.")
        return _ask_again(request, HTTPStatus.UNPROCESSABLE_ENTITY, message)


def _move(request: HttpRequest, code: str) -> HttpResponse:
    own, owner = identity.current(request), moving.owner(code)
    if own == owner:
        message = _("This device has that record already. Enter the code on the other one.")
        return _ask_again(request, HTTPStatus.CONFLICT, message)
    if own is not None and "agreed" not in request.POST and own.plays.exists():
        return _ask_first(request, code, own, owner)
    identity.become(request, moving.move(code, own))
    messages.success(request, _("Your record is here now."))
    return redirect("record")


def _ask_first(request: HttpRequest, code: str, own: Player, owner: Player) -> HttpResponse:
    both = Play.objects.filter(player=owner).values("puzzle")
    asked = {
        "code": code,
        "here": own.plays.count(),
        "there": owner.plays.count(),
        "both": own.plays.filter(puzzle__in=both).count(),
    }
    return render(request, "record_merge.html", asked)


def _ask_again(request: HttpRequest, status: HTTPStatus, message: str) -> HttpResponse:
    asked = {"message": message, "code": request.POST.get("code", "")[:16]}
    return render(request, "record_move.html", asked, status=status)


def _page(request: HttpRequest, **made: object) -> HttpResponse:
    player = identity.current(request)
    described = _record(request, player) | {"is_known": player is not None}
    return render(request, "record.html", described | made)


def _record(request: HttpRequest, player: Player | None) -> dict[str, Any]:
    own = record.record(player, timezone.now(), identity.today(request))
    return {"record": own, "rescue": _rescue(request, own)}


def _rescue(request: HttpRequest, own: record.Record) -> dict[str, Any] | None:
    rescue = own.streaks.rescue
    if rescue is None:
        return None
    return asdict(rescue) | {
        "number": Puzzle(play_on=rescue.on).number,
        "until": clock.over_at(rescue.on),
        "zone": identity.zone(request),
    }

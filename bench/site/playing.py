"""Requests to the game and to the bare site, and the rows they need to have a meaning."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bench.site import filling
from bench.site.caller import request
from game.models import Candidate, Play, Player, Puzzle, WarmthTable
from game.players import identity
from game.playing import play
from game.rules import boards, warmth
from game.words import vocabulary

PROMPT = "a red fox riding a bicycle on the moon"
# For red, fox, riding, bicycle and moon: letters in place and out of it, warm and cold words.
GUESSES = (
    ["bed", "cat", "flying", "scooter", "lake"],
    ["rod", "dog", "rowing", "tractor", "room"],
    ["", "fog", "riding", "", "noon"],
    ["ten", "", "", "bicycle", "mood"],
    ["big", "owl", "", "", "sand"],
    ["old", "elk", "", "", "star"],
)
TOKEN = "t" * 32
PUZZLES, TRIES, HISTORY = 200, 10_000, 30
ROWS = 100


def first_day() -> date:
    return filling.first_day(PUZZLES)


def fill() -> Puzzle:
    """Months of puzzles and plays. Returns today's, with a table of warmth for each word."""
    filling.fill(PUZZLES, TRIES)
    today = Puzzle.objects.get(play_on=timezone.localdate())
    today.plays.all().delete()
    today.prompt = PROMPT
    today.save()
    Candidate.objects.filter(puzzle=today).update(sha256="0" * 64)
    values = bytes(number * 37 % 100 for number in range(len(vocabulary.words())))
    made_with = {"version": warmth.version().hex(), "model": settings.WARMTH_MODEL_SHA256}
    for word in boards.open_words(today.board()):
        WarmthTable.objects.create(word=word, table=warmth.Table(values).pack(), **made_with)
    return today


def page_in_play(today: Puzzle) -> bytes:
    """Of somebody who played every day of a month, after three tries."""
    player = Player.objects.create()
    now = timezone.now()
    Play.objects.bulk_create(
        Play(player=player, puzzle=each, is_solved=True, solved_in=3, finished_at=now)
        for each in Puzzle.objects.filter(
            play_on__lt=today.play_on, play_on__gte=timezone.localdate() - timedelta(days=HISTORY)
        )
    )
    for number, words in enumerate(GUESSES[:3], start=1):
        play.take_guess(player, today, number, words)
    return request("/", cookies=_cookies(player))


def first_page() -> bytes:
    return request("/")


def bare_page(rows: int) -> bytes:
    return request(f"/page/?rows={rows}", cookies={"csrftoken": TOKEN})


def rows_for(size: int, size_of: Callable[[bytes], int]) -> int:
    """How many rows make a bare page of this size."""
    empty, full = size_of(bare_page(0)), size_of(bare_page(ROWS))
    return round((size - empty) * ROWS / (full - empty))


def tries(today: Puzzle) -> Iterator[bytes]:
    """Six of each player, none of which solves the puzzle."""
    while True:
        cookies = _cookies(Player.objects.create())
        for number, words in enumerate(GUESSES, start=1):
            body = json.dumps({"try": number, "words": words}).encode()
            yield request(f"/puzzle/{today.number}/tries/", body, cookies)


def bare_inserts(today: Puzzle) -> Iterator[bytes]:
    """Into as many plays, as many each."""
    while True:
        made = Play.objects.create(player=Player.objects.create(), puzzle=today)
        for number, words in enumerate(GUESSES, start=1):
            body = json.dumps({"play": made.pk, "try": number, "words": words}).encode()
            yield request("/insert/", body, {"csrftoken": TOKEN})


def requests_of(requests: Iterator[bytes]) -> Callable[[int, int], list[list[bytes]]]:
    """Share them out: so many in a row for each of so many connections."""
    return lambda each, connections: [list(islice(requests, each)) for _ in range(connections)]


def _cookies(player: Player) -> dict[str, str]:
    asked, answer = HttpRequest(), HttpResponse()
    identity.become(asked, player)
    identity.remember(asked, answer)
    return {identity.COOKIE: answer.cookies[identity.COOKIE].value, "csrftoken": TOKEN}

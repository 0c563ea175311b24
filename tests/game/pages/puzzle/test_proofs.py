"""The seal on a puzzle's page, and the page that opens it."""

import hashlib
import html
import re
import shlex
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.editing import review
from game.models import Candidate, Puzzle
from game.playing import play
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.pages.visits import noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def past(puzzle: Puzzle) -> Puzzle:
    """At noon of day three, in UTC, days one and two are over for everyone."""
    return factories.make_puzzle(1, "the cat’s 'naïve' café on the $moon")


def seal_in(page: Any) -> str:
    [seal] = re.findall(r'<code class="seal-digits">([0-9a-f]{64})</code>', page.content.decode())
    return str(seal)


def text_of(page: Any) -> str:
    return html.unescape(page.content.decode())


def move_on(monkeypatch: pytest.MonkeyPatch, **passed: int) -> None:
    now = timezone.now() + timedelta(**passed)
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_it_shows_the_same_seal_from_the_first_moment_to_the_last(
    client: Client, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_on(monkeypatch, hours=-25)
    client.cookies["sixpix_tz"] = "Pacific/Kiritimati"
    first = seal_in(client.get("/"))
    lines = [puzzle.salt, puzzle.prompt]
    for picture in play.pictures(puzzle):
        lines.append(hashlib.sha256(Path(picture.file.path).read_bytes()).hexdigest())
    sealed = "".join(f"{line}\n" for line in lines).encode()
    assert first == hashlib.sha256(sealed).hexdigest()
    del client.cookies["sixpix_tz"]
    move_on(monkeypatch, hours=25)
    send(client, {"try": 1, "words": ANSWERS})
    assert seal_in(client.get("/")) == first
    move_on(monkeypatch, days=40)
    assert seal_in(client.get("/puzzle/3/")) == seal_in(client.get("/puzzle/3/proof/")) == first


def test_it_keeps_the_seal_when_a_picture_file_is_lost(client: Client, puzzle: Puzzle) -> None:
    seal = seal_in(client.get("/"))
    Path(play.pictures(puzzle)[2].file.path).unlink()
    assert seal_in(client.get("/")) == seal


def test_it_refuses_editors_what_would_break_a_seal_that_was_seen(
    client: Client,
) -> None:
    puzzle = factories.make_puzzle(3, "a fox riding a bicycle on the moon")
    seal = seal_in(client.get("/"))
    others = list(puzzle.candidates.order_by("-rank").values_list("pk", flat=True)[:6])
    with pytest.raises(review.NotNow):
        review.choose(puzzle, others)
    with pytest.raises(review.NotNow):
        review.rewrite(puzzle, "a dog")
    with pytest.raises(review.NotNow):
        review.redraw(puzzle)
    assert seal_in(client.get("/")) == seal


@pytest.mark.parametrize("query", ["", "?show"])
def test_it_opens_no_seal_before_the_day_is_over_everywhere(
    client: Client, puzzle: Puzzle, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, {"try": 1, "words": ANSWERS})
    # One second short of noon of the day after, UTC, when it ends at UTC−12.
    move_on(monkeypatch, hours=24, seconds=-1)
    page = client.get(f"/puzzle/3/proof/{query}")
    assert page.status_code == 200
    digests = Candidate.objects.values_list("sha256", flat=True)
    secrets = [puzzle.salt, puzzle.prompt, *digests]
    assert [secret for secret in secrets if secret in text_of(page)] == []
    assert "4 November 2026 at 12:00 UTC" in text_of(page)
    move_on(monkeypatch, seconds=1)
    page = client.get(f"/puzzle/3/proof/{query}")
    assert puzzle.salt in text_of(page)
    assert puzzle.prompt in text_of(page)


def test_it_asks_before_it_tells_the_prompt_when_the_play_is_not_over(
    client: Client, past: Puzzle
) -> None:
    def is_told() -> bool:
        return past.salt in text_of(client.get("/puzzle/1/proof/"))

    assert not is_told()
    others = [""] * (len(play.state(past, None)["found"]) - 1)
    for number in range(1, 6):
        words = [*others, str(number) * 4]
        send(client, {"try": number, "words": words}, "/puzzle/1/tries/")
    page = client.get("/puzzle/1/proof/")
    assert "naïve" not in text_of(page)
    assert past.salt not in text_of(page)
    assert 'href="?show"' in page.content.decode()
    send(client, {"try": 6, "words": [*others, "6666"]}, "/puzzle/1/tries/")
    assert is_told()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="There is no sha256sum to test with.")
def test_it_is_verified_by_what_the_page_says(client: Client, past: Puzzle) -> None:
    page = client.get("/puzzle/1/proof/?show")
    commands = re.findall(r'<pre class="command"><code>(.*?)</code></pre>', page.content.decode())
    assert len(commands) == 2
    for command in commands:
        pasted = html.unescape(command)
        printed = subprocess.run(["/bin/sh", "-c", pasted], capture_output=True, check=True).stdout
        assert printed.decode().split()[0] == seal_in(page) == seal_in(client.get("/puzzle/1/"))
    # What it says of the pictures is true of the files that anyone can fetch.
    shown = shlex.split(html.unescape(commands[0]))[4:10]
    links = re.findall(r'<li><a href="(/pictures/[^"]+)">', page.content.decode())
    fetched = [b"".join(client.get(link)) for link in links]
    assert [hashlib.sha256(content).hexdigest() for content in fetched] == shown


def test_it_says_so_when_a_puzzle_has_no_seal(client: Client, past: Puzzle) -> None:
    past.candidates.filter(position=2).update(sha256="")
    assert "has no seal" in text_of(client.get("/puzzle/1/proof/?show"))
    page = client.get("/puzzle/1/")
    assert page.status_code == 200
    assert "seal-digits" not in page.content.decode()


def test_it_hides_the_proof_of_what_is_to_come(client: Client, puzzle: Puzzle) -> None:
    factories.make_puzzle(4)
    assert client.get("/puzzle/4/proof/?show").status_code == 404
    assert client.get("/puzzle/99/proof/").status_code == 404


def test_it_asks_no_more_queries_for_the_seal(
    client: Client, puzzle: Puzzle, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    send(client, {"try": 1, "words": WRONG})
    with django_assert_max_num_queries(4):
        seal_in(client.get("/"))

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.models import Candidate, Play, Player, Puzzle, Try
from tests import factories
from tests.factories import ANSWERS, WRONG

pytestmark = pytest.mark.django_db

TRIES = "/puzzle/3/tries/"


@pytest.fixture(autouse=True)
def _noon_of_day_three(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.combine(factories.day(3), datetime.min.time(), UTC).replace(hour=12)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(3)


def rows() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Player, Play, Try)]


def send(client: Client, data: Any, url: str = TRIES, **headers: str) -> Any:
    body = data if isinstance(data, str | bytes) else json.dumps(data)
    return client.post(url, body, content_type="application/json", headers=headers or None)


def send_form(client: Client, number: object, words: list[str], url: str = TRIES) -> Any:
    fields = {f"word-{i}": word for i, word in enumerate(words)}
    return client.post(url, {"try": str(number)} | fields)


def error_of(response: Any) -> tuple[int, str]:
    error = response.json()["error"]
    assert set(error) == {"code", "message"}
    assert len(error["message"]) > 5
    return response.status_code, error["code"]


def pictures_in(page: Any) -> list[str]:
    return re.findall(r'<img class="picture" src="([^"]+)"', page.content.decode())


# Pages


def test_it_shows_six_pictures_in_their_order_when_today_has_a_puzzle(
    client: Client, puzzle: Puzzle
) -> None:
    page = client.get("/")
    assert page.status_code == 200
    chosen = puzzle.candidates.filter(position__isnull=False).order_by("position")
    assert pictures_in(page) == [f"/pictures/{one.token}.webp" for one in chosen]
    assert [f"Picture {n} of 6" in page.content.decode() for n in range(1, 8)] == [True] * 6 + [
        False
    ]
    assert "no-store" in page.headers["Cache-Control"]
    assert "private" in page.headers["Cache-Control"]
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "camera=()" in page.headers["Permissions-Policy"]


def test_it_keeps_to_the_content_security_policy_when_it_writes_a_page(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(2)
    for url in ("/", "/puzzle/2/", "/puzzle/99/"):
        html = client.get(url).content.decode()
        assert not re.search(r"\son\w+=|\sstyle=|<style", html)
        for script in re.findall(r"<script[^>]*>", html):
            assert 'type="application/json"' in script or 'src="/static/' in script


def test_it_apologises_when_today_has_no_puzzle(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "not ready yet" in page.content.decode()


def test_it_asks_few_queries_when_a_player_comes_back(
    client: Client, puzzle: Puzzle, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    send(client, {"try": 1, "words": WRONG})
    with django_assert_max_num_queries(4):
        assert client.get("/").status_code == 200
    with django_assert_max_num_queries(8):
        assert send(client, {"try": 2, "words": WRONG}).status_code == 200


def test_it_shows_a_past_puzzle_when_asked_by_number(client: Client, puzzle: Puzzle) -> None:
    past = factories.make_puzzle(1)
    page = client.get("/puzzle/1/")
    assert page.status_code == 200
    assert pictures_in(page) != pictures_in(client.get("/"))
    assert f"/puzzle/{past.number}/tries/" in page.content.decode()


def test_it_answers_alike_when_a_puzzle_is_unknown_or_not_due(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(4)
    factories.make_puzzle(2, state=Puzzle.State.REVIEW)
    pages = [client.get(f"/puzzle/{number}/") for number in ("4", "2", "99", "0", "9" * 30)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_it_follows_the_players_own_day_when_the_zone_is_known(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(4)
    assert 'data-day="2026-11-24"' in client.get("/").content.decode()
    client.cookies["sixpix_tz"] = "Pacific/Kiritimati"
    assert 'data-day="2026-11-25"' in client.get("/").content.decode()
    assert client.get("/puzzle/4/").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("url", ["/", "/puzzle/3/", "/healthz", f"/pictures/{'0' * 32}.webp"])
def test_it_names_the_methods_when_the_method_is_wrong(
    client: Client, method: str, url: str
) -> None:
    response = getattr(client, method)(url)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "only answers to GET, HEAD" in response.content.decode()


def test_it_names_the_method_when_tries_are_read(client: Client, puzzle: Puzzle) -> None:
    response = client.get(TRIES, headers={"Accept": "application/json"})
    assert error_of(response) == (405, "wrong_method")
    assert response.headers["Allow"] == "POST"


# Tries


def test_it_answers_with_the_new_state_when_a_try_is_json(client: Client, puzzle: Puzzle) -> None:
    response = send(client, {"try": 1, "words": ["", "fox", "", "dog"]})
    assert response.status_code == 200
    state = response.json()
    assert state["next_try"] == 2
    assert state["found"] == [None, "fox", None, None]
    assert "no-store" in response.headers["Cache-Control"]
    assert client.cookies["sixpix_player"]["httponly"]


def test_it_embeds_the_same_state_when_the_page_is_loaded_again(
    client: Client, puzzle: Puzzle
) -> None:
    state = send(client, {"try": 1, "words": ["", "fox", "", "dog"]}).json()
    html = client.get("/").content.decode()
    embedded = re.search(r'<script id="state" type="application/json">(.*?)</script>', html)
    assert embedded is not None
    assert json.loads(embedded[1]) == state


def test_it_goes_back_to_the_page_when_a_try_is_a_form(client: Client, puzzle: Puzzle) -> None:
    factories.make_puzzle(1)
    response = send_form(client, 1, WRONG)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    response = send_form(client, 1, WRONG, "/puzzle/1/tries/")
    assert (response.status_code, response.headers["Location"]) == (302, "/puzzle/1/")
    html = client.get("/").content.decode()
    assert "Try 2 of 6" in html
    assert re.findall(r'<span class="tile is-(\w+)">', html) == ["absent"] * 3


def test_it_shows_prompt_and_share_text_when_the_form_solves_it(
    client: Client, puzzle: Puzzle
) -> None:
    send_form(client, 1, ["", "fox", "", "dog"])
    html = client.get("/").content.decode()
    assert 'name="word-1"' not in html
    assert factories.PROMPT not in html
    send_form(client, 2, ["red", "", "big", "cat"])
    html = client.get("/").content.decode()
    assert f'<blockquote data-end="prompt">{factories.PROMPT}</blockquote>' in html
    assert "Solved on try 2 of 6" in html
    assert "Sixpix #3 2/6" in html


TOO_LONG = "x" * 10_000
BAD_WORDS: dict[str, Any] = {
    "wrong lengths": ["re", "foxes", "", ""],
    "empty": ["", "", "", ""],
    "10,000 characters": [TOO_LONG[:9_000], "", "", ""],
    "emoji": ["🦊🦊🦊", "", "", ""],
    "control characters": ["r\x00d", "\x1b[0", "", "\u202e\u0007"],
    "markup": ["<b>", "", "", "'--"],
    "too few": ["red"],
    "too many": ["red"] * 40,
    "no list": "red",
    "no strings": [1, None, {}, []],
    "nothing": None,
}


@pytest.mark.parametrize("words", BAD_WORDS.values(), ids=BAD_WORDS.keys())
def test_it_refuses_and_changes_nothing_when_words_are_bad(
    client: Client, puzzle: Puzzle, words: Any
) -> None:
    assert error_of(send(client, {"try": 1, "words": words})) == (422, "bad_guess")
    assert "sixpix_player" not in client.cookies
    send(client, {"try": 1, "words": WRONG})
    before = rows()
    assert error_of(send(client, {"try": 2, "words": words})) == (422, "bad_guess")
    assert rows() == before


BAD_BODIES = {
    "no JSON": "try=1",
    "half of it": '{"try": 1, "words": [',
    "deep": "[" * 9_000,
    "no UTF-8": b'{"try": 1, "words": ["\xff\xfe"]}',
    "blank": " ",
    "a list": "[1, 2]",
    "no number": '{"words": []}',
    "a text number": '{"try": "1", "words": []}',
    "true": '{"try": true, "words": []}',
    "a huge number": '{"try": ' + "9" * 5_000 + "}",
    "infinite": '{"try": 1e999, "words": []}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_it_refuses_when_a_body_is_no_try(
    client: Client, puzzle: Puzzle, body: str | bytes
) -> None:
    status, _ = error_of(send(client, body))
    assert status == 400
    assert rows() == [[], [], []]


@pytest.mark.parametrize("number", [0, -1, 2, 7, 10**12])
def test_it_refuses_when_the_try_is_not_the_next(
    client: Client, puzzle: Puzzle, number: int
) -> None:
    assert error_of(send(client, {"try": number, "words": WRONG})) == (409, "wrong_try")
    assert rows() == [[], [], []]


def test_it_refuses_a_body_when_it_is_too_large(client: Client, puzzle: Puzzle) -> None:
    body = {"try": 1, "words": [TOO_LONG, "", "", ""]}
    assert error_of(send(client, body)) == (413, "too_large")
    response = send_form(client, 1, [TOO_LONG, "", "", ""])
    assert response.status_code == 413
    assert "far too long" in response.content.decode()


def test_it_refuses_a_body_when_its_type_is_unknown(client: Client, puzzle: Puzzle) -> None:
    response = client.post(TRIES, "<try/>", content_type="text/xml")
    assert response.status_code == 415
    assert "JSON or as the page" in response.content.decode()


def test_it_refuses_a_seventh_try(client: Client, puzzle: Puzzle) -> None:
    for number in range(1, 7):
        assert send(client, {"try": number, "words": WRONG}).status_code == 200
    before = rows()
    assert error_of(send(client, {"try": 7, "words": WRONG})) == (409, "finished")
    page = send_form(client, 7, WRONG)
    assert page.status_code == 409
    assert "This puzzle is finished." in page.content.decode()
    assert rows() == before


def test_it_refuses_when_the_puzzle_is_solved(client: Client, puzzle: Puzzle) -> None:
    send(client, {"try": 1, "words": ANSWERS})
    before = rows()
    assert error_of(send(client, {"try": 2, "words": ANSWERS})) == (409, "finished")
    assert rows() == before


@pytest.mark.parametrize("number", ["4", "99", "0", "9" * 30])
def test_it_refuses_when_the_puzzle_is_unknown_or_not_due(
    client: Client, puzzle: Puzzle, number: str
) -> None:
    factories.make_puzzle(4)
    url = f"/puzzle/{number}/tries/"
    assert error_of(send(client, {"try": 1, "words": ANSWERS}, url)) == (404, "not_playable")
    assert send_form(client, 1, ANSWERS, url).status_code == 404
    assert rows() == [[], [], []]


def test_it_records_a_try_once_when_it_is_sent_twice(client: Client, puzzle: Puzzle) -> None:
    first = send(client, {"try": 1, "words": WRONG})
    assert send(client, {"try": 1, "words": WRONG}).json() == first.json()
    assert Try.objects.count() == 1
    other = send(client, {"try": 1, "words": ["red", "", "", ""]})
    assert error_of(other) == (409, "wrong_try")


def test_it_keeps_what_was_typed_when_a_form_is_refused(client: Client, puzzle: Puzzle) -> None:
    page = send_form(client, 1, ["red", "fo", '"><', ""])
    html = page.content.decode()
    assert page.status_code == 422
    assert re.findall(r'name="word-\d" value="([^"]*)"', html) == [
        "red",
        "fo",
        "&quot;&gt;&lt;",
        "",
    ]
    message = re.search(r'id="message"[^>]*>([^<]+)<', html)
    assert message is not None
    assert "2" in message[1]
    assert rows() == [[], [], []]


def test_it_refuses_a_form_when_its_number_is_missing(client: Client, puzzle: Puzzle) -> None:
    for number in ("", "one", "1.5", "9" * 5_000):
        page = send_form(client, number, WRONG)
        assert page.status_code == 400
        assert "without the number" in page.content.decode()


def test_it_starts_afresh_when_the_player_cookie_is_forged(client: Client, puzzle: Puzzle) -> None:
    send(client, {"try": 1, "words": WRONG})
    real = client.cookies["sixpix_player"].value
    for forged in (real[:-1] + ("A" if real[-1] != "A" else "B"), "x:y:z", "\x00", "é" * 99, ""):
        stranger = Client()
        stranger.cookies["sixpix_player"] = forged
        assert "Try 1 of 6" in stranger.get("/").content.decode()
    stranger = Client()
    stranger.cookies["sixpix_player"] = real[:-1] + ("A" if real[-1] != "A" else "B")
    assert send(stranger, {"try": 1, "words": ["red", "", "", ""]}).status_code == 200
    assert sorted(Player.objects.values_list("plays__tries__words", flat=True)) == [
        WRONG,
        ["red", "", "", ""],
    ]


@pytest.fixture
def strict_client() -> Client:
    return Client(enforce_csrf_checks=True)


def test_it_refuses_when_the_csrf_token_is_missing(strict_client: Client, puzzle: Puzzle) -> None:
    page = send_form(strict_client, 1, WRONG)
    assert page.status_code == 403
    assert "This page has grown old" in page.content.decode()
    assert error_of(send(strict_client, {"try": 1, "words": WRONG})) == (403, "forbidden")
    assert rows() == [[], [], []]


def test_it_takes_a_try_when_the_csrf_token_comes_from_the_page(
    strict_client: Client, puzzle: Puzzle
) -> None:
    html = strict_client.get("/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    headers = {"X-CSRFToken": token[1]}
    response = send(strict_client, {"try": 1, "words": WRONG}, **headers)
    assert response.status_code == 200


# Pictures


def get_picture(client: Client, candidate: Candidate) -> Any:
    return client.get(f"/pictures/{candidate.token}.webp")


def test_it_serves_a_picture_when_its_day_has_come(client: Client, puzzle: Puzzle) -> None:
    candidate = puzzle.candidates.get(position=1)
    response = get_picture(client, candidate)
    assert response.status_code == 200
    assert b"".join(response) == Path(candidate.file.path).read_bytes()
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_it_hides_a_picture_when_it_is_not_for_players(client: Client, puzzle: Puzzle) -> None:
    hidden = [
        puzzle.candidates.get(rank=7),
        factories.make_puzzle(4).candidates.get(position=1),
        factories.make_puzzle(2, state=Puzzle.State.REVIEW).candidates.get(position=1),
        factories.make_puzzle(None).candidates.get(position=1),
    ]
    pages = [get_picture(client, candidate) for candidate in hidden]
    pages.append(client.get(f"/pictures/{'0' * 32}.webp"))
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_it_says_not_found_when_the_file_of_a_picture_is_gone(
    client: Client, puzzle: Puzzle, caplog: pytest.LogCaptureFixture
) -> None:
    candidate = puzzle.candidates.get(position=1)
    Path(candidate.file.path).unlink()
    assert get_picture(client, candidate).status_code == 404
    assert f"picture {candidate.pk}" in caplog.text


# Health


def test_it_is_healthy_when_the_database_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_not_healthy_when_the_database_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Iterator[None]:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert client.get("/healthz").status_code == 503


def test_it_shows_its_own_page_when_the_server_breaks(
    puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("game.play.live", explode)
    page = Client(raise_request_exception=False).get("/")
    assert page.status_code == 500
    assert "The fault is ours" in page.content.decode()
    assert "secret detail" not in page.content.decode()
    assert not settings.DEBUG

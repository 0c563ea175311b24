"""Tries that a browser sends, as JSON or as the page's form."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from game.models import Player, Puzzle, Try
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.pages.visits import TRIES, error_of, noon_of_day_three, puzzle, send, send_form
from tests.game.rules.warmths import store_table

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


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
    tries = html[html.index('id="tries"') :]
    assert re.findall(r'<span class="tile is-(\w+)">', tries) == ["absent"] * 3


def test_it_shows_prompt_and_share_text_when_the_form_solves_it(
    client: Client, puzzle: Puzzle
) -> None:
    send_form(client, 1, ["", "fox", "", "dog"])
    html = client.get("/").content.decode()
    assert 'name="word-1"' not in html
    assert factories.PROMPT not in html
    send_form(client, 2, ["red", "", "big", "cat"])
    html = client.get("/").content.decode()
    assert (
        f'<blockquote lang="en" translate="no" data-end="prompt">{factories.PROMPT}</blockquote>'
        in html
    )
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
    before = factories.playing_rows()
    assert error_of(send(client, {"try": 2, "words": words})) == (422, "bad_guess")
    assert factories.playing_rows() == before


def test_it_takes_a_sentence_as_json_or_as_a_form(client: Client, puzzle: Puzzle) -> None:
    state = send(client, {"try": 1, "sentence": "a red fox and a cat"}).json()
    assert state["tries"][0]["words"] == ["red", "fox", "", "cat"]
    response = client.post(TRIES, {"try": "2", "sentence": "big"})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    html = client.get("/").content.decode()
    assert (
        f'<blockquote lang="en" translate="no" data-end="prompt">{factories.PROMPT}</blockquote>'
        in html
    )
    assert "“a red fox and a cat”" in html


def test_it_keeps_the_sentence_when_a_form_is_refused(client: Client, puzzle: Puzzle) -> None:
    page = client.post(TRIES, {"try": "1", "sentence": "on the <b>"})
    assert page.status_code == 422
    assert 'name="sentence" value="on the &lt;b&gt;"' in page.content.decode()
    assert error_of(send(client, {"try": 1, "sentence": ["fox"]})) == (422, "bad_guess")
    assert factories.playing_rows() == [[], [], []]


def test_it_shows_warmth_and_reasons_on_the_page(client: Client, puzzle: Puzzle) -> None:
    store_table("fox", dog=71)
    state = send(client, {"try": 1, "sentence": "reds dog"}).json()
    [one] = state["tries"]
    html = client.get("/").content.decode()
    assert one["notes"] == ["reds: Same word, singular or plural: counts as “red”."]
    assert one["summary"] in html
    assert one["notes"][0] in html
    assert re.search(r'71</span><meter class="warmth"[^>]* value="71">', html)


def test_it_plays_in_hard_mode_when_it_is_chosen_before_the_first_try(
    client: Client, puzzle: Puzzle
) -> None:
    assert 'href="/?mode=hard"' in client.get("/").content.decode()
    html = client.get("/?mode=hard").content.decode()
    assert html.count('name="word-') == 7
    refused = client.post(TRIES, {"try": "1", "mode": "hard", "word-6": "x"})
    assert refused.content.decode().count('name="word-') == 7
    client.post(TRIES, {"try": "1", "mode": "hard", "word-6": "cat"})
    html = client.get("/").content.decode()
    assert "hard mode" in html
    assert "?mode=" not in html
    assert html.count('name="word-') == 6
    state = send(client, {"try": 2, "words": ["a", "red", "fox", "and", "a", "big", ""]}).json()
    assert (state["hard"], state["solved"]) == (True, True)


def test_it_shows_one_first_letter_when_asked(client: Client, puzzle: Puzzle) -> None:
    hint = "/puzzle/3/hint/"
    assert client.post(hint, {"word": "1"}).status_code == 409
    send(client, {"try": 1, "words": WRONG})
    for wrong in ("", "x", "-1", "9" * 50):
        assert client.post(hint, {"word": wrong}).status_code == 400
    response = client.post(hint, {"word": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    html = client.get("/").content.decode()
    assert "letter 1 is f" in html
    assert "One hint" not in html
    assert client.post("/puzzle/4/hint/", {"word": "1"}).status_code == 404
    assert client.get(hint).status_code == 405


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
    assert factories.playing_rows() == [[], [], []]


@pytest.mark.parametrize("number", [0, -1, 2, 7, 10**12])
def test_it_refuses_when_the_try_is_not_the_next(
    client: Client, puzzle: Puzzle, number: int
) -> None:
    assert error_of(send(client, {"try": number, "words": WRONG})) == (409, "wrong_try")
    assert factories.playing_rows() == [[], [], []]


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
    for number, words in enumerate(factories.WRONGS, start=1):
        assert send(client, {"try": number, "words": words}).status_code == 200
    before = factories.playing_rows()
    assert error_of(send(client, {"try": 7, "words": WRONG})) == (409, "finished")
    page = send_form(client, 7, WRONG)
    assert page.status_code == 409
    assert "This puzzle is finished." in page.content.decode()
    assert factories.playing_rows() == before


def test_it_refuses_when_the_puzzle_is_solved(client: Client, puzzle: Puzzle) -> None:
    send(client, {"try": 1, "words": ANSWERS})
    before = factories.playing_rows()
    assert error_of(send(client, {"try": 2, "words": ANSWERS})) == (409, "finished")
    assert factories.playing_rows() == before


@pytest.mark.parametrize("number", ["4", "99", "0", "9" * 30])
def test_it_refuses_when_the_puzzle_is_unknown_or_not_due(
    client: Client, puzzle: Puzzle, number: str
) -> None:
    factories.make_puzzle(4)
    url = f"/puzzle/{number}/tries/"
    assert error_of(send(client, {"try": 1, "words": ANSWERS}, url)) == (404, "not_playable")
    assert send_form(client, 1, ANSWERS, url).status_code == 404
    assert factories.playing_rows() == [[], [], []]


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
    assert factories.playing_rows() == [[], [], []]


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


@pytest.mark.parametrize(
    ("has_cookie", "headers", "heading", "code"),
    [
        (True, {}, "This page has grown old", "forbidden"),
        (False, {}, "Your browser keeps nothing", "no_cookie"),
        (True, {"Origin": "null"}, "It came from elsewhere", "no_origin"),
        (True, {"Origin": "https://elsewhere.example"}, "It came from elsewhere", "no_origin"),
    ],
)
def test_it_says_why_it_trusts_no_try(
    strict_client: Client,
    puzzle: Puzzle,
    has_cookie: bool,
    headers: dict[str, str],
    heading: str,
    code: str,
) -> None:
    if has_cookie:
        strict_client.get("/")
    page = strict_client.post(TRIES, {"try": "1", "word-0": "x"}, headers=headers)
    assert page.status_code == 403
    assert heading in page.content.decode()
    assert error_of(send(strict_client, {"try": 1, "words": WRONG}, **headers)) == (403, code)
    assert factories.playing_rows() == [[], [], []]


def test_it_takes_a_try_when_the_csrf_token_comes_from_the_page(
    strict_client: Client, puzzle: Puzzle
) -> None:
    html = strict_client.get("/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    headers = {"X-CSRFToken": token[1]}
    response = send(strict_client, {"try": 1, "words": WRONG}, **headers)
    assert response.status_code == 200

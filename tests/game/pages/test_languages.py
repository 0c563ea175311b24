"""The site in German: a whole play, refusals, dates, the app, the admin; and English as it was."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from game.models import Puzzle
from tests import factories
from tests.game.pages.visits import TRIES, noon_of_day_three, puzzle, send
from tests.game.rules.warmths import store_table

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db

PLAN = "/admin/game/puzzle/plan/"
PAGES = ["/", "/archive/", "/record/", "/choices/", "/about/", "/privacy/", "/offline/", "/nowhere"]


@pytest.fixture
def german() -> Iterator[Client]:
    # A request leaves its language to its thread, and tests have one thread.
    with translation.override("en"):
        yield Client(headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})


def page(client: Client, url: str = "/") -> str:
    return client.get(url).content.decode()


def test_it_plays_in_german_when_the_browser_asks_for_it(german: Client, puzzle: Puzzle) -> None:
    store_table("fox", dog=71)
    assert '<html lang="de"' in page(german)
    assert "Versuch 1 von 6" in page(german)
    assert "Der ganze Satz, auf Englisch" in page(german)
    first = send(german, {"try": 1, "words": ["", "dog", "", "fox"]}).json()["tries"][0]
    why = [mark["why"] for mark in first["marks"]]
    assert why == [
        "Leer gelassen.",
        "Anderes Wort, Wärme 71 von 100.",
        "Leer gelassen.",
        "Richtiges Wort, falsche Stelle.",
    ]
    assert [mark["label"] for mark in first["marks"]] == ["", "71", "", "⇄ anderswo"]
    assert first["summary"].startswith("Versuch 1: ")
    sentence = send(german, {"try": 2, "sentence": "a red foxes and a big dog"}).json()["tries"][1]
    assert sentence["notes"] == ["foxes: Dasselbe Wort in Einzahl oder Mehrzahl: zählt als „fox“."]
    german.post("/puzzle/3/hint/", {"word": "3"})
    state = send(german, {"try": 3, "words": ["", "", "", "cat"]}).json()
    assert state["solved"]
    assert "Sixpix #3 3/6 · 1 Tipp" in state["share"]
    assert "In 3 Versuchen gelöst." in state["share"]
    assert "Im 3. von 6 Versuchen gelöst" in page(german)


def test_it_plays_in_english_when_the_browser_asks_for_neither(
    client: Client, puzzle: Puzzle
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr,it;q=0.5"
    assert '<html lang="en"' in page(client)
    answer = send(client, {"try": 1, "words": ["red", "fox", "big", "cat"]}).json()
    assert [mark["why"] for mark in answer["tries"][0]["marks"]] == ["Right."] * 4
    assert "Solved in 1 try." in answer["share"]


def test_it_follows_what_was_chosen_before_the_browser(german: Client, puzzle: Puzzle) -> None:
    assert 'value="de"' in page(german, "/choices/")
    german.post("/choices/", {"language": "en"})
    assert "Try 1 of 6" in page(german)
    german.post("/choices/", {"language": "system"})
    assert "Versuch 1 von 6" in page(german)


@pytest.mark.parametrize("url", PAGES)
def test_it_marks_pages_with_their_language_and_keeps_caches_apart(
    german: Client, puzzle: Puzzle, url: str
) -> None:
    answer = german.get(url)
    assert '<html lang="de"' in answer.content.decode()
    assert answer.headers["Content-Language"] == "de"
    assert "Accept-Language" in answer.headers["Vary"]


def test_it_explains_refusals_in_german(german: Client, puzzle: Puzzle) -> None:
    def message(data: Any) -> str:
        told: str = send(german, data).json()["error"]["message"]
        return told

    assert message("{") == "Das ist kein JSON."
    assert message({"try": 1, "words": [""] * 4}) == "Fülle mindestens ein Wort aus."
    assert message({"try": 1, "words": ["re", "", "", ""]}) == (
        "Wort 2 hat die falsche Länge: nötig sind 3 Buchstaben, da sind 2."
    )
    wrong = json.loads(german.get(TRIES, headers={"accept": "application/json"}).content)
    assert wrong["error"]["message"] == "Diese Adresse antwortet nur auf POST."


def test_it_writes_days_and_plurals_in_the_way_of_the_language(
    german: Client, client: Client, puzzle: Puzzle
) -> None:
    assert "3. November 2026" in page(german)
    assert "3 November 2026" in page(client)
    factories.make_puzzle(1)
    assert "0 von 1 vergangenen Rätsel gespielt." in page(german, "/archive/")
    factories.make_puzzle(2)
    assert "0 von 2 vergangenen Rätseln gespielt." in page(german, "/archive/")


def test_it_names_the_language_of_the_installed_app(german: Client, puzzle: Puzzle) -> None:
    assert german.get("/manifest.webmanifest").json()["lang"] == "de"
    assert "Du bist offline" in page(german, "/offline/")
    in_german, in_english = (page(each, "/worker.js") for each in (german, Client()))
    assert in_german != in_english, "the worker keeps the offline page of its language"


def test_it_speaks_german_to_editors(german: Client) -> None:
    german.force_login(User.objects.create_superuser("ada", password="-"))
    factories.make_draft(None)
    assert "Atelier" in page(german, "/admin/")
    listed = page(german, "/admin/game/puzzle/")
    assert "Entwurf" in listed
    assert "Rätsel" in listed
    assert "Kalender" in page(german, "/admin/game/puzzle/calendar/")
    # A browser fills a date's field only with a day that is written like this.
    assert re.search(r'<input type="date" name="start" value="2\d{3}-', page(german, PLAN))

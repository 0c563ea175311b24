"""The easel as people use it: in a browser, with and without scripts, on a phone and on a desk."""

import numpy as np
import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from game.drawing import painting
from game.easel import glimpses, line, orders, worker
from game.models import Order
from game.nights import tasks
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, await_complaint
from tests.browser.test_axe import assert_faultless
from tests.painter import Painter, painter

__all__ = ["painter"]
pytestmark = pytest.mark.django_db(transaction=True)

FACTS = {"model": {"name": "noise", "hash": "0" * 64}, "settings": {}}
FOX, OWL = "a red fox riding a bicycle", "an owl in a tree"
CALM = {"reduced_motion": "reduce"}
SIZES = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])


@pytest.fixture(autouse=True)
def _easel(painter: Painter, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    painter.manifest = FACTS
    monkeypatch.setattr(painting, "model_facts", lambda: FACTS)
    # The test itself is the worker.
    monkeypatch.setattr(tasks, "ring_easel", lambda: None)
    cache.clear()


def ask(page: Page, prompt: str = FOX) -> None:
    page.get_by_label("What is to be painted").fill(prompt)
    page.keyboard.press("Enter")


def nine(page: Page) -> None:
    expect(page.locator("ol.nine img")).to_have_count(9)


@SIZES
def test_it_waits_behind_somebody_grows_and_is_done(
    open_page: OpenPage, viewport: dict[str, int]
) -> None:
    orders.place(factories.make_player(), orders.Wish(OWL))
    page = open_page("/easel/", viewport=viewport, **CALM)
    assert_faultless(page)
    ask(page)
    expect(page.locator("#standing")).to_contain_text("1 order is painted before yours.")
    assert_faultless(page)
    cancel = page.get_by_role("button", name="Cancel")
    cancel.focus()
    owl, fox = line.claim()
    tops = np.zeros((1, 9, 8, 32, 3), np.uint8)
    glimpses.Sheets([fox], 9)(slice(0, 1), slice(0, 9), tops)
    expect(page.locator("#growing img")).to_be_visible()
    expect(page.locator("#told")).to_have_text("It is being painted now")
    assert_faultless(page)
    line.give_back(owl, fox)
    worker.paint_next()
    nine(page)
    expect(page).to_have_title("Done: nine pictures · Sixpix")
    assert_faultless(page)
    page.locator("ol.nine a").nth(2).click()
    expect(page.locator("figcaption")).to_contain_text("Number 3 of 9")
    assert_faultless(page)


def test_it_keeps_the_focus_where_it_is_while_it_waits(open_page: OpenPage) -> None:
    ahead = orders.place(factories.make_player(), orders.Wish(OWL))
    page = open_page("/easel/", **CALM)
    ask(page)
    expect(page.locator("#standing")).to_contain_text("Your place: 2")
    page.get_by_role("button", name="Cancel").focus()
    orders.cancel(ahead.player, ahead.key)
    expect(page.locator("#standing")).to_contain_text("Yours is next.")
    page.keyboard.press("Enter")
    expect(page.locator(".standing")).to_have_text("Cancelled. Nothing was painted.")
    assert_faultless(page)


def test_it_names_a_word_it_never_saw(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page("/easel/", viewport=PHONE, **CALM)
    ask(page, "a foxx riding a bicycle")
    expect(page.get_by_role("alert")).to_contain_text("foxx")
    assert_faultless(page)
    page.get_by_role("button", name="Paint “a fox riding a bicycle”").click()
    expect(page.locator("h1")).to_contain_text("a fox riding a bicycle")
    await_complaint(page, complaints, "422")


@SIZES
def test_it_changes_a_word_and_shows_both(open_page: OpenPage, viewport: dict[str, int]) -> None:
    page = open_page("/easel/", viewport=viewport, **CALM)
    ask(page)
    expect(page.locator("#standing")).to_be_visible()
    worker.paint_next()
    nine(page)
    page.get_by_label("Change a word").fill("a blue fox riding a bicycle")
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_be_visible()
    worker.paint_next()
    nine(page)
    expect(page.locator(".beside img")).to_have_count(9)
    assert_faultless(page)
    assert len(set(Order.objects.values_list("seed", flat=True))) == 1


def test_it_deletes_one_and_all(open_page: OpenPage) -> None:
    page = open_page("/easel/", viewport=PHONE, **CALM)
    for prompt in (FOX, OWL, "a cat"):
        page.goto("/easel/")
        ask(page, prompt)
        expect(page.locator("#standing")).to_be_visible()
    worker.paint_next()
    page.goto("/easel/own/")
    expect(page.locator(".order-entry")).to_have_count(3)
    assert_faultless(page)
    page.locator(".order-entry").last.click()
    nine(page)
    page.get_by_role("link", name="Delete").click()
    assert_faultless(page)
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".order-entry")).to_have_count(2)
    page.get_by_role("link", name="Delete all now").click()
    assert_faultless(page)
    page.get_by_role("button", name="Delete all").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    assert not Order.objects.exists()


def test_it_reloads_itself_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/easel/", java_script_enabled=False)
    ask(page)
    expect(page.locator("#standing")).to_contain_text("Your place: 1")
    worker.paint_next()
    nine(page)


@pytest.mark.parametrize("locale", ["en-GB", "de-AT"])
def test_it_fits_the_smallest_phone(
    open_page: OpenPage, complaints: list[str], locale: str
) -> None:
    page = open_page("/easel/", viewport={"width": 320, "height": 568}, locale=locale, **CALM)

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") == 320, page.url

    fits()
    page.locator("#prompt").fill("zzzzzzzzzz " + "x" * 100)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    fits()
    await_complaint(page, complaints, "422")
    page.locator("button[name=anyway]").click()
    expect(page.locator("#standing")).to_be_visible()
    fits()
    worker.paint_next()
    nine(page)
    address = page.url
    for path in (address, f"{address}9/", f"{address}delete/", "/easel/own/", "/easel/status/"):
        page.goto(path)
        fits()
    # No word of a heading goes on in the next line.
    seconds = page.get_by_role("columnheader").last
    assert (
        seconds.evaluate(
            "node => { const range = document.createRange(); range.selectNodeContents(node);"
            " return range.getClientRects().length }"
        )
        == 1
    )

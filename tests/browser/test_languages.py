"""A play in German, on a small screen where long words have to fit."""

import pytest
from playwright.sync_api import expect

from game.models import Puzzle
from tests import factories
from tests.browser.board import PROMPT, go_on, is_wider_than_screen, send, today, type_words
from tests.browser.conftest import PHONE, OpenPage

__all__ = ["today"]

SMALL = {"width": 320, "height": 568}
PAGES = ["/archive/", "/record/", "/record/move/", "/choices/", "/about/", "/privacy/"]


def test_it_is_won_in_german_when_that_was_chosen(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page("/choices/", viewport=PHONE)
    page.get_by_label("Deutsch").check()
    page.get_by_role("button", name="Keep these").click()
    expect(page.get_by_role("status")).to_have_text("Gespeichert.")
    page.goto("/")
    type_words(page, {0: "fo"})
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("„FO“: 2 von 3 Buchstaben. Fülle oder leere es.")
    type_words(page, {0: "x", 3: "loom"})
    send(page)
    go_on(page)
    expect(page.locator("#turn")).to_have_text("Versuch 2 von 6")
    # What is English stays English, for whoever reads it out or translates the page.
    board = page.locator("#row .tiles, #row .given")
    assert board.evaluate_all("nodes => nodes.every(n => n.lang === 'en' && !n.translate)")
    expect(page.locator("#told")).to_contain_text("fox: Richtig.")
    type_words(page, {1: "riding", 2: "bicycle", 3: "moon"})
    send(page)
    expect(page.locator("#result")).to_have_text("Im 2. von 6 Versuchen gelöst")
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    expect(page.locator("blockquote")).to_have_attribute("lang", "en")
    expect(page.locator(".result-text")).to_have_value(
        f"Sixpix #2 2/6\n🟩⬜⬜🟪\n🟩🟩🟩🟩\nIn 2 Versuchen gelöst.\n{page.url}puzzle/2/"
    )


@pytest.mark.parametrize("viewport", [SMALL, PHONE], ids=["320", "390"])
def test_it_fits_every_page_in_german(
    open_page: OpenPage, today: Puzzle, viewport: dict[str, int]
) -> None:
    factories.make_puzzle(1)
    page = open_page("/", viewport=viewport, locale="de-DE", is_first_visit=True)
    assert not is_wider_than_screen(page)
    for url in (*PAGES, "/?mode=hard", "/puzzle/1/proof/?show", "/puzzle/2/proof/"):
        page.goto(url)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        assert not is_wider_than_screen(page), url
    edge = page.locator(".links").evaluate("n => n.scrollWidth - n.clientWidth")
    assert edge == 0

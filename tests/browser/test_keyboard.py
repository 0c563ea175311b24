"""A game for those who have only a keyboard, or only their ears."""

import pytest
from playwright.sync_api import Page, expect

from game.models import Puzzle
from tests.browser.board import go_on, send, today, type_words, word
from tests.browser.conftest import PHONE, OpenPage

__all__ = ["today"]

NAME = """() => {
    const node = document.activeElement;
    const name = node.getAttribute("aria-label") ?? node.querySelector("img")?.alt;
    return (name ?? node.textContent).trim().replace(/\\s+/g, " ");
}"""
IS_COVERED = """() => {
    const node = document.activeElement;
    const { left, top, width, height } = node.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return !(seen && (node.contains(seen) || seen.contains(node)));
}"""
LISTEN = """() => {
    window.heard = [];
    for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
        const hear = () => region.textContent && window.heard.push(region.textContent);
        new MutationObserver(hear).observe(region, { childList: true, subtree: true });
    }
}"""


def stops(page: Page, count: int) -> list[str]:
    """What the next presses of Tab lead to; nothing may lie over it."""
    found: list[str] = []
    for _ in range(count):
        page.keyboard.press("Tab")
        found.append(page.evaluate(NAME))
        assert not page.evaluate(IS_COVERED), found
    return found


def test_it_plays_a_whole_game_by_keys_alone(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    expect(word(page, 0)).to_be_focused()
    page.keyboard.type("dog")
    send(page)
    # The next row is at hand at once: the first key makes room for it.
    expect(word(page, 0)).to_be_focused()
    page.keyboard.type("fox riding")
    expect(page.locator("#turn")).to_have_text("Try 2 of 6")
    send(page)
    expect(word(page, 2)).to_be_focused()
    page.get_by_role("button", name="Hint").focus()
    assert stops(page, 1) == ["As a sentence"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    word(page, 3).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Word 8, 4 letters, letter 1 is m")).to_be_visible()
    word(page, 2).focus()
    expect(word(page, 2)).to_be_focused()
    page.keyboard.type("bicyclemoon")
    send(page)
    expect(page.locator("#result")).to_be_focused()
    assert stops(page, 2) == ["Copy the result", "Your result as text"]
    # One row a try, whichever of them were there when the page was loaded.
    expect(page.locator(".mosaic p")).to_have_count(3)


def test_it_leads_from_the_top_to_the_bottom_with_nothing_over_what_has_the_focus(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    assert stops(page, 3) == ["Skip to your try", "Sixpix, today’s puzzle", "How to play"]
    for number in range(1, 7):
        assert stops(page, 2) == [f"Picture {number} of 6", f"Describe picture {number}"]
    assert stops(page, 1) == ["As a sentence"]
    words = ["Word 2, 3 letters", "Word 3, 6 letters", "Word 5, 7 letters", "Word 8, 4 letters"]
    assert stops(page, 4) == words
    # The page's own keys are one stop, with arrows inside.
    assert stops(page, 1) == ["q"]
    page.keyboard.press("ArrowRight")
    assert page.evaluate(NAME) == "w"
    rest = stops(page, 11)
    assert rest[0] == "Hard mode: nothing given, no warmth"
    assert rest[1].startswith("Sealed")
    more = ["Today", "Archive", "Easel", "Your record", "Settings", "About", "Privacy"]
    assert rest[2:9] == more


def test_it_skips_the_pictures_and_leaves_them_in_sight(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    assert stops(page, 1) == ["Skip to your try"]
    page.keyboard.press("Enter")
    expect(page.locator("#play")).to_be_focused()
    expect(page.locator(".pictures")).to_be_in_viewport(ratio=1)
    assert stops(page, 1) == ["As a sentence"]


def test_it_says_one_thing_for_each_try(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    page.evaluate(LISTEN)
    type_words(page, {0: "fog", 1: "riding"})
    send(page)
    expect(page.locator("#told")).to_contain_text("Try 1, ")
    summary = page.locator("#told").inner_text()
    assert page.evaluate("window.heard") == ["Sending…", summary]
    # Which letters stand right, which are elsewhere, which are absent, and of which word.
    assert "Word 2, fog: " in summary
    assert "In place: f, o. Not in it: g." in summary
    go_on(page)
    name = "Word 2, 3 letters, letter 1 is f, letter 2 is o"
    expect(word(page, 0)).to_have_attribute("aria-label", name)
    # The tiles of a marked try are for the eye; what is read out there is the same sentence.
    expect(page.locator("#tries li")).to_have_count(1)
    assert page.locator("#tries li").aria_snapshot() == f'- listitem:\n  - paragraph: "{summary}"'


def test_it_reaches_what_the_keys_lie_over(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    footer, keys = page.locator(".colophon"), page.locator("#keyboard")
    below, above = footer.bounding_box(), keys.bounding_box()
    assert below is not None
    assert above is not None
    assert below["y"] + below["height"] <= above["y"]
    page.get_by_role("button", name="As a sentence").click()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    below = footer.bounding_box()
    assert below is not None
    assert below["y"] + below["height"] == pytest.approx(PHONE["height"], abs=1)

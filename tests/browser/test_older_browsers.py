"""Browsers of 2022: Safari 15.4, Chrome and Edge 99, Firefox 98. What came later is taken away."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from game.models import Puzzle
from tests.browser.board import is_wider_than_screen, send, today, type_words
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

__all__ = ["today"]

# Scripts: none of it was in all three.
WITHOUT = """
    delete AbortSignal.timeout;
    delete AbortSignal.any;
    delete HTMLElement.prototype.inert;
    delete HTMLElement.prototype.showPopover;
    delete Array.prototype.toSorted;
    delete Array.prototype.findLast;
    delete Object.groupBy;
    delete Promise.withResolvers;
    window.structuredClone = undefined;
    navigator.share = undefined;
"""
# Style sheets: each is made into what such a browser makes of it, something unknown.
LATER = re.compile(
    r"light-dark|cq[iwh]\b|@container|:has|\bscripting:|:modal\b|svh\b|container-type"
)


def unknown(later: re.Match[str]) -> str:
    """Another name of the same kind, so that no bracket is left open."""
    return re.sub(r"\w+", "unknown", later[0], count=1)


def age(context: BrowserContext) -> None:
    def serve(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=LATER.sub(unknown, response.text()))

    context.route(re.compile(r"\.css"), serve)
    context.add_init_script(WITHOUT)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_it_plays_in_a_browser_of_2022(
    open_page: OpenPage, today: Puzzle, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport, reduced_motion="reduce")
    age(page.context)
    page.reload()
    assert not is_wider_than_screen(page)
    type_words(page, {0: "dog", 3: "mars"})
    box = page.locator("#row .tile").first.bounding_box()
    assert box is not None
    assert 20 <= box["width"] == box["height"] <= 40
    send(page)
    expect(page.locator("#row.is-marked")).to_be_visible()
    page.get_by_text("How to play").click()
    page.get_by_role("button", name="Back to the puzzle").click()
    type_words(page, {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"})
    send(page)
    expect(page.locator("#result")).to_have_text("Solved on try 2 of 6")
    assert not is_wider_than_screen(page)


# Of a worker: its caches, full, and the answer that a page gets of it all the same.
FULL = """async ({ source, way }) => {
    const listeners = {};
    const full = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
    const cache = { match: async () => undefined, put: full, addAll: full };
    const open = way === "open" ? full : async () => cache;
    const caches = { open, match: async () => undefined };
    const addEventListener = (name, listen) => { listeners[name] = listen };
    const self = { addEventListener, skipWaiting() {} };
    const fetched = async () => new Response("body { color: red }");
    new Function("self", "caches", "location", "fetch", source)(self, caches, location, fetched);
    const waited = [];
    const answer = await new Promise((resolve, reject) => listeners.fetch({
        request: new Request(location.origin + "/static/css/site.0123456789ab.css"),
        respondWith: (response) => response.then(resolve, reject),
        waitUntil: (promise) => waited.push(promise),
    }));
    await Promise.all(waited);
    return answer.text();
}"""


@pytest.mark.parametrize("way", ["put", "open"])
def test_it_has_its_styles_when_the_browsers_storage_is_full(open_page: OpenPage, way: str) -> None:
    page = open_page("/about/", bypass_csp=True)
    source = page.request.get("/worker.js").text()
    assert page.evaluate(FULL, {"source": source, "way": way}) == "body { color: red }"


def test_it_plays_when_nothing_can_be_stored(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    page.add_init_script(
        """const full = () => { throw new DOMException("full", "QuotaExceededError") };
        for (const name of ["getItem", "setItem", "removeItem"]) Storage.prototype[name] = full;"""
    )
    page.reload()
    type_words(page, {0: "fox", 1: "riding"})
    send(page)
    expect(page.locator("#row .is-locked")).to_have_count(2)


FORCED = {"forced_colors": "active"}
LOOK = """node => {
    const { backgroundColor, borderTopStyle, borderTopWidth, textDecorationLine } =
        getComputedStyle(node);
    return [backgroundColor, borderTopStyle, borderTopWidth, textDecorationLine].join();
}"""


def look(page: Page, selector: str) -> str:
    told: str = page.locator(selector).first.evaluate(LOOK)
    return told


def test_it_can_be_told_apart_in_forced_colours(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(reduced_motion="reduce", **FORCED)
    type_words(page, {0: "cot"})
    type_words(page, {3: "loom"})
    page.keyboard.press("ArrowLeft")
    outline = "node => getComputedStyle(node).outlineStyle"
    assert page.locator("#row .tile.is-caret").evaluate(outline) == "solid"
    send(page)
    expect(page.locator("#row.is-marked")).to_be_visible()
    marks = {look(page, f"#row .tile.is-{mark}") for mark in ("correct", "absent")}
    assert len(marks) == 2
    spent, left = page.locator(".pip").first, page.locator(".pip").last
    assert spent.evaluate(LOOK) != left.evaluate(LOOK)

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from pytest_django import Settings

from game.models import Puzzle
from tests import factories
from tests.browser.board import is_wider_than_screen, send, today, type_words, word
from tests.browser.conftest import PHONE, OpenPage

__all__ = ["today"]

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"


def solve(page: Page) -> str:
    type_words(page, {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"})
    send(page)
    expect(page.locator("#result")).to_have_text("Solved on try 1 of 6")
    return page.locator(".result-text").input_value()


def test_it_copies_the_old_way_when_there_is_no_clipboard(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page(permissions=["clipboard-read"])
    clipboard = page.context.new_page()
    page.add_init_script(NO_CLIPBOARD)
    page.reload()
    share = solve(page)
    button = page.get_by_role("button", name="Copy the result")
    expect(page.get_by_role("button", name="Share")).to_have_count(0)
    button.click()
    expect(page.locator("[data-result=message]")).to_have_text("Copied.")
    expect(button).to_be_focused()
    expect(page.locator(".result-text")).to_be_hidden()
    clipboard.goto("/")
    clipboard.bring_to_front()
    assert clipboard.evaluate("navigator.clipboard.readText()") == share


def test_it_shares_through_the_device_when_that_can(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    page.add_init_script(
        "window.shared = []; window.answer = null;"
        "navigator.share = async (data) => {"
        "  window.shared.push(data.text);"
        "  if (window.answer) throw new DOMException('no', window.answer);"
        "};" + NO_CLIPBOARD
    )
    page.reload()
    share = solve(page)
    button, message = (
        page.get_by_role("button", name="Share"),
        page.locator("[data-result=message]"),
    )
    button.click()
    page.evaluate("window.answer = 'AbortError'")
    button.click()
    expect(message).to_be_empty()
    page.evaluate("window.answer = 'NotAllowedError'")
    button.click()
    expect(message).to_have_text("Copied.")
    assert page.evaluate("window.shared") == [share] * 3


def test_it_plays_from_the_archive_without_scripts(
    open_page: OpenPage, today: Puzzle, settings: Settings
) -> None:
    settings.FIRST_DAY = datetime.now(UTC).date() - timedelta(days=3)
    for number in (1, 2, 3):
        factories.make_puzzle(number)
    page = open_page("/archive/", viewport=PHONE, java_script_enabled=False)
    expect(page.locator(".entry")).to_have_count(3)
    assert not is_wider_than_screen(page)
    page.get_by_role("link", name="Next one I haven’t played").click()
    expect(page.locator("#title")).to_contain_text("No. 3")
    for index, letters in enumerate(factories.ANSWERS):
        word(page, index).fill(letters)
    page.get_by_role("button", name="Send this try").click()
    expect(page.locator("blockquote")).to_have_text(factories.PROMPT)
    page.get_by_role("link", name="Next one I haven’t played").click()
    expect(page.locator("#title")).to_contain_text("No. 2")
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("link", name="Not played 2").click()
    expect(page.locator(".entry")).to_have_count(2)


# Of ids and classes: what common lists of filters hide, as “.share-buttons” was.
HIDDEN = "share|sharing|social|ads?|advert|banner|cookies?|newsletter|promo|popup|sponsor|tweet"
FILTERED = f"""nodes => nodes.flatMap(node => [node.id, ...node.classList]).filter(
    name => /(^|[-_])({HIDDEN})([-_]|$)/i.test(name))"""


def test_it_has_no_name_that_lists_of_filters_hide(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.reload()
    solve(page)
    expect(page.locator("#reveal")).to_be_visible()
    assert page.locator("*").evaluate_all(FILTERED) == []
    assert len(fetched) > 10
    assert [url for url in fetched if "share" in url or "cookie" in url] == []

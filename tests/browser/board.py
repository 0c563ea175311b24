"""What the browser's tests share: today's puzzle, and how its board is filled and read."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from game.models import Puzzle
from tests import factories
from tests.browser.conftest import OpenPage

PROMPT = "a fox riding a bicycle on the moon"


@pytest.fixture
def today(open_page: OpenPage) -> Puzzle:
    # After open_page, because that one sets the first day and puts the database behind the server.
    return factories.make_puzzle(2, PROMPT)


def word(page: Page, index: int) -> Any:
    return page.locator(f"input[name=word-{index}]")


def type_words(page: Page, words: dict[int, str]) -> None:
    for index, letters in words.items():
        word(page, index).focus()
        page.keyboard.type(letters)


def send(page: Page) -> None:
    with page.expect_response(re.compile("/tries/")):
        page.keyboard.press("Enter")


def go_on(page: Page) -> None:
    """From the try that was just marked, which stays where it was typed, to the next one."""
    expect(page.locator("#row.is-marked")).to_be_visible()
    page.keyboard.press("Escape")


def tiles(page: Page, selector: str) -> list[str]:
    """The tiles of a row, as “letter mark”."""
    told = """nodes => nodes.map(n => n.textContent.trim() + ' ' +
        [...n.classList].filter(c => /correct|present|absent/.test(c)).join())"""
    found: list[str] = page.locator(f"{selector} .tile").evaluate_all(told)
    return found


def is_wider_than_screen(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wide

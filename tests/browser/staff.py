"""What the browser's tests of the admin share: getting in, and ways about the studio."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from game.models import Puzzle
from tests.browser.conftest import OpenPage


def log_in(open_page: OpenPage, user: User, **options: Any) -> Page:
    """A browser that is logged in already, for tests that are not about the door."""
    client = Client()
    client.force_login(user)
    page = open_page("/admin/login/", **options)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": urljoin(page.url, "/")}]
    )
    return page


class Studio:
    """The admin, by what people do in it; each ends when the page has said that it is done."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def log_in(self, user: User, password: str) -> None:
        self.page.get_by_label("Username").fill(user.username)
        self.page.get_by_label("Password").fill(password)
        self.press("Log in")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Studio")

    def go(self, name: str, *args: Any) -> None:
        self.page.goto(reverse(f"admin:{name}", args=args))

    def open(self, puzzle: Puzzle) -> None:
        self.go("game_puzzle_change", puzzle.pk)

    def follow(self, link: str) -> None:
        """A link of the row that is on every page."""
        row = self.page.get_by_role("navigation", name="Studio")
        row.get_by_role("link", name=link, exact=True).click()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def expect_told(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".messagelist")).to_contain_text(text)

    def check_list(self, prompts: Sequence[str]) -> None:
        self.follow("Import")
        self.page.get_by_label("Prompts").fill("\n".join(prompts))
        self.press("Check")

    def plan_from_list(self, prompt: str, day: date) -> None:
        """By the calendar: the day's own link, and the list of what has none."""
        self.follow("Calendar")
        self.page.locator(f"#day-{day}").get_by_role("link", name="Plan").click()
        self.page.get_by_role("radio", name=prompt).check()
        self.press("Plan for this day")
        self.expect_told(f"“{prompt}” is planned for")

    def plan_all(self, days: int) -> int:
        """By the proposal for so many days, as it stands; how many days that plans."""
        self.follow("Plan days")
        self.page.get_by_label("Days", exact=True).fill(str(days))
        self.press("Show a plan")
        count = self.page.locator("input[name=plan]:checked").count()
        self.press("Plan the ticked days")
        self.expect_told(f"{count} days are planned.")
        return count

    def pictures(self) -> Locator:
        """The candidates as buttons, best-ranked first."""
        return self.page.locator(".candidate-pick")

    def choose(self, *ranks: int) -> None:
        """These six by click, in this order."""
        picks = self.pictures()
        expect(picks).to_have_count(9)
        for chosen in picks.all():
            if chosen.get_attribute("aria-pressed") == "true":
                chosen.click()
        for rank in ranks:
            picks.nth(rank - 1).click()
        expect(self.page.get_by_text("6 of 6")).to_be_visible()

    def send_back(self, note: str) -> None:
        self.page.get_by_text("Send back with a note").click()
        self.page.get_by_label("What should change").fill(note)
        self.press("Back to draft")
        self.expect_told("The puzzle is sent back with your note.")

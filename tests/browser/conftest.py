"""A real browser for the tests of what people see and press."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}

# Milliseconds. They bound a hang: on a busy machine a page takes seconds.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


def find_browser() -> str | None:
    debian = Path("/usr/bin/chromium")
    if debian.exists():
        return str(debian)
    return shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("There is no chromium to test with.")
        pytest.skip("There is no chromium to test with.")
    # Playwright's loop runs in this thread, which makes Django suspect the rows that tests make.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of. A test that expects something waits for it."""
    return []


def await_complaint(page: Page, complaints: list[str], part: str) -> None:
    """Wait until the console has complained of this, and strike one such complaint. The console is
    told after the page is, so what a page shows doesn't mean that it has complained already."""
    until = time.monotonic() + PATIENCE / 1_000
    while not (found := [one for one in complaints if part in one]):
        assert time.monotonic() < until, f"No complaint of “{part}” came, but {complaints}."
        page.wait_for_timeout(20)
    complaints.remove(found[0])


@pytest.fixture
def open_page(
    browser: Browser, live_server: LiveServer, settings: Settings, complaints: list[str]
) -> Iterator[OpenPage]:
    """Open the site in a browser of its own. Yesterday's puzzle has number 1, today's number 2."""
    settings.FIRST_DAY = datetime.now(UTC).date() - timedelta(days=1)
    settings.SITE_URL = live_server.url
    contexts: list[BrowserContext] = []

    def note(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if message.type in ("error", "warning") else None
            ),
        )

    def open_page(path: str = "/", *, is_first_visit: bool = False, **options: Any) -> Page:
        options = {"viewport": DESKTOP, "timezone_id": "UTC", "base_url": live_server.url} | options
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.on("page", note)
        contexts.append(context)
        if not is_first_visit:
            context.add_cookies([{"name": "sixpix_help", "value": "seen", "url": live_server.url}])
            # And as somebody who has been asked before if a single word is meant.
            context.add_init_script("try { localStorage.setItem('sixpix-asked', 'yes') } catch {}")
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []

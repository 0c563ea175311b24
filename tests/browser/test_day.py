"""Days that turn while the page is open, and a player who goes on at another device."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from game.models import Figures, Play, Puzzle, Try
from tests import factories
from tests.browser.board import PROMPT, is_wider_than_screen, send, today, type_words, word
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, await_complaint

__all__ = ["today"]
WORDS = {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"}
SET_CLOCK = """hours => {
    const real = Date.now;
    Date.now = () => real() + hours * 3600e3;
    document.dispatchEvent(new Event("visibilitychange"));
}"""

SetServerClock = Callable[[datetime], None]


@pytest.fixture
def evening(today: Puzzle) -> datetime:
    """Two minutes before the midnight that ends the day of puzzle 2; puzzle 3 is ready."""
    factories.make_puzzle(3)
    return datetime.combine(factories.day(3), datetime.min.time(), UTC) - timedelta(minutes=2)


@pytest.fixture
def set_server_clock(monkeypatch: pytest.MonkeyPatch) -> SetServerClock:
    return lambda now: monkeypatch.setattr(timezone, "now", lambda: now)


def open_at(open_page: OpenPage, device_time: datetime, **options: object) -> Page:
    """Open today's page with a browser whose clock the test moves on."""
    page = open_page("/record/move/", **options)
    page.clock.install(time=device_time)
    page.goto("/")
    return page


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_it_ends_a_play_on_its_own_puzzle_when_midnight_comes(
    open_page: OpenPage,
    evening: datetime,
    set_server_clock: SetServerClock,
    viewport: dict[str, int],
) -> None:
    set_server_clock(evening)
    page = open_at(open_page, evening, viewport=viewport)
    type_words(page, {0: "dog"})
    send(page)
    expect(page.locator("#row.is-marked")).to_be_visible()
    type_words(page, {1: "rid"})
    expect(page.locator(".try")).to_have_count(1)
    expect(page.locator("#new-day")).to_be_empty()
    set_server_clock(evening + timedelta(minutes=3))
    page.clock.fast_forward("03:00")
    news = page.locator("#new-day")
    expect(news).to_contain_text("A new day, a new puzzle. This one stays yours to finish")
    assert not is_wider_than_screen(page)
    # Nothing was lost, not even by a reload.
    assert word(page, 1).input_value() == "rid"
    page.reload()
    expect(page.locator("#title")).to_contain_text("No. 2")
    assert word(page, 1).input_value() == "rid"
    type_words(page, {0: "fox", 1: "ing", 2: "bicycle", 3: "moon"})
    send(page)
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    assert set(Try.objects.values_list("play__puzzle__play_on", flat=True)) == {factories.day(2)}
    # It was begun on its day, and counts.
    expect(page.locator(".own-record")).to_contain_text("1 day in a row")
    page.goto("/")
    expect(page.locator("#title")).to_contain_text("No. 3")


def test_it_ends_a_play_on_its_own_puzzle_without_scripts(
    open_page: OpenPage, evening: datetime, set_server_clock: SetServerClock
) -> None:
    set_server_clock(evening)
    page = open_page(viewport=PHONE, java_script_enabled=False)
    word(page, 0).fill("dog")
    page.get_by_role("button", name="Send this try").click()
    expect(page.locator(".try")).to_have_count(1)
    set_server_clock(evening + timedelta(minutes=3))
    for index, letters in WORDS.items():
        word(page, index).fill(letters)
    page.get_by_role("button", name="Send this try").click()
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    assert page.url.endswith("/puzzle/2/")
    expect(page.locator(".own-record")).to_contain_text("1 day in a row")


def test_it_counts_down_by_the_servers_clock_and_says_when_the_new_puzzle_is_there(
    open_page: OpenPage, evening: datetime, set_server_clock: SetServerClock
) -> None:
    set_server_clock(evening)
    # The device is an hour slow; only how its time goes on counts.
    page = open_at(open_page, evening - timedelta(hours=1))
    type_words(page, WORDS)
    send(page)
    page.clock.run_for(2_000)
    countdown = page.locator("[data-countdown]")
    expect(countdown).to_have_text(re.compile(r"The next puzzle comes in 0:01:\d\d\."))
    set_server_clock(evening + timedelta(minutes=3))
    page.clock.fast_forward("03:00")
    expect(countdown).to_have_text("The next puzzle comes in 0:00:00.")
    expect(page.locator("#new-day")).to_have_text("A new day, a new puzzle. To the new one")
    # Who is reading the result goes on reading it.
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    page.get_by_role("link", name="To the new one").click()
    expect(page.locator("#title")).to_contain_text("No. 3")
    expect(page.locator("#turn")).to_have_text("Try 1 of 6")


def test_it_counts_to_the_devices_midnight_when_the_server_didnt_know_its_zone(
    open_page: OpenPage, today: Puzzle, set_server_clock: SetServerClock
) -> None:
    noon = datetime.combine(factories.day(2), datetime.min.time(), UTC).replace(hour=12)
    set_server_clock(noon)
    page = open_page("/record/move/", timezone_id="Asia/Kolkata")
    page.clock.install(time=noon)
    page.goto("/")
    type_words(page, WORDS)
    send(page)
    page.clock.run_for(2_000)
    # 17:30 there; by the site's own zone, UTC, it would be nearly twelve hours.
    expect(page.locator("[data-countdown]")).to_have_text(re.compile(r"in 6:29:\d\d\."))
    page.reload()
    expect(page.locator("[data-countdown]")).to_have_text(re.compile(r"in 6:(29|30):\d\d\."))


def test_it_opens_a_link_for_a_newcomer_where_its_day_has_come_earlier(
    open_page: OpenPage, evening: datetime, set_server_clock: SetServerClock, complaints: list[str]
) -> None:
    set_server_clock(evening - timedelta(hours=8))
    page = open_page("/puzzle/3/", timezone_id="Pacific/Auckland")
    expect(page.locator("#title")).to_contain_text("No. 3")
    # Where it hasn't come, asking once more is enough.
    asked: list[str] = []
    other = open_page("/choices/", timezone_id="Europe/Vienna")
    other.on("request", lambda request: asked.append(request.url))
    other.goto("/puzzle/3/")
    expect(other.get_by_role("heading", level=1)).to_have_text("Nothing hangs here")
    other.wait_for_timeout(500)
    assert sum(url.endswith("/puzzle/3/") for url in asked) == 2
    for _asked in range(3):
        await_complaint(other, complaints, "404")


@pytest.mark.parametrize("is_touched", [False, True])
def test_it_changes_to_the_new_puzzle_when_an_untouched_tab_is_looked_at_again(
    open_page: OpenPage, evening: datetime, set_server_clock: SetServerClock, is_touched: bool
) -> None:
    set_server_clock(evening)
    page = open_at(open_page, evening)
    if is_touched:
        type_words(page, {0: "d"})
    set_server_clock(evening + timedelta(hours=8))
    page.evaluate(SET_CLOCK, 8)
    if is_touched:
        expect(page.locator("#new-day")).to_contain_text("This one stays yours to finish")
        assert word(page, 0).input_value() == "d"
    else:
        expect(page.locator("#title")).to_contain_text("No. 3")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_it_shows_the_record_right_after_the_last_try(
    open_page: OpenPage, today: Puzzle, viewport: dict[str, int]
) -> None:
    Figures.objects.create(puzzle=today, plays=20, solved=15, distribution=[5, 10])
    page = open_page(viewport=viewport)
    type_words(page, {0: "dog"})
    send(page)
    type_words(page, WORDS)
    send(page)
    record = page.locator(".own-record")
    expect(record).to_contain_text("1 day in a row")
    expect(record).to_contain_text("75% of 20 players solved it")
    assert not is_wider_than_screen(page)
    told = record.inner_text()
    page.reload()
    assert record.inner_text() == told
    record.get_by_role("link", name="Your record").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your record")
    assert not is_wider_than_screen(page)


def test_it_leads_to_the_record_when_it_cant_be_fetched(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    page = open_page()
    page.route("**/record/", lambda route: route.abort())
    type_words(page, WORDS)
    send(page)
    expect(page.locator(".own-record a")).to_have_attribute("href", "/record/")
    page.unroute("**/record/")
    await_complaint(page, complaints, "ERR_FAILED")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_it_goes_on_at_another_device(
    open_page: OpenPage, today: Puzzle, complaints: list[str], has_scripts: bool
) -> None:
    factories.make_puzzle(1)
    first = open_page(java_script_enabled=has_scripts)
    for index, letters in WORDS.items():
        word(first, index).fill(letters)
    first.get_by_role("button", name="Send this try").click() if not has_scripts else send(first)
    expect(first.locator("blockquote")).to_have_text(PROMPT)
    first.goto("/record/")
    first.get_by_role("button", name="Make a code").click()
    code = first.locator(".code").inner_text()
    # The other one has played by itself.
    second = open_page("/puzzle/1/", viewport=PHONE, java_script_enabled=has_scripts)
    word(second, 0).fill("dog")
    second.get_by_role("button", name="Send this try").click() if not has_scripts else send(second)
    expect(second.locator("main .tile.is-absent").first).to_be_visible()
    second.goto("/record/")
    second.get_by_role("link", name="Enter its code here").click()
    field = second.get_by_label("The code, eight letters and digits")
    field.fill("2345-6789")
    field.press("Enter")
    expect(second.get_by_role("alert")).to_contain_text("This code is wrong")
    assert field.input_value() == "2345-6789"
    await_complaint(second, complaints, "422")
    field.fill(code.lower())
    field.press("Enter")
    expect(second.get_by_role("heading", level=1)).to_have_text("Two records become one")
    second.get_by_role("button", name="Make them one").click()
    expect(second.get_by_role("status")).to_contain_text("Your record is here now.")
    expect(second.locator(".streak")).to_contain_text("1 day in a row")
    second.goto("/")
    expect(second.locator("blockquote")).to_have_text(PROMPT)
    assert Play.objects.values("player").distinct().count() == 1
    assert Play.objects.count() == 2

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect

from game.models import Play, Puzzle, Try
from tests import factories
from tests.browser.board import (
    PROMPT,
    go_on,
    is_wider_than_screen,
    send,
    tiles,
    today,
    type_words,
    word,
)
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, await_complaint

__all__ = ["today"]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_it_plays_a_whole_game_to_a_win(
    open_page: OpenPage, today: Puzzle, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport)
    expect(page.locator("img.picture")).to_have_count(6)
    sizes = "nodes => nodes.every(n => n.complete && n.naturalWidth > 0)"
    assert page.locator("img.picture").evaluate_all(sizes)
    assert not is_wider_than_screen(page)

    type_words(page, {0: "Dog", 3: "mars"})
    send(page)
    expect(page.locator("#row.is-marked")).to_be_visible()
    assert tiles(page, "#row .phrase:nth-child(1)") == [
        "d is-absent",
        "o is-correct",
        "g is-absent",
    ]
    go_on(page)
    assert tiles(page, ".try .phrase:nth-child(1)") == [
        "d is-absent",
        "o is-correct",
        "g is-absent",
    ]
    expect(page.locator("#turn")).to_have_text("Try 2 of 6")

    type_words(page, {0: "oxo", 1: "riding", 2: "tractor"})
    send(page)
    expect(page.locator("#row .is-locked")).to_have_count(1)
    expect(word(page, 1)).to_have_count(0)
    expect(page.locator("#told")).to_contain_text("Word 3, riding: Right.")
    assert not is_wider_than_screen(page)

    type_words(page, {0: "fox", 2: "bicycle", 3: "moon"})
    send(page)
    expect(page.locator("#result")).to_have_text("Solved on try 3 of 6")
    expect(page.locator("#result")).to_be_focused()
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    expect(page.locator("#keyboard")).to_have_count(0)
    share = page.locator(".result-text").input_value()
    assert share.startswith("Sixpix #2 3/6\n")
    assert "fox" not in share

    page.reload()
    expect(page.locator("#result")).to_have_text("Solved on try 3 of 6")
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    expect(page.locator(".try")).to_have_count(3)
    assert page.locator(".result-text").input_value() == share
    assert not is_wider_than_screen(page)
    assert Play.objects.get().is_solved


def test_it_copies_the_result(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    type_words(page, {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"})
    send(page)
    page.get_by_role("button", name="Copy the result").click()
    expect(page.locator("[data-result=message]")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".result-text").input_value()


def test_it_selects_the_result_when_copying_is_not_allowed(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        "document.execCommand = () => false;"
    )
    page.reload()
    type_words(page, {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"})
    send(page)
    page.get_by_role("button", name="Copy the result").click()
    expect(page.locator("[data-result=message]")).to_contain_text("copy it by hand")
    selected = "f => f.value.slice(f.selectionStart, f.selectionEnd)"
    field = page.locator(".result-text")
    expect(field).to_be_visible()
    assert field.evaluate(selected) == field.input_value()


def test_it_reveals_the_prompt_when_six_tries_are_lost(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE)
    for number, wrong in enumerate(("dog", "cat", "cow", "pig", "hen", "owl"), start=1):
        expect(page.locator("#turn")).to_have_text(f"Try {number} of 6")
        assert PROMPT not in page.content()
        type_words(page, {0: wrong})
        send(page)
        if number < 6:
            go_on(page)
    expect(page.locator("#result")).to_have_text("Not solved this time")
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    assert page.locator(".result-text").input_value().startswith("Sixpix #2 X/6")
    assert Try.objects.count() == 6


def test_it_plays_with_fingers_alone(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    keyboard = page.locator("#keyboard")

    def tap(letters: str) -> None:
        for letter in letters:
            keyboard.get_by_text(letter, exact=True).tap()

    boxes = [key.bounding_box() for key in keyboard.locator("button").all()]
    assert all(box is not None and box["height"] >= 44 for box in boxes)
    assert all(box is not None and box["y"] + box["height"] <= 844 for box in boxes)
    row = page.locator("#row").bounding_box()
    top = keyboard.bounding_box()
    assert row is not None
    assert top is not None
    assert row["y"] + row["height"] <= top["y"]

    tap("dogridingtrac")
    page.get_by_role("button", name="Delete a letter").tap()
    assert [word(page, i).input_value() for i in range(4)] == ["dog", "riding", "tra", ""]
    page.locator("label.word").nth(3).tap()
    tap("moon")
    keyboard.get_by_text("Enter").tap()
    expect(page.locator("#message")).to_have_text("“TRA”: 3 of 7 letters. Finish or clear it.")
    tap("ctor")
    with page.expect_response(re.compile("/tries/")):
        keyboard.get_by_text("Enter").tap()
    expect(page.locator("#row .is-locked")).to_have_count(2)
    # The word in hand is the first: what its keys know is what “dog” told about “fox”.
    expect(keyboard.get_by_role("button", name="o, has its place in this word")).to_be_visible()
    expect(keyboard.get_by_role("button", name="d, not in this word")).to_be_visible()
    expect(keyboard.get_by_role("button", name="t", exact=True)).to_be_visible()


@pytest.mark.parametrize("viewport", [{"width": 320, "height": 568}, PHONE], ids=["320", "390"])
def test_it_keeps_the_word_in_hand_in_sight_when_the_prompt_is_long(
    open_page: OpenPage, viewport: dict[str, int]
) -> None:
    factories.make_puzzle(
        2, "eight small purple hippopotamuses wearing golden crowns near seven silent lighthouses"
    )
    page = open_page(viewport=viewport, has_touch=True, is_mobile=True)
    assert not is_wider_than_screen(page)
    words = page.locator("#row label.word")
    expect(words).to_have_count(11)
    for index in range(11):
        expect(words.nth(index)).to_have_class(re.compile("is-active"))
        box = words.nth(index).bounding_box()
        keyboard = page.locator("#keyboard").bounding_box()
        assert box is not None
        assert keyboard is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= keyboard["y"]
        page.keyboard.press("Space")


def test_it_moves_between_words_by_keys(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    expect(word(page, 0)).to_be_focused()
    page.keyboard.type("fo riding")
    assert word(page, 1).input_value() == "riding"
    page.keyboard.press("Tab")
    expect(word(page, 2)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("k")
    assert word(page, 1).input_value() == "ridink"
    for _ in range(7):
        page.keyboard.press("Backspace")
    # From an emptied word, Backspace goes on into the one before.
    assert [word(page, i).input_value() for i in range(2)] == ["f", ""]
    page.keyboard.type("éx")
    assert word(page, 0).input_value() == "fex"


def test_it_says_what_is_missing_before_it_sends(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("Fill at least one word first.")
    type_words(page, {2: "bike"})
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("“BIKE”: 4 of 7 letters. Finish or clear it.")
    assert not Try.objects.exists()
    page.reload()
    assert word(page, 2).input_value() == "bike"


def test_it_loses_nothing_when_the_connection_is_gone(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    page = open_page()
    type_words(page, {0: "fox"})
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("No connection.")
    assert word(page, 0).input_value() == "fox"
    page.context.set_offline(False)
    send(page)
    expect(page.locator("#row .is-locked")).to_have_count(1)
    go_on(page)
    assert len(complaints) == 1
    assert "ERR_INTERNET_DISCONNECTED" in complaints.pop()


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (429, "Too many tries at once."),
        (500, "Something broke on our side."),
        (403, "This page has grown old."),
        (404, "This puzzle cannot be played now."),
    ],
)
def test_it_explains_when_the_server_refuses(
    open_page: OpenPage, today: Puzzle, complaints: list[str], status: int, message: str
) -> None:
    page = open_page()

    def refuse(route: Route) -> None:
        route.fulfill(status=status, body="<h1>no</h1>", content_type="text/html")

    page.route("**/tries/", refuse)
    type_words(page, {0: "fox"})
    send(page)
    expect(page.locator("#message")).to_contain_text(message)
    assert word(page, 0).input_value() == "fox"
    await_complaint(page, complaints, str(status))


def test_it_says_that_cookies_are_blocked(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    page = open_page()
    type_words(page, {0: "fox"})
    page.context.clear_cookies()
    send(page)
    expect(page.locator("#message")).to_contain_text("Allow cookies for this site")
    assert word(page, 0).input_value() == "fox"
    await_complaint(page, complaints, "403")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_it_takes_a_try_when_a_proxy_hides_where_pages_come_from(
    open_page: OpenPage, today: Puzzle, has_scripts: bool
) -> None:
    page = open_page("/about/", java_script_enabled=has_scripts)

    def hide(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        response = route.fetch()
        headers = response.headers | {"referrer-policy": "no-referrer"}
        route.fulfill(response=response, headers=headers)

    page.route(lambda url: url.endswith("/"), hide)
    page.goto("/")
    word(page, 0).fill("dog")
    send(page) if has_scripts else page.get_by_role("button", name="Send this try").click()
    expect(page.locator(".try, #row .is-absent").first).to_be_visible()


def test_it_offers_to_reload_when_another_tab_went_on(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    first = open_page()
    type_words(first, {0: "dog"})
    send(first)
    second = first.context.new_page()
    second.goto("/")
    type_words(second, {0: "cat"})
    send(second)
    type_words(first, {0: "fox"})
    send(first)
    expect(first.locator("#message")).to_contain_text("Reload the page")
    first.get_by_role("button", name="Reload").click()
    expect(first.locator("#turn")).to_have_text("Try 3 of 6")
    expect(first.locator(".try")).to_have_count(2)
    await_complaint(first, complaints, "409")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_it_plays_without_scripts(
    open_page: OpenPage, today: Puzzle, complaints: list[str], viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport, java_script_enabled=False)
    word(page, 0).fill("fox")
    word(page, 1).fill("rid")
    page.get_by_role("button", name="Send this try").click()
    expect(page.locator("#message")).not_to_be_empty()
    assert [word(page, i).input_value() for i in range(2)] == ["fox", "rid"]
    await_complaint(page, complaints, "422")
    word(page, 1).fill("")
    page.get_by_role("button", name="Send this try").click()
    expect(page.locator("#row .is-locked")).to_have_count(1)
    expect(page.locator(".try")).to_have_count(1)
    for index, letters in {1: "riding", 2: "bicycle", 3: "moon"}.items():
        word(page, index).fill(letters)
    page.get_by_role("button", name="Send this try").click()
    expect(page.locator("blockquote")).to_have_text(PROMPT)
    page.get_by_text("Your result as text").click()
    expect(page.locator(".result-text")).to_be_visible()


def test_it_enlarges_pictures(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE)
    page.get_by_alt_text("Picture 6 of 6").click()
    dialog = page.locator("#viewer")
    expect(dialog).to_be_visible()
    expect(page.locator("#viewer-caption")).to_have_text("Picture 6 of 6")
    page.get_by_role("button", name="Next picture").click()
    expect(page.locator("#viewer-caption")).to_have_text("Picture 1 of 6")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#viewer-caption")).to_have_text("Picture 6 of 6")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_it_turns_no_tiles_when_motion_is_not_wanted(open_page: OpenPage, today: Puzzle) -> None:
    running = "document.getAnimations().length"
    for motion, is_moving in (("no-preference", True), ("reduce", False)):
        page = open_page(reduced_motion=motion)
        type_words(page, {0: "dog"})
        send(page)
        expect(page.locator("#row.is-marked")).to_be_visible()
        assert (page.evaluate(running) > 0) is is_moving


def test_it_comes_back_with_the_players_day_when_that_is_another(open_page: OpenPage) -> None:
    now = datetime.now(UTC)
    # One of the two is always at another day than UTC.
    zone, number = ("Pacific/Kiritimati", 3) if now.hour >= 12 else ("Etc/GMT+12", 1)
    for each in (1, 2, 3):
        factories.make_puzzle(each)
    page = open_page(timezone_id=zone)
    expect(page.locator("#title")).to_contain_text(f"No. {number}")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies["sixpix_tz"] == zone


def test_it_reloads_only_once_when_the_clock_of_the_device_is_wrong(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page()
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=3))
    loads: list[str] = []
    page.on("request", lambda r: loads.append(r.url) if r.is_navigation_request() else None)
    page.reload()
    page.wait_for_timeout(1_000)
    assert len(loads) == 2
    expect(page.locator("#turn")).to_have_text("Try 1 of 6")

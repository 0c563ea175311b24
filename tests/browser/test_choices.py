"""Themes and palettes, the rules on a first visit, descriptions, and the site without a network."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from game.models import Candidate, Player, Puzzle
from tests import factories
from tests.browser.board import go_on, is_wider_than_screen, send, today, type_words
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

__all__ = ["today"]

PAPER = {"light": "rgb(246, 241, 230)", "dark": "rgb(25, 23, 20)"}
WALL = {"width": 3840, "height": 2160}
SMALL = {"width": 320, "height": 568}


def background(page: Page, selector: str = "body") -> str:
    colour: str = page.locator(selector).first.evaluate("n => getComputedStyle(n).backgroundColor")
    return colour


@pytest.mark.parametrize("system", ["light", "dark"])
def test_it_looks_as_chosen_whatever_the_system_wants(open_page: OpenPage, system: str) -> None:
    page = open_page("/about/", color_scheme=system, java_script_enabled=False)
    assert background(page) == PAPER[system]
    for name, theme in (("Dark", "dark"), ("Light", "light"), ("Same as my device", system)):
        page.get_by_role("button", name=name).click()
        expect(page).to_have_url(re.compile("/about/$"))
        assert background(page) == PAPER[theme]
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")


def test_it_changes_the_marks_and_the_share_text_for_colour_blind_eyes(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page("/choices/", reduced_motion="reduce")
    page.get_by_label("Blue and orange").check()
    page.get_by_role("button", name="Keep these").click()
    expect(page.get_by_role("status")).to_have_text("Kept.")
    expect(page.get_by_label("Blue and orange")).to_be_checked()
    page.goto("/")
    type_words(page, {0: "tot", 3: "loom"})
    send(page)
    go_on(page)
    assert background(page, ".try .tile.is-correct") == "rgb(11, 83, 148)"
    line = "n => getComputedStyle(n).textDecorationLine"
    assert page.locator(".try .tile.is-correct").first.evaluate(line) == "underline"
    assert page.locator(".try .tile.is-absent").first.evaluate(line) == "line-through"
    style = "n => getComputedStyle(n).outlineStyle"
    assert page.locator(".try .tile.is-present").first.evaluate(style) == "dashed"
    type_words(page, {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"})
    send(page)
    expect(page.locator("#result")).to_be_focused()
    share = page.locator(".result-text").input_value()
    assert "🟦" in share
    assert "🟩" not in share


@pytest.mark.parametrize(
    "viewport", [SMALL, PHONE, DESKTOP, WALL], ids=["320", "390", "1280", "4K"]
)
def test_it_fits_every_screen(open_page: OpenPage, today: Puzzle, viewport: dict[str, int]) -> None:
    page = open_page("/", viewport=viewport, is_first_visit=True)
    for path in ("/", "/choices/", "/privacy/", "/privacy/forget/", "/about/", "/offline/"):
        page.goto(path)
        assert not is_wider_than_screen(page), path


def test_it_shows_the_rules_once(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE, is_first_visit=True)
    expect(page.get_by_text("One prompt painted all six")).to_be_visible()
    with page.expect_response(re.compile("/choices/")):
        page.get_by_role("button", name="Got it").click()
    expect(page.get_by_text("One prompt painted all six")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("One prompt painted all six")).to_be_hidden()
    page.get_by_text("How to play").click()
    expect(page.get_by_text("One prompt painted all six")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("One prompt painted all six")).to_be_hidden()


def test_it_remembers_that_the_rules_were_put_away_by_a_key(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page(is_first_visit=True)
    page.get_by_role("button", name="Got it").focus()
    with page.expect_response(re.compile("/choices/")):
        page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_text("One prompt painted all six")).to_be_hidden()


def test_it_shows_the_rules_once_without_scripts(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(is_first_visit=True, java_script_enabled=False)
    page.get_by_role("button", name="Got it").click()
    expect(page.locator("#title")).to_contain_text("No. 2")
    expect(page.get_by_text("One prompt painted all six")).to_be_hidden()


def test_it_describes_a_picture_level_by_level(open_page: OpenPage, today: Puzzle) -> None:
    levels = ["Night, and an animal.", "It is on its way.", "A fox rides a bicycle on the moon."]
    Candidate.objects.filter(position=2).update(descriptions=levels)
    page = open_page(viewport=PHONE)
    second = page.locator(".pictures li").nth(1)
    second.get_by_text("Describe").focus()
    # It stands on the picture that it describes.
    word, picture = second.get_by_text("Describe").bounding_box(), second.bounding_box()
    assert word
    assert picture
    assert picture["x"] <= word["x"] < picture["x"] + picture["width"]
    page.keyboard.press("Enter")
    expect(page.get_by_text(levels[0])).to_be_visible()
    expect(page.get_by_text(levels[1])).to_be_hidden()
    second.get_by_text("More", exact=True).click()
    expect(page.get_by_text(levels[1])).to_be_visible()
    assert levels[2] not in page.content()
    assert not is_wider_than_screen(page)


def test_it_has_digits_where_the_board_has_one(open_page: OpenPage) -> None:
    factories.make_puzzle(2, "a race of 12 foxes")
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    keys = page.locator("#keyboard button")
    expect(keys).to_have_count(38)
    boxes = [key.bounding_box() for key in keys.all()]
    assert all(box is not None and box["height"] >= 44 and box["width"] >= 38 for box in boxes)
    for letter in "race12":
        page.locator("#keyboard").get_by_text(letter, exact=True).tap()
    assert page.locator("input[name=word-1]").input_value() == "12"
    send_key = page.locator("#keyboard").get_by_text("Enter")
    with page.expect_response(re.compile("/tries/")):
        send_key.tap()
    expect(page.locator("#row .is-locked")).to_have_count(2)


def test_it_forgets_a_player_without_scripts(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(java_script_enabled=False)
    page.locator("input[name=word-0]").fill("fox")
    page.get_by_role("button", name="Send this try").click()
    assert Player.objects.count() == 1
    page.get_by_role("link", name="Privacy").click()
    page.get_by_role("button", name="Leave my guesses out").click()
    expect(page.get_by_role("button", name="Let my guesses in")).to_be_visible()
    assert not Player.objects.get().shares_guesses
    page.get_by_role("link", name="Forget me…").click()
    page.get_by_role("button", name="Forget me for good").click()
    expect(page.get_by_role("heading", name="You are forgotten")).to_be_visible()
    assert not Player.objects.exists()
    assert "sixpix_player" not in {cookie.get("name") for cookie in page.context.cookies()}


# Without a network


def installed(open_page: OpenPage, path: str = "/") -> Page:
    page = open_page(path)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    return page


def test_it_says_that_it_is_offline_and_comes_back(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    page = installed(open_page)
    page.context.set_offline(True)
    page.goto("/puzzle/2/")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page.locator("img.picture")).to_have_count(0)
    assert background(page) == PAPER["light"]
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("#title")).to_contain_text("No. 2")
    assert all("ERR_INTERNET_DISCONNECTED" in one for one in complaints)
    complaints.clear()


def test_it_never_shows_yesterday(
    open_page: OpenPage, today: Puzzle, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.make_puzzle(3, "a big cat in the snow")
    page = installed(open_page)
    expect(page.locator("#title")).to_contain_text("No. 2")
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    page.goto("/")
    expect(page.locator("#title")).to_contain_text("No. 3")
    page.context.set_offline(True)
    page.goto("/")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    complaints.clear()


def test_it_keeps_no_page_picture_or_try(open_page: OpenPage, today: Puzzle) -> None:
    page = installed(open_page)
    type_words(page, {0: "dog"})
    send(page)
    page.reload()
    kept = page.evaluate(
        """async () => {
            const names = await caches.keys();
            const all = await Promise.all(names.map(async (n) => (await caches.open(n)).keys()));
            return all.flat().map((request) => new URL(request.url).pathname).sort();
        }"""
    )
    assert kept == ["/offline/", "/static/css/site.css", "/static/img/icon.svg"]


def test_it_keeps_files_whose_name_holds_a_hash(
    open_page: OpenPage, settings: Settings, tmp_path: Path
) -> None:
    hashed, plain = tmp_path / "kept.0123456789ab.css", tmp_path / "plain.css"
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, tmp_path]
    page = installed(open_page, "/about/")
    read = "path => fetch(path, { cache: 'no-store' }).then((answer) => answer.text())"
    for content in ("first", "second"):
        hashed.write_text(content)
        plain.write_text(content)
        assert page.evaluate(read, f"/static/{plain.name}") == content
        assert page.evaluate(read, f"/static/{hashed.name}") == "first"

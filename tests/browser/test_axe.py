"""What axe-core finds wrong on the players' pages, in each state: nothing."""

from itertools import product
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from game.models import Candidate, Figures, Play, Puzzle
from generator.drawing.film import animate
from tests import factories
from tests.browser.board import send, today, type_words
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, await_complaint
from tests.game.rules.warmths import store_table

__all__ = ["today"]
pytestmark = pytest.mark.django_db(transaction=True)

ALL_RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    # It would put what a style sheet imports into the page, which our policy forbids.
    "preload": False,
}
CONTRAST = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "preload": False,
}
SOLUTION = {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"}
# Nothing moves while axe looks.
CALM = {"reduced_motion": "reduce"}


def faults(page: Page, rules: dict[str, Any], look: str = "") -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("rules => axe.run(rules)", rules)["violations"]
    return [f"{look} {one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def assert_faultless(page: Page) -> None:
    """By all rules as the page stands, then its contrast in every theme and palette."""
    found = faults(page, ALL_RULES)
    for theme, palette in product(("dark", "light"), ("contrast", "standard")):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its literals
        page.evaluate("palette => { document.documentElement.dataset.palette = palette }", palette)
        found += faults(page, CONTRAST, f"{theme} {palette}")
    assert found == [], page.url


@pytest.fixture
def finished(today: Puzzle) -> Puzzle:
    """Today's puzzle with all that the end of a play can show."""
    best = today.candidates.get(rank=1)
    frames = [factories.noise_picture(seed) for seed in range(3)]
    best.film.save("film.webp", ContentFile(animate(frames)))
    Candidate.objects.update(descriptions=["Night.", "An animal, under way.", "A fox cycles."])
    Figures.objects.create(
        puzzle=today,
        plays=20,
        solved=15,
        distribution=[1, 2, 3, 4, 5],
        words=[["fox", 5], ["moon", 6]],
        wrong=[["fox", "dog", 12, 60, 12]],
    )
    return today


def test_it_finds_what_is_wrong(open_page: OpenPage) -> None:
    page = open_page("/about/")
    page.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend",
        `<button></button><p><font color="#ddd">pale words on pale paper</font></p>`)""")
    found = faults(page, ALL_RULES)
    assert [fault.split(":")[0].strip() for fault in found] == ["button-name", "color-contrast"]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_it_finds_nothing_while_a_game_is_played(
    open_page: OpenPage, today: Puzzle, viewport: dict[str, int]
) -> None:
    store_table("fox", dog=71)
    store_table("riding", eating=20)
    Candidate.objects.filter(position=1).update(descriptions=["Night.", "Two wheels."])
    page = open_page(viewport=viewport, is_first_visit=True, **CALM)
    assert_faultless(page)  # the rules are open
    page.get_by_role("button", name="Got it").click()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("Fill at least one word first.")
    assert_faultless(page)
    type_words(page, {0: "dog", 1: "eating", 3: "noon"})
    send(page)
    expect(page.locator("#row.is-marked")).to_be_visible()
    assert_faultless(page)
    type_words(page, {0: "cat", 1: "riding", 2: "mo"})
    page.get_by_role("button", name="Hint").click()
    assert_faultless(page)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Describe").first.focus()
    page.keyboard.press("Enter")
    assert_faultless(page)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="As a sentence").click()
    assert_faultless(page)
    page.get_by_alt_text("Picture 3 of 6").click()
    assert_faultless(page)


def test_it_finds_nothing_in_hard_mode(open_page: OpenPage, today: Puzzle) -> None:
    assert_faultless(open_page("/?mode=hard", viewport=PHONE, **CALM))


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_it_finds_nothing_when_a_game_is_won(
    open_page: OpenPage, finished: Puzzle, viewport: dict[str, int]
) -> None:
    page = open_page(viewport=viewport, **CALM)
    type_words(page, SOLUTION)
    send(page)
    expect(page.locator("#reveal .tried")).to_be_visible()
    expect(page.locator(".own-record .bars").first).to_be_visible()
    page.get_by_text("Your result as text").click()
    page.locator("#reveal summary").first.click()
    assert_faultless(page)
    page.reload()
    page.get_by_role("link", name="See it being painted").click()
    assert_faultless(page)


def test_it_finds_nothing_when_a_game_is_lost(open_page: OpenPage, finished: Puzzle) -> None:
    page = open_page(viewport=PHONE, **CALM)
    for wrong in ("dog", "cat", "cow", "pig", "hen", "owl"):
        type_words(page, {0: wrong})
        send(page)
    expect(page.locator("#result")).to_have_text("Not solved this time")
    expect(page.locator("#reveal .tried")).to_be_visible()
    assert_faultless(page)


def test_it_finds_nothing_on_the_pages_of_a_newcomer(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    factories.make_puzzle(1)
    page = open_page("/archive/", viewport=PHONE, **CALM)
    assert_faultless(page)
    for path in ("/record/", "/choices/", "/privacy/", "/about/", "/offline/", "/nowhere/"):
        page.goto(path)
        assert_faultless(page)
    for path in ("/puzzle/1/", "/puzzle/1/proof/", "/puzzle/1/proof/?show", "/puzzle/2/proof/"):
        page.goto(path)
        assert_faultless(page)
    await_complaint(page, complaints, "404")


def test_it_finds_nothing_on_the_pages_of_a_player(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    factories.make_puzzle(1)
    page = open_page("/puzzle/1/", viewport=PHONE, **CALM)
    for index, word in enumerate(factories.ANSWERS):
        type_words(page, {index: word})
    send(page)
    expect(page.locator("#result")).to_be_visible()
    Play.objects.update(started_at=today.drawn_at)
    for path in ("/", "/archive/", "/archive/?show=unplayed", "/privacy/", "/choices/?kept"):
        page.goto(path)
        assert_faultless(page)
    page.goto("/record/")
    page.get_by_role("button", name="Make a code").click()
    assert_faultless(page)
    page.goto("/record/move/")
    page.get_by_label("The code").fill("2345-6789")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_faultless(page)
    await_complaint(page, complaints, "422")  # of the code that was refused
    page.goto("/privacy/forget/")
    assert_faultless(page)
    page.get_by_role("button", name="Forget me for good").click()
    assert_faultless(page)


def test_it_finds_nothing_on_a_day_without_a_puzzle(
    open_page: OpenPage, complaints: list[str]
) -> None:
    page = open_page(viewport=PHONE, **CALM)
    assert_faultless(page)
    await_complaint(page, complaints, "503")

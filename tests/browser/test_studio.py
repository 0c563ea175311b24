import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from game.drawing import studio
from game.models import Figures, Puzzle
from game.nights import tasks
from tests import factories
from tests.browser.board import PROMPT, is_wider_than_screen
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.staff import log_in
from tests.painter import Painter, painter
from tests.roles import make_staff

__all__ = ["painter"]
State = Puzzle.State
VIEWPORTS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])


def drawn() -> Puzzle:
    coming = timezone.localdate() + timedelta(days=30)
    return factories.make_puzzle(None, PROMPT, play_on=coming, state=State.REVIEW, chosen=0)


def show(page: Page, puzzle: Puzzle) -> None:
    page.goto(reverse("admin:game_puzzle_change", args=[puzzle.pk]))


def order(puzzle: Puzzle) -> list[int]:
    chosen = puzzle.candidates.filter(position__isnull=False).order_by("position")
    return [candidate.rank for candidate in chosen]


@VIEWPORTS
def test_it_chooses_six_by_click_and_approves(
    open_page: OpenPage, viewport: dict[str, int]
) -> None:
    page = log_in(open_page, make_staff("editor"), viewport=viewport)
    puzzle = drawn()
    show(page, puzzle)
    picks = page.locator(".candidate-pick")
    expect(picks).to_have_count(9)
    assert page.locator(".candidate img").evaluate_all(
        "images => images.every(image => image.complete && image.naturalWidth > 0)"
    )
    expect(page.get_by_text("6 of 6")).to_be_visible()
    # The first goes, the others move up, and the seventh-best takes the free place.
    picks.nth(0).click()
    approve = page.get_by_role("button", name="Approve")
    expect(approve).to_be_disabled()
    expect(page.get_by_text("5 of 6")).to_be_visible()
    expect(picks.nth(0)).to_have_attribute("aria-pressed", "false")
    picks.nth(6).focus()
    page.keyboard.press("Space")
    # A seventh is not taken.
    picks.nth(8).click()
    expect(picks.nth(8)).to_have_attribute("aria-pressed", "false")
    assert not is_wider_than_screen(page)
    approve.click()
    expect(page.get_by_text("The puzzle is approved.")).to_be_visible()
    puzzle.refresh_from_db()
    assert puzzle.state == State.APPROVED
    assert order(puzzle) == [2, 3, 4, 5, 6, 7]


def test_it_chooses_and_approves_without_javascript(open_page: OpenPage) -> None:
    page = log_in(open_page, make_staff("editor"), java_script_enabled=False)
    puzzle = drawn()
    show(page, puzzle)
    places = page.get_by_label("Place")
    places.nth(0).fill("6")
    places.nth(5).fill("1")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The puzzle is approved.")).to_be_visible()
    assert order(puzzle) == [6, 2, 3, 4, 5, 1]


@VIEWPORTS
def test_it_follows_a_drawing_until_the_pictures_are_there(
    open_page: OpenPage,
    painter: Painter,
    monkeypatch: pytest.MonkeyPatch,
    viewport: dict[str, int],
) -> None:
    page = log_in(open_page, make_staff("editor"), viewport=viewport)
    monkeypatch.setattr(tasks.draw_puzzle, "delay", lambda pk: None)
    page.goto(reverse("admin:game_puzzle_add"))
    page.get_by_label("Prompt").fill(PROMPT)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Have it drawn").click()
    status = page.locator(".studio-status")
    expect(status.get_by_text("wanted")).to_be_visible()
    puzzle = Puzzle.objects.get()

    def look() -> None:
        Puzzle.objects.filter(pk=puzzle.pk).update(progress=42)
        expect(status.get_by_text("42 %")).to_be_visible()
        expect(status.locator(".state-drawing")).to_have_text("drawing")
        assert not is_wider_than_screen(page)

    painter.while_drawing = look
    assert studio.draw(puzzle.pk)
    # The page loads itself again.
    expect(page.locator(".candidate-pick")).to_have_count(9)
    expect(page.get_by_text(re.compile(r"drawn .* UTC"))).to_be_visible()


def test_it_forecasts_within_a_small_phone(open_page: OpenPage) -> None:
    page = log_in(open_page, make_staff("editor"), viewport={"width": 360, "height": 640})
    puzzle = drawn()
    forecast = {
        "words": [["monkey", 47], ["graduation", 39], ["mountains", 100]],
        "solvers": 32,
        "puzzles": 0,
        "model": {"name": "sixpix-world"},
        "made_at": timezone.now().isoformat(),
    }
    Puzzle.objects.filter(pk=puzzle.pk).update(forecast=forecast)
    found = [["monkey", 2], ["graduation", 1], ["mountains", 2]]
    Figures.objects.create(puzzle=puzzle, plays=2, solved=1, words=found)
    show(page, puzzle)
    expect(page.locator(".forecast meter")).to_have_count(3)
    assert not is_wider_than_screen(page)


# Editors have a box on each row to tick, writers have none.
@pytest.mark.parametrize("role", ["editor", "writer"])
@VIEWPORTS
def test_it_lists_puzzles_within_the_screen(
    open_page: OpenPage, viewport: dict[str, int], role: str
) -> None:
    user = make_staff(role)
    page = log_in(open_page, user, viewport=viewport)
    drawn()
    Puzzle.objects.update(created_by=user)
    page.goto(reverse("admin:game_puzzle_changelist"))
    expect(page.locator(".thumbnails img")).to_have_count(6)
    last = page.locator(".thumbnails img").last
    box = last.bounding_box()
    assert box
    assert box["x"] + box["width"] <= viewport["width"]
    # Nothing lies over it or cuts it off.
    expect(last).to_be_in_viewport(ratio=1)
    assert not is_wider_than_screen(page)


def test_it_shows_rows_as_cards_on_a_phone(open_page: OpenPage) -> None:
    page = log_in(open_page, make_staff("editor"), viewport=PHONE)
    today = factories.make_puzzle(None, PROMPT, play_on=timezone.localdate())
    factories.take_guesses(factories.make_player(), today, ["dog", "", "", ""])
    page.goto(reverse("admin:game_try_changelist"))
    cells = page.locator("#result_list tbody :is(td, th)")
    assert cells.count() == 6
    for cell in cells.all():
        box = cell.bounding_box()
        assert box
        assert box["x"] + box["width"] <= PHONE["width"]
        # The column's name, drawn by the style sheet.
        name = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
        assert name == f'"{cell.get_attribute("data-label")}"'
    assert cells.first.get_attribute("data-label") == "Guess"

"""The editors' calendar as they use it: by keyboard, by mouse, on a phone."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from game.drawing import claims
from game.models import Puzzle
from tests import factories
from tests.browser.board import is_wider_than_screen
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.staff import log_in
from tests.roles import make_staff

State = Puzzle.State
ONE, TWO = "a fox riding a bicycle on the moon", "a cat on mars"


def month() -> date:
    """The first day of a month that has not begun yet."""
    return (timezone.localdate().replace(day=1) + timedelta(days=63)).replace(day=1)


def show(page: Page) -> None:
    page.goto(f"{reverse('admin:game_puzzle_calendar')}?month={month():%Y-%m}")


def day_of(puzzle: Puzzle) -> date | None:
    return Puzzle.objects.get(pk=puzzle.pk).play_on


def test_it_is_used_by_keyboard_alone(open_page: OpenPage) -> None:
    page = log_in(open_page, make_staff("editor"))
    first, third = month(), month() + timedelta(days=2)
    one = factories.make_draft(None, ONE, play_on=first)
    two = factories.make_draft(None, TWO, play_on=third)
    show(page)
    page.get_by_role("link", name=ONE, exact=True).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.get_by_role("link", name=ONE, exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=f"Move {ONE}")).to_be_focused()
    page.keyboard.press("Enter")
    # The form begins in its field, and asks before it swaps.
    expect(page.get_by_label("New day")).to_be_focused()
    page.get_by_label("New day").fill(third.isoformat())
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Swap them")).to_be_focused()
    expect(page.get_by_role("heading", name=TWO)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"“{ONE}” is planned for")).to_be_visible()
    assert (day_of(one), day_of(two)) == (third, first)


def test_it_moves_a_puzzle_by_dragging(open_page: OpenPage) -> None:
    page = log_in(open_page, make_staff("editor"))
    puzzle = factories.make_draft(None, ONE, play_on=month())
    unplanned = factories.make_draft(None, TWO)
    show(page)
    second, third = month() + timedelta(days=1), month() + timedelta(days=2)
    page.locator(f"#day-{month()}").drag_to(page.locator(f"#day-{second}"))
    expect(page.get_by_text(f"“{ONE}” is planned for")).to_be_visible()
    page.locator(f"[data-puzzle='{unplanned.pk}']").drag_to(page.locator(f"#day-{third}"))
    expect(page.get_by_text(f"“{TWO}” is planned for")).to_be_visible()
    assert (day_of(puzzle), day_of(unplanned)) == (second, third)


@pytest.mark.parametrize("options", [{"viewport": PHONE}, {"java_script_enabled": False}])
def test_it_plans_from_the_list(open_page: OpenPage, options: dict[str, Any]) -> None:
    page = log_in(open_page, make_staff("editor"), **options)
    puzzle = factories.make_puzzle(None, TWO)
    show(page)
    second = month() + timedelta(days=1)
    page.locator(f"#day-{second}").get_by_role("link", name="Plan").click()
    page.get_by_role("radio", name=TWO).check()
    page.get_by_role("button", name="Plan for this day").click()
    link = page.locator(f"#day-{second}").get_by_role("link", name=TWO, exact=True)
    expect(link).to_be_visible()
    assert day_of(puzzle) == second
    assert not is_wider_than_screen(page)


def test_it_follows_a_drawing_until_the_pictures_are_there(open_page: OpenPage) -> None:
    page = log_in(open_page, make_staff("editor"))
    puzzle = factories.make_draft(None, ONE, play_on=month(), state=State.WANTED)
    claims.claim(puzzle.pk)
    show(page)
    day = page.locator(f"#day-{month()}")
    expect(day.get_by_text("0 %")).to_be_visible()
    Puzzle.objects.filter(pk=puzzle.pk).update(progress=42)
    expect(day.get_by_text("42 %")).to_be_visible()
    for rank in range(1, 10):
        factories.make_candidate(puzzle, rank)
    Puzzle.objects.filter(pk=puzzle.pk).update(state=State.REVIEW, claim=None, leased_until=None)
    expect(day.get_by_text("in review")).to_be_visible()
    expect(day.locator("img")).to_have_count(6)

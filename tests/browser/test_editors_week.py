"""A week in the studio, from the first prompt to the last player, all of it in the browser."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from game.celery import app
from game.days import schedule
from game.editing import bulk
from game.models import Play, Puzzle
from game.nights import tasks
from tests import factories
from tests.browser.board import PROMPT, send, type_words
from tests.browser.conftest import PHONE, OpenPage, await_complaint
from tests.browser.staff import Studio
from tests.painter import Painter, painter
from tests.roles import make_staff

__all__ = ["painter"]
State = Puzzle.State
PASSWORD = "six pictures"


@pytest.fixture(autouse=True)
def _worker(painter: Painter) -> Iterator[None]:
    """What is sent to the queue is done at once, by the real tasks; the painter paints noise."""
    was_eager, app.conf.task_always_eager = app.conf.task_always_eager, True
    yield
    app.conf.task_always_eager = was_eager


@pytest.fixture
def editor() -> User:
    return make_staff("editor", password=PASSWORD)


def test_it_goes_through_an_editors_week(
    open_page: OpenPage, editor: User, painter: Painter
) -> None:
    studio = Studio(open_page("/admin/"))
    studio.log_in(editor, PASSWORD)
    import_thirty(studio, editor)
    plan_all_of_them(studio)
    run_the_night(studio)
    live = Puzzle.objects.get(prompt=PROMPT)
    shown, redrawn, returned, *_others = Puzzle.objects.filter(state=State.REVIEW).exclude(
        pk=live.pk
    )
    redraw_the_unchosen(studio, shown)
    redraw_all(studio, redrawn, painter)
    send_one_back(studio, returned)
    review(studio, live)
    player = play(open_page)
    accept_a_wrong_guess(studio, live)
    see_the_play_regraded(player)


def import_thirty(studio: Studio, editor: User) -> None:
    """Dry run first: what is wrong is shown and stays, what is fine becomes drafts."""
    prompts = [PROMPT, *(puzzle.prompt for puzzle in bulk.suggest(29, 7, editor))]
    studio.check_list([*prompts, PROMPT])
    expect(studio.page.get_by_role("heading", name="30 are fine")).to_be_visible()
    expect(studio.page.locator(".bulk-table tbody tr")).to_have_count(1)
    assert not Puzzle.objects.exists()
    studio.press("Make 30 drafts")
    studio.expect_told("30 drafts were made.")
    assert set(Puzzle.objects.values_list("prompt", "state")) == {
        (prompt, State.DRAFT) for prompt in prompts
    }


def plan_all_of_them(studio: Studio) -> None:
    """Today's by hand, because proposals begin with a day that is live nowhere yet."""
    today = timezone.localdate()
    studio.plan_from_list(PROMPT, today)
    # Days enough to leave some free, where all that is left has a neighbour's relation or place.
    assert studio.plan_all(60) == 29
    assert not Puzzle.objects.filter(play_on=None).exists()
    studio.follow("Calendar")
    expect(studio.page.locator(f"#day-{today} .state")).to_have_text("planned")


def run_the_night(studio: Studio) -> None:
    call_command("night")
    due = schedule.planned(timezone.localdate(), 14)
    assert set(due.values_list("state", flat=True)) == {State.REVIEW}
    studio.follow("Nights")
    expect(studio.page.locator("#result_list tbody tr").first).to_be_visible()
    studio.follow("Calendar")
    day = studio.page.locator(f"#day-{timezone.localdate()}")
    expect(day.locator(".state")).to_have_text("in review")
    expect(day.locator("img")).to_have_count(6)


def redraw_the_unchosen(studio: Studio, puzzle: Puzzle) -> None:
    studio.open(puzzle)
    studio.choose(2, 3, 4, 5, 6, 7)
    kept = set(puzzle.candidates.filter(rank__range=(2, 7)).values_list("pk", flat=True))
    studio.press("Draw the unchosen again")
    studio.expect_told("The studio has been asked.")
    expect(studio.pictures()).to_have_count(9)
    now = set(puzzle.candidates.values_list("pk", flat=True))
    assert now > kept
    assert puzzle.candidates.filter(position__isnull=False, pk__in=kept).count() == 6


def redraw_all(studio: Studio, puzzle: Puzzle, painter: Painter) -> None:
    before = set(puzzle.candidates.values_list("pk", flat=True))
    studio.open(puzzle)
    studio.press("Draw all again")
    studio.expect_told("The studio has been asked.")
    expect(studio.pictures()).to_have_count(9)
    assert before.isdisjoint(puzzle.candidates.values_list("pk", flat=True))
    assert painter.prompts[-1] == puzzle.prompt


def send_one_back(studio: Studio, puzzle: Puzzle) -> None:
    studio.open(puzzle)
    studio.send_back("Nobody will see what that is.")
    expect(studio.page.locator(".studio-note")).to_contain_text("Nobody will see what that is.")
    expect(studio.page.locator(".studio-status .state")).to_have_text("planned")
    # The next night leaves it alone: it waits for a person.
    call_command("night")
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAFT


def review(studio: Studio, puzzle: Puzzle) -> None:
    studio.open(puzzle)
    studio.choose(9, 1, 2, 3, 4, 5)
    studio.press("Keep these six")
    studio.expect_told("The six pictures are chosen.")
    studio.page.get_by_role("link", name="See it as a player").click()
    expect(studio.page.get_by_role("complementary", name="Preview")).to_be_visible()
    expect(studio.page.locator("img.picture")).to_have_count(6)
    studio.page.get_by_role("link", name="Back to its page").click()
    studio.press("Approve")
    studio.expect_told("The puzzle is approved.")
    chosen = puzzle.candidates.filter(position__isnull=False).order_by("position")
    assert list(chosen.values_list("rank", flat=True)) == [9, 1, 2, 3, 4, 5]
    # Its day is today, so it is with the players now, and nobody can change it any more.
    expect(studio.page.locator(".studio-status .state")).to_have_text("live")
    expect(studio.page.get_by_role("textbox", name="Prompt")).to_have_count(0)


def play(open_page: OpenPage) -> Page:
    """A wrong guess for one word, and on the second try it is right."""
    page = open_page("/", viewport=PHONE)
    type_words(page, {0: "dog", 1: "riding", 2: "bicycle", 3: "moon"})
    send(page)
    type_words(page, {0: "fox"})
    send(page)
    expect(page.locator("#result")).to_have_text("Solved on try 2 of 6")
    return page


def accept_a_wrong_guess(studio: Studio, puzzle: Puzzle) -> None:
    # As beat has it done every few minutes.
    tasks.count_figures()
    studio.follow("Figures")
    today = studio.page.get_by_role("region", name="Today")
    expect(today.locator(".numbers")).to_contain_text("100 %")
    today.get_by_role("button", name="Accept dog for fox").click()
    studio.expect_told("“dog” counts as “fox”. Everyone who has played is graded anew.")
    expect(studio.page.get_by_role("button", name="Accept dog for fox")).to_have_count(0)
    assert Play.objects.get(puzzle=puzzle).solved_in == 1


def see_the_play_regraded(player: Page) -> None:
    player.reload()
    expect(player.locator("#result")).to_have_text("Solved on try 1 of 6")
    expect(player.locator(".try")).to_have_count(1)


def test_it_lets_a_writer_write_and_not_plan(open_page: OpenPage, complaints: list[str]) -> None:
    secret = factories.make_draft(None, "a secret whale above a city", play_on=tomorrow())
    studio = Studio(open_page("/admin/"))
    studio.log_in(make_staff("writer", password=PASSWORD), PASSWORD)
    page = studio.page
    page.get_by_role("link", name="Write a prompt").click()
    page.get_by_label("Prompt").fill(PROMPT)
    expect(page.get_by_label("Day")).to_have_count(0)
    studio.press("Save")
    expect(page.get_by_text("Nothing has been drawn yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Have it drawn")).to_have_count(0)
    expect(page.get_by_role("link", name="Plan days")).to_have_count(0)
    # The calendar says that a day is taken, and by nothing that tells the prompt.
    page.goto(f"{reverse('admin:game_puzzle_calendar')}?month={tomorrow():%Y-%m}")
    expect(page.locator(f"#day-{tomorrow()} .state")).to_have_text("taken")
    expect(page.get_by_role("link", name="Plan", exact=True)).to_have_count(0)
    assert "whale" not in page.content()
    for address in (
        reverse("admin:game_puzzle_plan"),
        reverse("admin:game_puzzle_change", args=[secret.pk]),
    ):
        page.goto(address)
        assert "whale" not in page.content()
        await_complaint(page, complaints, "403")
    draft = Puzzle.objects.get(prompt=PROMPT)
    assert (draft.state, draft.play_on, draft.created_by) == (
        State.DRAFT,
        None,
        User.objects.get(),
    )


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)

"""The figures page, and accepting a wrong guess from it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from game.admin.insight import numbers
from game.admin.insight.charts import chart, round_up
from game.models import Accepted, Figures, Play, Puzzle
from game.playing import figures, regrading
from tests import factories
from tests.game.admin.editing import actions, coming, editor, looker, sent, told
from tests.game.pages.policy import inline_code
from tests.roles import make_staff

__all__ = ["editor", "looker", "sent"]
pytestmark = pytest.mark.django_db
FIGURES = reverse("admin:game_figures_changelist")


@pytest.fixture
def puzzle() -> Puzzle:
    """Today's: two play on, one solved it in two tries, one lost, and somebody stopped."""
    puzzle = factories.make_puzzle(None, play_on=coming(0))
    factories.take_guesses(factories.make_player(), puzzle, factories.WRONG, factories.ANSWERS)
    factories.lose(factories.make_player(), puzzle)
    factories.take_guesses(factories.make_player(), puzzle, factories.WRONG)
    figures.count(puzzle)
    return puzzle


def day(puzzle: Puzzle) -> str:
    return reverse("admin:game_figures_change", args=[puzzle.figures.pk])


def accept(client: Client, puzzle: Puzzle, word: str = "cat", guess: str = "dog") -> Any:
    address = reverse("admin:game_figures_accept", args=[puzzle.figures.pk])
    return client.post(address, {"word": word, "guess": guess}, follow=True)


def count(play_on: date, **counted: Any) -> Figures:
    puzzle = factories.make_puzzle(None, candidates=0, play_on=play_on)
    return Figures.objects.create(puzzle=puzzle, **counted)


def test_it_counts_todays_plays_as_they_are_now(puzzle: Puzzle) -> None:
    now = numbers.of(puzzle)
    plays = Play.objects.filter(puzzle=puzzle)
    assert now.begun == len(plays) == 3
    assert now.finished == sum(play.finished_at is not None for play in plays) == 2
    assert now.solved == sum(play.is_solved for play in plays) == 1
    assert now.share == 50
    assert now.distribution == [(1, 0, 0), (2, 1, 50), (3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0)]


def test_it_counts_nothing_of_a_puzzle_that_nobody_has_played() -> None:
    now = numbers.of(factories.make_puzzle(1, candidates=0))
    assert (now.begun, now.finished, now.share) == (0, 0, None)


def test_it_shows_today_and_the_wrong_guesses(client: Client, editor: User, puzzle: Puzzle) -> None:
    page = client.get(FIGURES).content.decode()
    assert "<dt>Plays</dt><dd>3</dd>" in page
    assert "<dt>Solved</dt><dd>50 %</dd>" in page
    assert "Accept dog for cat" in page
    assert page.count("<rect ") == 2
    assert inline_code(page) == []


def test_it_shows_ten_near_misses_first(client: Client, editor: User, puzzle: Puzzle) -> None:
    wrong = [["cat", f"guess{n}", 1, warmth] for n, warmth in enumerate([*range(12), None])]
    wrong.append(["cat", "twice", 2, 11])
    Figures.objects.filter(puzzle=puzzle).update(wrong=wrong)
    shown = client.get(day(puzzle)).context
    first = ["twice", *(f"guess{n}" for n in range(11, 2, -1))]
    assert [each.guess for each, *_ in shown["wrong"]] == first
    assert [each.guess for each, *_ in shown["more_wrong"]] == [
        "guess2",
        "guess1",
        "guess0",
        "guess12",
    ]


def test_it_shows_a_days_figures_on_a_page_of_its_own(
    client: Client, editor: User, puzzle: Puzzle
) -> None:
    page = client.get(day(puzzle)).content.decode()
    assert puzzle.prompt in page
    assert "Accept dog for cat" in page
    assert inline_code(page) == []


def test_it_shows_an_empty_site_without_a_puzzle(client: Client, editor: User) -> None:
    page = client.get(FIGURES).content.decode()
    assert "There is no puzzle today." in page
    assert "Nothing has been counted yet." in page


def test_it_accepts_a_wrong_guess_with_one_click(
    client: Client,
    editor: User,
    puzzle: Puzzle,
    sent: list[Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = accept(client, puzzle)
    assert "graded anew" in told(response)
    assert "Accept dog for cat" not in response.content.decode()
    accepted = Accepted.objects.get()
    assert (accepted.puzzle, accepted.word, accepted.text) == (puzzle, "cat", "dog")
    assert sent == [puzzle.pk]
    assert actions() == ["Accepted “dog” for “cat”."]
    assert regrading.regrade(puzzle) > 0


def test_it_accepts_a_guess_once_however_often_it_is_clicked(
    client: Client,
    editor: User,
    puzzle: Puzzle,
    sent: list[Any],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        accept(client, puzzle)
        accept(client, puzzle)
    assert Accepted.objects.count() == 1
    assert len(sent) == len(actions()) == 1


@pytest.mark.parametrize(("word", "guess"), [("cat", "tiger"), ("cats", "dog"), ("", "")])
def test_it_accepts_only_what_was_guessed(
    client: Client, editor: User, puzzle: Puzzle, word: str, guess: str
) -> None:
    assert "Nobody guessed that." in told(accept(client, puzzle, word, guess))
    assert not Accepted.objects.exists()


def test_it_lets_lookers_accept_nothing(client: Client, puzzle: Puzzle, sent: list[Any]) -> None:
    client.force_login(make_staff("operator"))
    assert "Accept dog" not in client.get(day(puzzle)).content.decode()
    assert accept(client, puzzle).status_code == 403
    assert not Accepted.objects.exists()
    assert sent == []


def test_it_shows_figures_to_nobody_without_the_permission(
    client: Client, looker: User, puzzle: Puzzle
) -> None:
    assert client.get(FIGURES).status_code == 403
    assert client.get(day(puzzle)).status_code == 403


def test_it_accepts_on_post_alone(client: Client, editor: User, puzzle: Puzzle) -> None:
    address = reverse("admin:game_figures_accept", args=[puzzle.figures.pk])
    assert client.get(address).status_code == 405


def test_it_asks_no_more_of_the_database_for_more_days(
    client: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for back in range(1, 61):
        count(coming(-back), plays=back, solved=back // 2, words=[["cat", back // 3]])
    with django_assert_max_num_queries(16):
        assert client.get(FIGURES).content.decode().count("<rect ") == 120


def test_it_looks_ninety_days_back() -> None:
    today = timezone.localdate()
    count(coming(-numbers.DAYS), plays=1)
    first, last = count(coming(1 - numbers.DAYS), plays=2), count(today, plays=3)
    counted = numbers.lately(today)
    assert counted == [first, last]
    plays = numbers.charts(counted, today)["plays"]
    assert [(bar.day, bar.value) for bar in plays.bars] == [
        (first.puzzle.play_on, 2),
        (last.puzzle.play_on, 3),
    ]
    assert (plays.first, plays.last, plays.width) == (first.puzzle.play_on, today, numbers.DAYS)


def test_it_leaves_out_hard_words_that_few_have_played() -> None:
    enough = count(coming(-1), plays=numbers.ENOUGH, words=[["cat", 1], ["fox", 3]])
    few = count(coming(-2), plays=numbers.ENOUGH - 1, words=[["moon", 0]])
    found = [(word.text, word.share) for word in numbers.hardest([enough, few])]
    assert found == [("cat", 20), ("fox", 60)]


def test_it_draws_bars_as_tall_as_their_values() -> None:
    days = [date(2026, 11, 1) + timedelta(days=offset) for offset in range(4)]
    values = {days[0]: 0, days[1]: 25, days[3]: 50}
    drawn = chart(days, values)
    assert drawn.most == 50
    assert [bar.day for bar in drawn.bars] == [days[0], days[1], days[3]]
    assert [bar.height for bar in drawn.bars] == [0, 50, 100]
    # They stand on the ground, each in the middle of its day.
    assert all(bar.y + bar.height == 100 for bar in drawn.bars)
    assert [bar.x + bar.width / 2 for bar in drawn.bars] == [0.5, 1.5, 3.5]


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 10), (10, 10), (11, 20), (21, 30), (31, 50), (51, 100), (100, 100), (734_000, 10**6)],
)
def test_it_rounds_the_top_of_a_chart_up(value: int, top: int) -> None:
    assert round_up(value) == top

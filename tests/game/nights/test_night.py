"""The night by hand: everything that the coming days need, drawn in this process."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from game.days import schedule
from game.drawing import claims
from game.editing import review
from game.models import Puzzle
from game.nights import night
from tests import factories
from tests.game.drawing.drawings import PROMPT
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
State = Puzzle.State
BAD = "a cat riding a bicycle on the moon"


def planned(offset: int = 0, prompt: str = PROMPT, **fields: Any) -> Puzzle:
    day = timezone.localdate() + timedelta(days=offset)
    return factories.make_draft(None, prompt, **{"play_on": day} | fields)


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the night wanted to sleep, instead of sleeping."""
    naps: list[float] = []
    monkeypatch.setattr(night, "sleep", naps.append)
    return naps


def states() -> dict[int, str]:
    return dict(Puzzle.objects.values_list("pk", "state"))


def test_it_draws_what_two_weeks_need_by_the_batch(
    painter: Painter, settings: Settings, naps: list[float]
) -> None:
    settings.NIGHT_BATCH = 3
    puzzles = [planned(day) for day in range(2, 14) if day != 5]
    untouched = [
        planned(14),
        planned(0, state=State.APPROVED),
        planned(1, state=State.FAILED),
        planned(play_on=None),
    ]
    before = {puzzle.pk: puzzle.state for puzzle in untouched}
    done = night.run()
    assert done == night.Night(11, 0, [timezone.localdate() + timedelta(days=5)])
    assert painter.batches == [3, 3, 3, 2]
    assert sorted(painter.warmed) == [puzzle.pk for puzzle in puzzles]
    assert states() == before | {puzzle.pk: State.REVIEW for puzzle in puzzles}
    assert naps == []
    assert night.run().drawn == 0


def test_it_leaves_what_was_sent_back_to_editors(painter: Painter) -> None:
    sent_back = factories.make_puzzle(
        None, "a cat on mars", state=State.REVIEW, play_on=timezone.localdate()
    )
    review.send_back(sent_back, State.DRAFT)
    assert night.run().drawn == 0
    review.rewrite(sent_back, "a cat on the moon")
    assert night.run().drawn == 1
    assert painter.prompts == ["a cat on the moon"]


def test_it_draws_the_soonest_days_first_and_todays_alone(painter: Painter) -> None:
    for day, animal in ((4, "fox"), (0, "cat"), (9, "dog"), (3, "wolf")):
        planned(day, f"a {animal} on the moon")
    unplanned = planned(prompt="a bear on the moon", play_on=None, state=State.WANTED)
    night.run()
    animals = [prompt.split()[1] for prompt in painter.prompts]
    assert animals == ["cat", "wolf", "fox", "dog", "bear"]
    assert painter.batches == [1, 4]
    assert states()[unplanned.pk] == State.REVIEW


def test_it_tries_three_times_with_pauses_and_then_tells_why(
    painter: Painter, naps: list[float]
) -> None:
    good, bad = planned(3), planned(4, BAD)
    painter.refused = BAD
    done = night.run()
    assert (done.drawn, done.failed) == (1, 1)
    assert states() == {good.pk: State.REVIEW, bad.pk: State.FAILED}
    bad.refresh_from_db()
    assert (bad.failure, bad.attempts) == ("no paint for this one", 3)
    assert [5 <= naps[0] <= 10, 10 <= naps[1] <= 20, len(naps)] == [True, True, 2]
    assert painter.prompts.count(PROMPT) == 2, "once in the batch that was lost, once alone"


def test_it_tells_editors_of_a_planned_prompt_that_cannot_be_drawn(painter: Painter) -> None:
    puzzle = planned(3, "a zeppelin on the moon")
    assert night.run().failed == 1
    puzzle.refresh_from_db()
    assert puzzle.state == State.FAILED
    assert "zeppelin" in puzzle.failure
    assert night.run().failed == 0, "it waits for an editor"


def test_it_asks_again_for_what_has_failed_when_told_so(painter: Painter) -> None:
    failed = planned(3, state=State.FAILED, failure="no model", attempts=3)
    unknown = planned(4, "a zeppelin on the moon", state=State.FAILED)
    assert night.run().drawn == 0
    done = night.run(is_again=True)
    assert (done.drawn, done.failed) == (1, 1)
    assert states() == {failed.pk: State.REVIEW, unknown.pk: State.FAILED}


def test_it_finds_what_lost_its_message() -> None:
    asked = planned(play_on=None, state=State.WANTED)
    abandoned, held = planned(3, state=State.WANTED), planned(4, state=State.WANTED)
    claims.claim(abandoned.pk, timezone.now() - claims.LEASE - timedelta(seconds=1))
    claims.claim(held.pk)
    assert list(night.batches_waiting()) == [[abandoned.pk, asked.pk]]


def test_it_leaves_a_puzzle_to_an_editor_who_was_faster(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = planned(3)
    want = review.want

    def want_late(row: Puzzle) -> None:
        Puzzle.objects.filter(pk=row.pk).update(state=State.WANTED)
        want(row)

    monkeypatch.setattr(review, "want", want_late)
    assert night.prepare() == 0
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


def test_it_gives_everything_back_when_stopped(painter: Painter) -> None:
    for day in range(2, 8):
        planned(day)
    painter.while_drawing = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        night.run()
    assert set(states().values()) == {State.WANTED}


def test_it_fills_a_day_that_begins_without_a_puzzle(painter: Painter) -> None:
    evergreen = factories.make_puzzle(None, approved_at=timezone.now())
    day = timezone.localdate()
    for offset in (-1, 1):
        factories.make_puzzle(None, play_on=day + timedelta(days=offset))
    assert day not in night.run().gaps
    evergreen.refresh_from_db()
    assert evergreen.play_on == day


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 3, 27, 23, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 1, tzinfo=UTC),
        datetime(2027, 10, 30, 22, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 59, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 1, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Vienna", "America/New_York", "UTC"])
def test_it_plans_fourteen_days_when_clocks_change(
    monkeypatch: pytest.MonkeyPatch, now: datetime, zone: str
) -> None:
    with timezone.override(zone):
        today = timezone.localdate(now)
        monkeypatch.setattr(timezone, "localdate", lambda: today)
        puzzles = [planned(day) for day in range(-1, 15)]
        assert night.prepare() == 0
        assert schedule.gaps(today, night.DAYS) == []
    untouched = Puzzle.objects.filter(state=State.DRAFT).order_by("play_on")
    assert list(untouched) == [puzzles[0], puzzles[-1]]
    assert len(claims.waiting()) == 14

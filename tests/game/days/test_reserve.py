"""Days that nobody has got ready, and the puzzles kept for them."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from game.days import reserve
from game.drawing import candidates
from game.models import Play, Puzzle, StandIn
from tests import factories

pytestmark = pytest.mark.django_db
State = Puzzle.State
# It is the 23rd at UTC+14 as soon as it is 10 o'clock on the 22nd.
BEFORE = datetime(2027, 3, 22, 9, 29, tzinfo=UTC)
SOON = datetime(2027, 3, 22, 9, 30, tzinfo=UTC)
NEXT = date(2027, 3, 23)


def evergreen(days_ago: int = 1, **fields: Any) -> Puzzle:
    approved_at = timezone.now() - timedelta(days=days_ago)
    return factories.make_puzzle(None, **{"approved_at": approved_at} | fields)


def ready(*days: date) -> None:
    for day in days:
        factories.make_puzzle(None, play_on=day)


@pytest.fixture
def today_is_ready() -> None:
    ready(*(NEXT - timedelta(days=days) for days in (1, 2)))


@pytest.mark.usefixtures("today_is_ready")
def test_it_fills_a_day_that_is_about_to_begin_anywhere() -> None:
    puzzle = evergreen()
    assert reserve.fill_days(BEFORE) == []
    [stand_in] = reserve.fill_days(SOON)
    assert (stand_in.day, stand_in.puzzle, stand_in.displaced) == (NEXT, puzzle, None)
    puzzle.refresh_from_db()
    assert puzzle.play_on == NEXT


@pytest.mark.usefixtures("today_is_ready")
def test_it_takes_what_was_approved_first() -> None:
    newer, older = evergreen(1), evergreen(9)
    reserve.fill_days(SOON)
    assert Puzzle.objects.get(play_on=NEXT) == older
    assert list(reserve.puzzles()) == [newer]


@pytest.mark.parametrize("state", [State.DRAFT, State.WANTED, State.REVIEW, State.FAILED])
@pytest.mark.usefixtures("today_is_ready")
def test_it_makes_room_when_a_planned_puzzle_is_not_ready(state: str) -> None:
    planned = factories.make_draft(None, play_on=NEXT, state=state)
    puzzle = evergreen()
    [stand_in] = reserve.fill_days(SOON)
    assert (stand_in.puzzle, stand_in.displaced) == (puzzle, planned)
    planned.refresh_from_db()
    assert (planned.play_on, planned.state) == (None, state)


@pytest.mark.usefixtures("today_is_ready")
def test_it_changes_nothing_when_the_reserve_is_empty() -> None:
    planned = factories.make_draft(None, play_on=NEXT)
    factories.make_draft(None, state=State.REVIEW)
    assert reserve.fill_days(SOON) == []
    planned.refresh_from_db()
    assert planned.play_on == NEXT


@pytest.mark.usefixtures("today_is_ready")
def test_it_leaves_a_day_alone_that_has_its_puzzle() -> None:
    ready(NEXT)
    evergreen()
    assert reserve.fill_days(SOON) == []
    assert not StandIn.objects.exists()


@pytest.mark.usefixtures("today_is_ready")
def test_it_moves_no_puzzle_that_somebody_has_played() -> None:
    planned = factories.make_puzzle(None, play_on=NEXT, chosen=5)
    Play.objects.create(player=factories.make_player(), puzzle=planned)
    evergreen()
    assert reserve.fill_days(SOON) == []
    planned.refresh_from_db()
    assert planned.play_on == NEXT


def test_it_keeps_only_what_nobody_has_seen() -> None:
    played = evergreen()
    Play.objects.create(player=factories.make_player(), puzzle=played)
    evergreen(chosen=5)
    factories.make_puzzle(4)
    factories.make_draft(None, state=State.REVIEW)
    kept = evergreen()
    assert list(reserve.puzzles()) == [kept]


@pytest.mark.usefixtures("today_is_ready")
def test_it_passes_over_a_puzzle_whose_file_is_gone() -> None:
    broken, whole = evergreen(9), evergreen(1)
    chosen = broken.candidates.get(position=3)
    chosen.file.storage.delete(str(chosen.file.name))
    assert candidates.missing() == [chosen]
    [stand_in] = reserve.fill_days(SOON)
    assert stand_in.puzzle == whole


@pytest.mark.parametrize("offset", [-3, 3, 300])
def test_it_fills_no_day_that_is_over_or_far_off(offset: int) -> None:
    evergreen()
    assert reserve.fill(NEXT + timedelta(days=offset), SOON) is None
    assert reserve.puzzles().count() == 1


@pytest.mark.parametrize("month", [3, 10])
def test_it_knows_its_days_when_clocks_change(month: int) -> None:
    for day in range(20, 32):
        for hour in range(24):
            now = datetime(2027, month, day, hour, 45, tzinfo=UTC)
            days = reserve.days(now)
            assert {each - days[0] for each in days} == {timedelta(n) for n in range(len(days))}
            for offset in range(-12, 15):
                assert (now + timedelta(hours=offset)).date() in days
            assert len(days) <= 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_planned", [True, False])
def test_it_uses_one_puzzle_for_a_day_when_many_fill_it_at_once(is_planned: bool) -> None:
    ready(*(NEXT - timedelta(days=days) for days in (1, 2)))
    if is_planned:
        factories.make_draft(None, play_on=NEXT)
    for days in range(3):
        evergreen(days)
    start = threading.Barrier(6)

    def fill() -> None:
        start.wait()
        reserve.fill_days(SOON)
        connection.close()

    threads = [threading.Thread(target=fill) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Puzzle.objects.get(play_on=NEXT).state == State.APPROVED
    assert reserve.puzzles().count() == 2
    assert StandIn.objects.count() == 1

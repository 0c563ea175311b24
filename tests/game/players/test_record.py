"""The record that is derived from a player's plays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.models import Figures, Play, Player, Puzzle
from game.players import record
from game.players.record import Record
from game.playing import regrading
from game.rules import clock
from tests import factories
from tests.factories import ANSWERS, WRONG, day

pytestmark = pytest.mark.django_db


def noon(number: int) -> datetime:
    return datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=12)


class Clock:
    """The server's clock, which the tests set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = noon(1)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def play(self, player: Player, number: int, *guesses: list[str]) -> None:
        self.now = noon(number)
        puzzle = Puzzle.objects.filter(play_on=day(number)).first()
        puzzle = puzzle or factories.make_puzzle(number, candidates=0)
        factories.take_guesses(player, puzzle, *guesses)

    def record(self, player: Player | None) -> Record:
        return record.record(player, self.now, self.now.date())


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def player() -> Player:
    return factories.make_player()


def counts(found: Record) -> list[int]:
    return [bar.count for bar in found.bars]


def test_it_counts_what_was_played_and_solved_and_in_how_many_tries(
    at: Clock, player: Player, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at.play(player, 1, ANSWERS)
    at.play(player, 2, *factories.WRONGS[:2], ANSWERS)
    at.play(player, 3, *factories.WRONGS)
    at.play(player, 4, *factories.WRONGS[:2], ANSWERS)
    at.play(factories.make_player(), 4, WRONG, ANSWERS)
    at.play(player, 5, WRONG)
    with django_assert_num_queries(1):
        found = at.record(player)
    assert (found.played, found.solved, found.percent) == (4, 3, 75)
    assert counts(found) == [1, 0, 2, 0, 0, 0]
    assert [bar.length for bar in found.bars] == [50, 0, 100, 0, 0, 0]
    assert (found.streaks.current.length, found.streaks.longest.length) == (1, 2)
    assert (found.badges, found.next_badge, found.to_next_badge) == ([2], 5, 4)
    # It is enough to know the key.
    assert at.record(Player(key=player.key)) == found


def test_it_is_empty_when_nothing_was_played(
    at: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_puzzle(1, candidates=0)
    with django_assert_num_queries(0):
        nobody = at.record(None)
    assert nobody == at.record(Player()) == at.record(factories.make_player())
    assert (nobody.played, nobody.percent, counts(nobody)) == (0, 0, [0] * 6)
    assert (nobody.badges, nobody.next_badge, nobody.to_next_badge) == ([], 2, 2)


def test_it_counts_days_without_a_puzzle_for_nothing(at: Clock, player: Player) -> None:
    for number in (1, 2, 4, 6):
        at.play(player, number, ANSWERS)
    # Nobody could play these on their days: not approved, approved too late, and none at all.
    factories.make_draft(3)
    late = clock.over_at(day(5))
    factories.make_puzzle(5, candidates=0, approved_at=late)
    assert at.record(player).streaks.current.length == 4
    Puzzle.objects.filter(play_on=day(5)).update(approved_at=late - timedelta(seconds=1))
    assert at.record(player).streaks.current.length == 1


def test_it_keeps_plays_of_puzzles_that_were_taken_back(at: Clock, player: Player) -> None:
    for number in (1, 2, 3):
        at.play(player, number, ANSWERS)
    # Sent back to review and approved again, long after its day.
    Puzzle.objects.filter(play_on=day(2)).update(state=Puzzle.State.REVIEW)
    Puzzle.objects.filter(play_on=day(1)).update(approved_at=noon(3))
    found = at.record(player)
    assert (found.solved, found.streaks.current.length) == (3, 3)


def test_it_counts_archived_plays_for_all_but_the_streak(at: Clock, player: Player) -> None:
    for number in (1, 2, 4):
        at.play(player, number, ANSWERS)
    factories.make_puzzle(3, candidates=0)
    at.now = clock.over_at(day(3))
    factories.take_guesses(player, Puzzle.objects.get(play_on=day(3)), ANSWERS)
    found = at.record(player)
    assert (found.played, found.streaks.current.length, found.streaks.longest.length) == (4, 1, 2)
    # A second earlier it was still its day at UTC−12.
    Play.objects.filter(puzzle__play_on=day(3)).update(started_at=at.now - timedelta(seconds=1))
    assert at.record(player).streaks.current.length == 4


def test_it_offers_yesterday_while_it_can_be_saved(at: Clock, player: Player) -> None:
    at.play(player, 1, ANSWERS)
    factories.make_puzzle(2, candidates=0)
    factories.make_puzzle(3, candidates=0)
    at.now = noon(3) - timedelta(seconds=1)
    rescue = at.record(player).streaks.rescue
    assert rescue is not None
    assert (rescue.on, rescue.length, rescue.is_begun) == (day(2), 2, False)
    at.now = noon(3)
    assert at.record(player).streaks.rescue is None


def test_it_follows_when_an_answer_is_accepted_later(at: Clock, player: Player) -> None:
    nearly = [*ANSWERS[:3], "dog"]
    at.play(player, 1, ANSWERS)
    at.play(player, 2, WRONG, nearly, *factories.WRONGS[1:5])
    at.play(player, 3, ANSWERS)
    assert at.record(player).streaks.current.length == 1
    puzzle = Puzzle.objects.get(play_on=day(2))
    puzzle.accepted.create(word="cat", text="dog")
    regrading.regrade(puzzle)
    found = at.record(player)
    assert (found.solved, found.streaks.current.length) == (3, 3)
    assert counts(found)[:2] == [2, 1]


def test_it_compares_with_everyone_once_they_are_counted(player: Player) -> None:
    puzzle = factories.make_puzzle(candidates=0)
    assert record.compare(puzzle, 2) is None
    figures = Figures.objects.create(puzzle=puzzle)
    assert record.compare(puzzle, 2) is None
    figures.plays, figures.solved, figures.distribution = 40, 30, [0, 20, 10]
    figures.save()
    compared = record.compare(Puzzle.objects.get(), 3)
    assert compared is not None
    assert (compared.plays, compared.percent) == (40, 75)
    assert [(bar.percent, bar.length) for bar in compared.bars] == [
        (0, 0),
        (50, 100),
        (25, 50),
        *[(0, 0)] * 3,
    ]
    assert [bar.tries for bar in compared.bars if bar.is_own] == [3]
    lost = record.compare(Puzzle.objects.get(), None)
    assert lost is not None
    assert not any(bar.is_own for bar in lost.bars)

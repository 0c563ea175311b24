"""What a player finds in the archive."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.models import Candidate, Figures, Play, Player, Puzzle
from game.playing import archive
from tests import factories
from tests.factories import ANSWERS, WRONG, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def player() -> Player:
    return factories.make_player()


def entries(player: Player | None, number: str = "1", *, is_unplayed: bool = False) -> list[int]:
    page = archive.page(day(5), player, number, is_unplayed=is_unplayed)
    return [entry.number for entry in page.object_list]


def entry_of(puzzle: Puzzle, player: Player | None) -> archive.Entry:
    page = archive.page(day(5), player, "1", is_unplayed=False)
    return next(entry for entry in page.object_list if entry.number == puzzle.number)


def make_many(count: int) -> None:
    """Playable puzzles of consecutive days, in a few queries and without files."""
    puzzles = [
        Puzzle(prompt=f"a fox {n}", play_on=day(n), state=Puzzle.State.APPROVED)
        for n in range(1, count + 1)
    ]
    Puzzle.objects.bulk_create(puzzles)
    Candidate.objects.bulk_create(
        Candidate(puzzle=puzzle, rank=n, position=n, score=1, seed=1, width=1, height=1)
        for puzzle in puzzles
        for n in range(1, 7)
    )


def test_it_holds_past_puzzles_alone_the_newest_first() -> None:
    for number in (1, 3, 5, 6):
        factories.make_puzzle(number)
    factories.make_puzzle(2, state=Puzzle.State.REVIEW)
    factories.make_puzzle(4, chosen=5)
    factories.make_puzzle(0)
    factories.make_puzzle(None)
    assert entries(None) == [3, 1]
    assert archive.standing(day(5), None) == archive.Standing(puzzles=2, finished=0)


def test_it_tells_what_came_of_each_when_a_player_has_played(player: Player) -> None:
    won, lost, begun, unplayed = (factories.make_puzzle(number) for number in (1, 2, 3, 4))
    factories.take_guesses(player, won, WRONG, ANSWERS)
    factories.lose(player, lost)
    factories.take_guesses(player, begun, WRONG)
    factories.take_guesses(factories.make_player(), unplayed, ANSWERS)

    entry = entry_of(won, player)
    assert (entry.is_begun, entry.is_finished, entry.solved_in) == (True, True, 2)
    assert (entry.best_score, entry.prompt) == (100, won.prompt)
    entry = entry_of(lost, player)
    assert (entry.is_begun, entry.is_finished, entry.solved_in) == (True, True, None)
    assert (entry.best_score, entry.prompt) == (lost.plays.get().best_score, lost.prompt)
    entry = entry_of(begun, player)
    assert (entry.is_begun, entry.is_finished, entry.solved_in) == (True, False, None)
    assert entry.prompt is None
    entry = entry_of(unplayed, player)
    assert (entry.is_begun, entry.is_finished, entry.prompt) == (False, False, None)
    assert archive.standing(day(5), player) == archive.Standing(puzzles=4, finished=2)
    assert archive.standing(day(5), player).left == 2


@pytest.mark.parametrize("is_known", [True, False])
def test_it_tells_nobody_elses_plays(player: Player, is_known: bool) -> None:
    puzzle = factories.make_puzzle(1)
    factories.lose(player, puzzle)
    factories.lose(factories.make_player(), puzzle)
    # Who asked to be forgotten leaves plays without a player.
    Play.objects.filter(player=player).update(player=None)
    entry = entry_of(puzzle, factories.make_player() if is_known else Player())
    assert (entry.is_begun, entry.is_finished, entry.prompt) == (False, False, None)
    assert entries(None) == [1]


def test_it_tells_how_many_solved_it_once_they_are_counted(player: Player) -> None:
    counted, empty, uncounted = (factories.make_puzzle(number) for number in (1, 2, 3))
    Figures.objects.create(puzzle=counted, plays=3, solved=2)
    Figures.objects.create(puzzle=empty)
    assert entry_of(counted, player).solvers == 67
    assert entry_of(empty, player).solvers is None
    assert entry_of(uncounted, player).solvers is None


def test_it_leaves_out_what_is_finished_when_asked_for_the_unplayed(player: Player) -> None:
    puzzles = [factories.make_puzzle(number) for number in (1, 2, 3)]
    factories.take_guesses(player, puzzles[1], ANSWERS)
    factories.take_guesses(player, puzzles[2], WRONG)
    assert entries(player, is_unplayed=True) == [3, 1]
    assert entries(None, is_unplayed=True) == [3, 2, 1]
    assert archive.next_unplayed(day(5), player) == 3
    factories.take_guesses(player, puzzles[2], ANSWERS)
    assert archive.next_unplayed(day(5), player) == 1
    factories.lose(player, puzzles[0])
    assert archive.next_unplayed(day(5), player) is None
    assert archive.next_unplayed(day(5), None) == 3


def test_it_shows_the_nearest_page_when_a_number_makes_no_sense() -> None:
    make_many(archive.A_PAGE + 2)
    today = day(100)

    def numbers(page: str) -> list[int]:
        shown = archive.page(today, None, page, is_unplayed=False)
        return [entry.number for entry in shown.object_list]

    assert numbers("1") == numbers("") == numbers("fox") == list(range(archive.A_PAGE + 2, 2, -1))
    assert numbers("2") == numbers("99") == numbers("-1") == [2, 1]


def test_it_asks_three_queries_however_many_puzzles_there_are(
    player: Player, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_many(200)
    factories.take_guesses(player, Puzzle.objects.get(play_on=day(150)), ["fox", "150"])
    today = day(1000)
    with django_assert_num_queries(3):
        assert archive.standing(today, player).finished == 1
        page = archive.page(today, player, "2", is_unplayed=False)
        assert [entry.is_finished for entry in page.object_list].count(True) == 1


def test_it_knows_that_a_day_is_over_once_it_is_over_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    puzzle = factories.make_puzzle(1)
    noon = datetime.combine(day(2), datetime.min.time(), UTC).replace(hour=12)
    assert archive.over_at(puzzle) == noon
    monkeypatch.setattr(timezone, "now", lambda: noon - timedelta(seconds=1))
    assert not archive.is_over(puzzle)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    assert archive.is_over(puzzle)
    with pytest.raises(ValueError, match="not planned"):
        archive.over_at(factories.make_puzzle(None))


def test_it_knows_who_has_finished(player: Player) -> None:
    puzzle = factories.make_puzzle(1)
    factories.take_guesses(player, puzzle, WRONG)
    assert not archive.has_finished(player, puzzle)
    factories.take_guesses(player, puzzle, *factories.WRONGS[1:])
    assert archive.has_finished(player, puzzle)
    assert not archive.has_finished(factories.make_player(), puzzle)
    Play.objects.update(player=None)
    assert not archive.has_finished(Player(), puzzle)
    assert not archive.has_finished(None, puzzle)

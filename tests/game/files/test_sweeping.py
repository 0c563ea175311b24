"""What is swept was named by this database, goes by the trash, and is few at once."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from game.drawing import candidates
from game.files import pairing, sweeping
from game.models import Candidate, LooseFile, Puzzle
from game.nights import night, tasks
from game.running import supervise
from tests import factories
from tests.game.drawing.drawings import stored_files
from tests.painter import Painter, painter

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


def names(puzzle: Puzzle) -> list[str]:
    return [str(candidate.file) for candidate in puzzle.candidates.order_by("pk")]


def loose() -> set[str]:
    return set(LooseFile.objects.values_list("name", flat=True))


def delete_by_hand(puzzle: Puzzle) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM game_candidate WHERE puzzle_id = %s", [puzzle.pk])


@pytest.mark.parametrize(
    "let_go",
    [candidates.remove, lambda puzzle: puzzle.delete(), delete_by_hand],
    ids=["removed", "cascade", "by hand"],
)
def test_it_notes_the_files_of_rows_that_go(let_go: Callable[[Puzzle], object]) -> None:
    puzzle, other = factories.make_puzzle(1), factories.make_puzzle(2)
    puzzle.candidates.filter(rank=1).update(film="films/ab/film.webp")
    assert loose() == set()
    files = {*names(puzzle), "films/ab/film.webp"}
    let_go(puzzle)
    assert loose() == files
    assert loose().isdisjoint(names(other))


def test_it_notes_a_file_that_is_replaced() -> None:
    puzzle = factories.make_puzzle(1)
    old = names(puzzle)[0]
    puzzle.candidates.filter(file=old).update(score=1.0)
    assert loose() == set()
    puzzle.candidates.filter(file=old).update(file="candidates/ab/new.webp")
    assert loose() == {old}


def test_it_notes_nothing_when_the_row_stays_after_all() -> None:
    puzzle = factories.make_puzzle(1)
    with transaction.atomic():
        candidates.remove(puzzle)
        transaction.set_rollback(True)
    assert loose() == set()


@pytest.fixture
def gone() -> list[str]:
    """Nine files whose rows went, among more than enough others."""
    for number in range(2, 24):
        factories.make_puzzle(number)
    puzzle = factories.make_puzzle(1)
    gone = names(puzzle)
    puzzle.delete()
    return gone


def test_it_moves_loose_files_to_the_trash_and_deletes_them_later(gone: list[str]) -> None:
    kept = set(stored_files()) - set(gone)
    assert sweeping.sweep(NOW + 0.9 * DAY) == sweeping.Swept(0, 0, 0), "it may be being stored"
    assert sweeping.sweep(NOW + 2 * DAY) == sweeping.Swept(9, 0, 0)
    assert set(stored_files()) == kept
    assert all(default_storage.exists(f"trash/{name}") for name in gone)
    assert sweeping.sweep(NOW + 15.9 * DAY) == sweeping.Swept(0, 0, 0)
    assert all(default_storage.exists(f"trash/{name}") for name in gone)
    assert sweeping.sweep(NOW + 16.1 * DAY) == sweeping.Swept(0, 0, 9)
    assert not any(default_storage.exists(f"trash/{name}") for name in gone)
    assert loose() == set()
    assert set(stored_files()) == kept


def test_it_leaves_what_a_row_names_again(gone: list[str]) -> None:
    back = Candidate.objects.earliest("pk")
    Candidate.objects.filter(pk=back.pk).update(file=gone[0])
    sweeping.sweep(NOW + 2 * DAY)
    assert default_storage.exists(gone[0])
    assert not default_storage.exists(gone[1])


def test_it_never_takes_more_than_a_twentieth_at_once_unless_told_to() -> None:
    puzzles = [factories.make_puzzle(number) for number in range(1, 5)]
    LooseFile.objects.bulk_create(
        LooseFile(name=name, since=NOW - DAY * (number + 2))
        for number, puzzle in enumerate(puzzles[1:])
        for name in names(puzzle)
    )
    Candidate.objects.exclude(puzzle=puzzles[0]).delete()
    assert sweeping.sweep(NOW) == sweeping.Swept(1, 26, 0), "of thirty-six files"
    assert not set(names(puzzles[0])) - set(stored_files())
    out = StringIO()
    call_command("sweep", stdout=out)
    assert "1 moved to the trash, 0 deleted from it, 25 left." in out.getvalue()
    call_command("sweep", "--all", stdout=out)
    assert "25 moved to the trash, 0 deleted from it, 0 left." in out.getvalue()
    assert stored_files() == sorted(names(puzzles[0]))


def test_it_leaves_files_that_this_database_never_named_unless_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    puzzle = factories.make_puzzle(1)
    default_storage.save("candidates/ab/theirs.webp", ContentFile(b"RIFF"))
    monkeypatch.setattr(FileSystemStorage, "get_modified_time", lambda storage, name: NOW - 9 * DAY)
    assert sweeping.sweep(NOW + 90 * DAY, is_all=True) == sweeping.Swept(0, 0, 0)
    call_command("sweep", "--all", stdout=StringIO())
    assert default_storage.exists("candidates/ab/theirs.webp")
    call_command("sweep", "--all", "--unnamed", stdout=StringIO())
    assert stored_files() == sorted(names(puzzle))
    assert default_storage.exists("trash/candidates/ab/theirs.webp")


def test_it_forgets_what_was_never_written() -> None:
    LooseFile.objects.create(name="films/ab/never.webp", since=NOW - 2 * DAY)
    assert sweeping.sweep(NOW) == sweeping.Swept(0, 0, 0)
    assert loose() == set()


def test_it_goes_on_when_a_sweep_was_killed_half_way(gone: list[str]) -> None:
    default_storage.save(f"trash/{gone[0]}", ContentFile(b"half"))
    whole = default_storage.open(gone[0]).read()
    sweeping.sweep(NOW + 2 * DAY)
    assert default_storage.open(f"trash/{gone[0]}").read() == whole


def test_it_sweeps_in_the_night_and_never_at_a_start(
    gone: list[str], painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    LooseFile.objects.update(since=NOW - 2 * DAY)
    supervise.reopen_drawings()
    tasks.keep_days_drawn()
    assert set(gone) <= set(stored_files())
    night.run()
    assert set(gone).isdisjoint(stored_files())


def test_it_says_whose_files_it_will_not_sweep() -> None:
    default_storage.save(pairing.KEY_FILE, ContentFile(b"another"))
    with pytest.raises(CommandError, match="don't belong together"):
        call_command("sweep", "--all", "--unnamed")

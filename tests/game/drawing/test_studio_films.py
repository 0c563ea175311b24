"""Films are kept for the best picture, and no drawing fails by one."""

import errno
from collections.abc import Callable
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError

from game.drawing import candidates, loose, studio
from game.models import Candidate, LooseFile, Puzzle
from generator.drawing.result import Picture
from tests import factories
from tests.game.drawing.drawings import PROMPT, State, stored_files, wanted
from tests.painter import Painter, painter

__all__ = ["painter"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reel(painter: Painter) -> None:
    painter.reel = b"RIFF, a film"


def raising(error: Exception) -> Callable[[Picture], bytes]:
    def fail(picture: Picture) -> bytes:
        raise error

    return fail


def films() -> list[str]:
    return [name for name in stored_files() if name.startswith("films/")]


def test_it_keeps_the_film_of_the_best_picture(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    filmed: list[Picture] = []

    def film(picture: Picture) -> bytes:
        filmed.append(picture)
        return b"RIFF"

    monkeypatch.setattr(painter, "film", film)
    puzzle = wanted()
    assert studio.draw(puzzle.pk) is True
    best = puzzle.candidates.get(rank=1)
    assert [picture.seed for picture in filmed] == [best.seed]
    assert [best.film.name] == films()
    assert best.film.name == f"films/{best.token[:2]}/{best.token}.webp"
    assert best.film.read() == b"RIFF"
    assert puzzle.candidates.exclude(film="").count() == 1


def test_it_films_every_puzzle_of_a_batch_once_all_are_stored(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzles = [wanted(number=n) for n in (1, 2, 3)]
    states: list[set[str]] = []

    def film(picture: Picture) -> bytes:
        states.append(set(Puzzle.objects.values_list("state", flat=True)))
        return b"RIFF"

    monkeypatch.setattr(painter, "film", film)
    studio.draw_many([puzzle.pk for puzzle in puzzles])
    assert states == [{State.REVIEW}] * 3
    assert len(films()) == Candidate.objects.exclude(film="").count() == 3


@pytest.mark.parametrize("error", [RuntimeError("no"), OperationalError("gone")])
def test_it_draws_all_the_same_when_filming_fails(
    painter: Painter, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(painter, "film", raising(error))
    puzzle = wanted()
    assert studio.draw(puzzle.pk) is True
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.failure) == (State.REVIEW, "")
    assert len(stored_files()) == 9


def test_it_draws_all_the_same_when_the_time_ends_while_filming(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painter, "film", raising(SoftTimeLimitExceeded()))
    puzzles = [wanted(number=n) for n in (1, 2)]
    outcome = studio.draw_many([puzzle.pk for puzzle in puzzles])
    assert sorted(outcome.drawn) == [puzzle.pk for puzzle in puzzles]
    assert outcome.failures == {}
    assert {one.state for one in Puzzle.objects.all()} == {State.REVIEW}


def test_it_leaves_no_half_film_when_the_disk_is_full(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_save = getattr(FileSystemStorage, "_save")  # noqa: B009 - the stubs lack it

    def save(storage: FileSystemStorage, name: str, content: Any) -> str:
        if name.startswith("films/"):
            real_save(storage, name, ContentFile(b"RI"))
            raise OSError(errno.ENOSPC, "No space left on device")
        return str(real_save(storage, name, content))

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    puzzle = wanted()
    assert studio.draw(puzzle.pk) is True
    assert films() == []
    assert len(stored_files()) == puzzle.candidates.filter(film="").count() == 9


def test_it_keeps_no_film_of_pictures_that_are_gone(painter: Painter) -> None:
    puzzle = factories.make_puzzle(1, PROMPT)
    seed = puzzle.candidates.get(rank=1).seed
    candidates.store_film(puzzle, seed + 1000, b"RIFF")
    assert films() == []
    candidates.store_film(puzzle, seed, b"RIFF")
    candidates.store_film(puzzle, seed, b"RIFF, another")
    assert len(films()) == 1
    assert puzzle.candidates.get(rank=1).film.read() == b"RIFF"


def test_it_leaves_no_film_when_the_candidate_goes_meanwhile(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = factories.make_puzzle(1, PROMPT)
    real_save = getattr(FileSystemStorage, "_save")  # noqa: B009 - the stubs lack it

    def save(storage: FileSystemStorage, name: str, content: Any) -> str:
        puzzle.candidates.all().delete()
        return str(real_save(storage, name, content))

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    candidates.store_film(puzzle, puzzle.candidates.get(rank=1).seed, b"RIFF")
    assert films() == []


def test_it_lets_the_film_go_with_its_picture(painter: Painter) -> None:
    puzzle = wanted()
    studio.draw(puzzle.pk)
    [old] = films()
    Puzzle.objects.update(state=State.WANTED)
    assert studio.draw(puzzle.pk) is True
    assert len(films()) == 2
    assert LooseFile.objects.filter(name=old).exists()
    assert not LooseFile.objects.filter(name=puzzle.candidates.get(rank=1).film.name).exists()


def test_it_has_named_a_film_that_a_killed_worker_leaves(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loose, "delete", lambda files: None)
    puzzle = factories.make_puzzle(1, PROMPT)
    monkeypatch.setattr(loose, "note_named", raising(SystemExit()))  # type: ignore[arg-type]
    with pytest.raises(SystemExit):
        candidates.store_film(puzzle, puzzle.candidates.get(rank=1).seed, b"RIFF")
    assert list(LooseFile.objects.values_list("name", flat=True)) == films()
    assert len(films()) == 1

"""Every stored file belongs to a candidate, whatever breaks."""

import errno
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError

from game.drawing import candidates, studio
from game.models import Candidate, LooseFile
from tests import factories
from tests.game.drawing.drawings import PROMPT, State, stored_files, wanted
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db


def test_it_leaves_no_file_when_the_disk_is_full(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = wanted()
    real_save = getattr(FileSystemStorage, "_save")  # noqa: B009 - the stubs lack it
    saved = []

    def save(storage: FileSystemStorage, name: str, content: Any) -> str:
        saved.append(name)
        if len(saved) == 5:
            # As a real disk does it: the file is there, cut short.
            real_save(storage, name, ContentFile(b"RIFF"))
            raise OSError(errno.ENOSPC, "No space left on device")
        return str(real_save(storage, name, content))

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    with pytest.raises(studio.DrawingFailed, match="No space left on device"):
        studio.draw(puzzle.pk)
    assert len(saved) == 5
    assert stored_files() == []
    assert not LooseFile.objects.exists()
    assert Candidate.objects.count() == 0
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


def test_it_leaves_no_file_when_the_rows_cannot_be_written(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = wanted()
    monkeypatch.setattr(
        candidates, "_store_rows", lambda *_: raising(OperationalError("gone away"))()
    )
    with pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    assert stored_files() == []


def test_it_keeps_the_files_of_rows_that_were_committed_all_the_same(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection can break after the server has committed and before we hear of it."""
    puzzle = wanted()
    store_rows = candidates._store_rows

    def store_and_break(*args: Any) -> None:
        store_rows(*args)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(candidates, "_store_rows", store_and_break)
    with pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW
    assert len(stored_files()) == puzzle.candidates.count() == 9


def test_it_replaces_older_pictures_whose_files_are_loose_then(painter: Painter) -> None:
    puzzle = factories.make_puzzle(1, PROMPT, state=State.WANTED)
    old = stored_files()
    assert studio.draw(puzzle.pk) is True
    assert puzzle.candidates.count() == len(old) == 9
    named = set(Candidate.objects.values_list("file", flat=True))
    assert set(stored_files()) == named | set(old)
    assert set(LooseFile.objects.values_list("name", flat=True)) == set(old)


def test_it_keeps_older_pictures_when_drawing_again_fails(painter: Painter) -> None:
    puzzle = factories.make_puzzle(1, PROMPT, state=State.WANTED)
    old = stored_files()
    painter.while_drawing = raising(RuntimeError("no"))
    with pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    assert stored_files() == old
    assert puzzle.candidates.count() == 9


def test_it_has_named_every_file_that_a_killed_worker_leaves(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = wanted()
    monkeypatch.setattr(candidates, "_store_rows", lambda *_: raising(SystemExit())())
    monkeypatch.setattr(candidates, "_delete_unnamed", lambda files: None)
    with pytest.raises(SystemExit):
        studio.draw(puzzle.pk)
    files = stored_files()
    assert len(files) == 9
    assert set(LooseFile.objects.values_list("name", flat=True)) == set(files)

import errno
import logging
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError, connection
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from game import studio
from game.models import Candidate, Puzzle
from generator.safety import UnsafePrompt
from tests import factories
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
State = Puzzle.State


def wanted(**fields: Any) -> Puzzle:
    return factories.make_draft(1, state=State.WANTED, **fields)


def stored_files() -> list[str]:
    return sorted(
        str(path.relative_to(settings.MEDIA_ROOT))
        for path in Path(settings.MEDIA_ROOT).rglob("*")
        if path.is_file()
    )


def test_it_stores_nine_ranked_candidates_for_review(painter: Painter) -> None:
    puzzle = wanted()
    assert studio.draw(puzzle.pk) is True
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW
    assert (puzzle.progress, puzzle.failure, puzzle.claim) == (100, "", None)
    assert puzzle.drawn_at
    candidates = list(puzzle.candidates.order_by("rank"))
    assert [candidate.rank for candidate in candidates] == list(range(1, 10))
    assert [candidate.score for candidate in candidates] == [1 - n / 10 for n in range(1, 10)]
    assert {candidate.position for candidate in candidates} == {None}
    assert {candidate.file.name for candidate in candidates} == set(stored_files())
    assert puzzle.approved_at is None


def test_it_keeps_the_seed_that_it_drew_with(painter: Painter) -> None:
    puzzle = wanted()
    studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    assert painter.seeds == [puzzle.seed]
    assert puzzle.manifest == {"model": {"name": "noise"}, "kept": 6, "seed": puzzle.seed}
    first = puzzle.candidates.get(rank=1)
    assert first.seed == painter.seeds[0] + 5


def test_it_stores_plain_webp(painter: Painter) -> None:
    puzzle = wanted()
    studio.draw(puzzle.pk)
    first = puzzle.candidates.get(rank=1)
    with Image.open(first.file) as image:
        assert (image.format, image.size) == ("WEBP", (32, 32))
        assert dict(image.getexif()) == {}
        assert image.info.get("icc_profile") is image.info.get("xmp") is None
    assert (first.width, first.height) == (32, 32)


def test_it_approves_the_six_best_when_the_puzzle_says_so(painter: Painter) -> None:
    puzzle = wanted(is_auto_approved=True)
    studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    assert puzzle.state == State.APPROVED
    assert puzzle.approved_at
    places = puzzle.candidates.order_by("rank").values_list("position", flat=True)
    assert list(places) == [1, 2, 3, 4, 5, 6, None, None, None]


def test_it_draws_once_when_asked_twice(painter: Painter) -> None:
    puzzle = wanted()
    assert [studio.draw(puzzle.pk), studio.draw(puzzle.pk)] == [True, False]
    assert len(painter.prompts) == 1
    assert len(stored_files()) == puzzle.candidates.count() == 9


@pytest.mark.parametrize("state", [State.DRAFT, State.REVIEW, State.APPROVED, State.FAILED])
def test_it_draws_nothing_that_nobody_wants(painter: Painter, state: str) -> None:
    puzzle = factories.make_draft(1, state=state)
    assert studio.draw(puzzle.pk) is False
    assert studio.draw(puzzle.pk + 1) is False
    assert painter.prompts == []


def test_it_leaves_a_puzzle_to_whoever_claimed_it_first(painter: Painter) -> None:
    puzzle = wanted()
    results: list[bool] = []
    painter.while_drawing = lambda: results.append(studio.draw(puzzle.pk))
    assert studio.draw(puzzle.pk) is True
    assert results == [False]
    assert len(painter.prompts) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_claimed_by_one_of_many_workers() -> None:
    puzzle = wanted()
    start = threading.Barrier(6)
    claims: list[Puzzle | None] = []

    def claim() -> None:
        start.wait()
        claims.append(studio.claim(puzzle.pk))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 6
    assert sum(claim is not None for claim in claims) == 1
    puzzle.refresh_from_db()
    assert puzzle.attempts == 1


def test_it_takes_over_when_a_lease_has_run_out() -> None:
    puzzle = wanted()
    now = timezone.now()
    dead = studio.claim(puzzle.pk, now)
    assert dead
    assert studio.claim(puzzle.pk, now + studio.LEASE) is None
    later = now + studio.LEASE + timedelta(seconds=1)
    heir = studio.claim(puzzle.pk, later)
    assert heir
    assert heir.claim != dead.claim
    assert heir.attempts == 2
    assert heir.leased_until == later + studio.LEASE


def test_it_gives_up_on_a_prompt_that_kills_its_workers() -> None:
    puzzle = wanted()
    now = timezone.now()
    for _ in range(studio.MOST_CLAIMS):
        assert studio.claim(puzzle.pk, now)
        now += studio.LEASE + timedelta(seconds=1)
    assert studio.claim(puzzle.pk, now) is None
    puzzle.refresh_from_db()
    assert puzzle.state == State.FAILED
    assert puzzle.failure


def test_it_extends_the_lease_with_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    puzzle = wanted()
    long_ago = timezone.now() - studio.LEASE + timedelta(seconds=5)
    claimed = studio.claim(puzzle.pk, long_ago)
    assert claimed
    clock = 100.0
    monkeypatch.setattr(studio, "monotonic", lambda: clock)
    told: list[tuple[float, str]] = []
    heartbeat = studio.Heartbeat(claimed, lambda *report: told.append(report))
    heartbeat(0.25, "painting")
    puzzle.refresh_from_db()
    assert puzzle.progress == 25
    left = studio.lease_left(puzzle.pk)
    assert left
    assert left > studio.LEASE - timedelta(seconds=5)
    clock += 0.1
    heartbeat(0.5, "painting")
    puzzle.refresh_from_db()
    assert puzzle.progress == 25, "written more often than every half second"
    clock += 0.5
    heartbeat(1.0, "done")
    puzzle.refresh_from_db()
    assert puzzle.progress == 99, "100 is for stored pictures"
    assert told == [(0.25, "painting"), (0.5, "painting"), (1.0, "done")]


def test_it_stores_nothing_when_another_worker_took_over(painter: Painter) -> None:
    puzzle = wanted()
    later = timezone.now() + studio.LEASE + timedelta(minutes=1)
    painter.while_drawing = lambda: studio.claim(puzzle.pk, later)
    assert studio.draw(puzzle.pk) is False
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAWING
    assert puzzle.attempts == 2
    assert stored_files() == []


@pytest.mark.parametrize("meddle", [{"prompt": "a blue cat"}, {"claim": None, "state": "draft"}])
def test_it_stores_nothing_when_the_puzzle_changed_meanwhile(
    painter: Painter, meddle: dict[str, Any]
) -> None:
    puzzle = wanted()
    store_files = Candidate.file.field.storage.save

    def save(*args: Any, **kwargs: Any) -> str:
        Puzzle.objects.filter(pk=puzzle.pk).update(**meddle)
        return str(store_files(*args, **kwargs))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Candidate.file.field.storage, "save", save)
        assert studio.draw(puzzle.pk) is False
    assert stored_files() == []
    assert Candidate.objects.count() == 0


def test_it_stops_when_the_puzzle_is_deleted(painter: Painter) -> None:
    puzzle = wanted()
    painter.while_drawing = puzzle.delete
    assert studio.draw(puzzle.pk) is False
    assert stored_files() == []


def test_it_waits_for_another_attempt_after_a_failure(
    painter: Painter, caplog: pytest.LogCaptureFixture
) -> None:
    puzzle = wanted()
    painter.while_drawing = raising(RuntimeError("the paint ran out"))
    with pytest.raises(studio.DrawingFailed, match="the paint ran out") as failure:
        studio.draw(puzzle.pk)
    assert not failure.value.is_final
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.attempts) == (State.WANTED, 1)
    assert puzzle.failure == "the paint ran out"
    assert (puzzle.claim, puzzle.leased_until) == (None, None)
    painter.while_drawing = lambda: None
    assert studio.draw(puzzle.pk) is True
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.failure) == (State.REVIEW, "")


def test_it_is_failed_after_three_attempts(painter: Painter) -> None:
    puzzle = wanted()
    painter.while_drawing = raising(MemoryError())
    outcomes = []
    for _ in range(3):
        with pytest.raises(studio.DrawingFailed) as failure:
            studio.draw(puzzle.pk)
        outcomes.append(failure.value.is_final)
    assert outcomes == [False, False, True]
    assert studio.draw(puzzle.pk) is False
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.attempts) == (State.FAILED, 3)
    assert puzzle.failure == "MemoryError"


def test_it_does_not_try_an_unsafe_prompt_again(painter: Painter) -> None:
    puzzle = wanted()
    painter.while_drawing = raising(UnsafePrompt("this is not drawn here: gore"))
    with pytest.raises(studio.DrawingFailed) as failure:
        studio.draw(puzzle.pk)
    assert failure.value.is_final
    puzzle.refresh_from_db()
    assert puzzle.state == State.FAILED


def test_it_says_so_when_the_model_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    puzzle = wanted()
    monkeypatch.setattr(studio, "generator", raising(FileNotFoundError("no bart/config.json")))
    with pytest.raises(studio.DrawingFailed, match="no bart"):
        studio.draw(puzzle.pk)


def test_it_wants_six_pictures_at_least(painter: Painter) -> None:
    puzzle = wanted(is_auto_approved=True)
    painter.count = 5
    with pytest.raises(studio.DrawingFailed, match="6"):
        studio.draw(puzzle.pk)
    assert puzzle.candidates.count() == 0


def test_it_gives_the_puzzle_back_when_interrupted(painter: Painter) -> None:
    puzzle = wanted()
    painter.while_drawing = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        studio.draw(puzzle.pk)
    painter.while_drawing = lambda: None
    assert studio.draw(puzzle.pk) is True


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
    assert Candidate.objects.count() == 0
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


def test_it_leaves_no_file_when_the_rows_cannot_be_written(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = wanted()
    monkeypatch.setattr(studio, "_store_rows", lambda *_: raising(OperationalError("gone away"))())
    with pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    assert stored_files() == []


def test_it_keeps_the_files_of_rows_that_were_committed_all_the_same(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection can break after the server has committed and before we hear of it."""
    puzzle = wanted()
    store_rows = studio._store_rows

    def store_and_break(*args: Any) -> None:
        store_rows(*args)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(studio, "_store_rows", store_and_break)
    with pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW
    assert len(stored_files()) == puzzle.candidates.count() == 9


def test_it_replaces_older_pictures_and_their_files(
    painter: Painter, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    puzzle = factories.make_puzzle(1, state=State.WANTED)
    old = stored_files()
    with django_capture_on_commit_callbacks(execute=True):
        assert studio.draw(puzzle.pk) is True
    assert len(old) == len(stored_files()) == puzzle.candidates.count() == 9
    assert not set(old) & set(stored_files())


def test_it_keeps_older_pictures_when_drawing_again_fails(painter: Painter) -> None:
    puzzle = factories.make_puzzle(1, state=State.WANTED)
    old = stored_files()
    painter.while_drawing = raising(RuntimeError("no"))
    with pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    assert stored_files() == old
    assert puzzle.candidates.count() == 9


def test_it_sweeps_old_files_that_no_row_names() -> None:
    puzzle = factories.make_puzzle(1)
    kept = stored_files()
    orphan = default_storage.save("candidates/ab/abandoned.webp", ContentFile(b"RIFF"))
    assert studio.sweep() == 0, "it may be a drawing that is being stored right now"
    assert studio.sweep(timezone.now() + timedelta(days=2)) == 1
    assert not default_storage.exists(orphan)
    assert stored_files() == kept
    assert puzzle.candidates.count() == 9


def test_it_sweeps_nothing_before_the_first_drawing() -> None:
    assert studio.sweep() == 0


def test_it_names_words_that_the_bundled_model_does_not_know(settings: Settings) -> None:
    unknown = studio.unknown_words("a foxx riding a zeppelin on the moon")
    assert list(unknown) == ["foxx", "zeppelin"]
    assert "fox" in unknown["foxx"]
    with pytest.raises(studio.Undrawable, match=r"“foxx”.*“fox”.*“zeppelin”"):
        studio.check_prompt("a foxx riding a zeppelin on the moon")
    settings.GENERATOR_MODEL = "/some/model"
    assert studio.unknown_words("a foxx riding a zeppelin") == {}


def test_it_refuses_unsafe_prompts() -> None:
    with pytest.raises(studio.Undrawable, match="gore"):
        studio.check_prompt("a fox with gore on the moon")


def test_it_checks_prompts_without_loading_torch() -> None:
    code = (
        "import django, sys; django.setup(); import game.urls; from game import studio;"
        "studio.check_prompt('a fox on the moon'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_it_keeps_prompts_out_of_the_log(
    painter: Painter, caplog: pytest.LogCaptureFixture
) -> None:
    puzzle = wanted()
    painter.while_drawing = raising(RuntimeError("no paint"))
    with caplog.at_level(logging.DEBUG), pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    assert caplog.messages
    assert puzzle.prompt not in caplog.text

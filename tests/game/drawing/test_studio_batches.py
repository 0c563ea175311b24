"""Several puzzles drawn in one go: each is stored, lost or failed by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.utils import timezone

from game.drawing import candidates, claims, painting, studio
from game.models import Batch, Puzzle
from tests.game.drawing.drawings import State, stored_files, wanted
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
ANIMALS = ("fox", "cat", "dog", "lion")


@pytest.fixture
def four() -> list[Puzzle]:
    prompts = [f"a {animal} riding a bicycle on the moon" for animal in ANIMALS]
    return [wanted(prompt=prompt, play_on=None, is_auto_approved=True) for prompt in prompts]


def pks(puzzles: list[Puzzle]) -> list[int]:
    return [puzzle.pk for puzzle in puzzles]


def states() -> list[str]:
    return list(Puzzle.objects.order_by("pk").values_list("state", flat=True))


def assert_whole() -> None:
    """Six pictures for each approved puzzle, none for another, and a row for each file."""
    chosen = Puzzle.objects.filter(candidates__position__isnull=False)
    for puzzle in Puzzle.objects.all():
        expected = 6 if puzzle.state == State.APPROVED else 0
        assert chosen.filter(pk=puzzle.pk).count() == expected
    assert candidates.missing() == []
    assert len(stored_files()) == 9 * Puzzle.objects.filter(state=State.APPROVED).count()


def test_it_draws_four_puzzles_in_one_go(painter: Painter, four: list[Puzzle]) -> None:
    outcome = studio.draw_many(pks(four))
    assert (outcome.drawn, outcome.failures) == (pks(four), {})
    assert painter.batches == [4]
    assert states() == [State.APPROVED] * 4
    for puzzle, prompt, seed in zip(four, painter.prompts, painter.seeds, strict=True):
        puzzle.refresh_from_db()
        assert (puzzle.prompt, puzzle.seed, puzzle.progress) == (prompt, seed, 100)
        seeds = puzzle.candidates.values_list("seed", flat=True)
        assert set(seeds) == {seed + n for n in range(9)}
    assert_whole()


def test_it_fails_one_prompt_alone_when_the_generator_raises_on_it(
    painter: Painter, four: list[Puzzle]
) -> None:
    painter.refused = four[2].prompt
    outcome = studio.draw_many(pks(four))
    assert outcome.drawn == pks([four[0], four[1], four[3]])
    assert str(outcome.failures[four[2].pk]) == "no paint for this one"
    # The culprit is found by halves.
    assert painter.batches == [4, 2, 2, 1, 1]
    assert states() == [State.APPROVED, State.APPROVED, State.WANTED, State.APPROVED]
    assert_whole()
    for _ in range(2):
        studio.draw_many(pks(four))
    assert states() == [State.APPROVED, State.APPROVED, State.FAILED, State.APPROVED]
    assert Puzzle.objects.get(state=State.FAILED).failure == "no paint for this one"


def test_it_sorts_out_what_may_not_be_drawn_beforehand(
    painter: Painter, four: list[Puzzle]
) -> None:
    Puzzle.objects.filter(pk=four[0].pk).update(prompt="a fox with gore on the moon")
    outcome = studio.draw_many(pks(four))
    assert outcome.failures[four[0].pk].is_final
    assert painter.batches == [3]
    assert states() == [State.FAILED] + [State.APPROVED] * 3


def test_it_drops_one_puzzle_alone_when_its_claim_is_lost(
    painter: Painter, four: list[Puzzle]
) -> None:
    late = timezone.now() + 9 * claims.LEASE
    painter.while_drawing = lambda: claims.claim(four[1].pk, late)
    outcome = studio.draw_many(pks(four))
    assert outcome.drawn == pks([four[0], four[2], four[3]])
    assert outcome.failures == {}
    assert states() == [State.APPROVED, State.DRAWING, State.APPROVED, State.APPROVED]
    assert_whole()


def test_it_stops_when_every_claim_is_lost(painter: Painter, four: list[Puzzle]) -> None:
    painter.while_drawing = lambda: Puzzle.objects.update(state=State.DRAFT, claim=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "REPORT_EVERY", 0)
        assert studio.draw_many(pks(four)) == studio.Outcome()
    assert painter.batches == [4]
    assert_whole()


def test_it_leaves_out_what_somebody_else_draws(painter: Painter, four: list[Puzzle]) -> None:
    claims.claim(four[3].pk)
    assert studio.draw_many(pks(four)).drawn == pks(four[:3])
    assert studio.draw_many(pks(four)) == studio.Outcome()
    assert painter.batches == [3]


def test_it_keeps_every_lease_of_a_batch_alive(painter: Painter, four: list[Puzzle]) -> None:
    leases: list[Any] = []
    painter.while_drawing = lambda: leases.extend(
        Puzzle.objects.values_list("leased_until", flat=True)
    )
    studio.draw_many(pks(four))
    # Four puzzles are painted and stored, in silence, four times as long as one.
    assert len(leases) == 4
    assert min(leases) > timezone.now() + 3.5 * claims.LEASE


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_it_gives_a_whole_batch_back_when_interrupted(
    painter: Painter, four: list[Puzzle], stop: type[BaseException]
) -> None:
    painter.while_drawing = raising(stop())
    with pytest.raises(stop):
        studio.draw_many(pks(four))
    assert states() == [State.WANTED] * 4
    assert_whole()


def test_it_does_not_halve_a_batch_whose_time_is_over(painter: Painter, four: list[Puzzle]) -> None:
    painter.while_drawing = raising(SoftTimeLimitExceeded())
    outcome = studio.draw_many(pks(four))
    assert painter.batches == [4]
    assert {str(failure) for failure in outcome.failures.values()} == {
        "The worker's time for it was over."
    }
    assert states() == [State.WANTED] * 4


def test_it_loads_a_broken_model_once_a_batch(
    monkeypatch: pytest.MonkeyPatch, four: list[Puzzle]
) -> None:
    loads: list[int] = []

    def load() -> None:
        loads.append(1)
        raise FileNotFoundError("no bart/config.json")

    monkeypatch.setattr(painting, "generator", load)
    outcome = studio.draw_many(pks(four))
    assert len(outcome.failures) == 4
    # Before the claims, and once more for the reason.
    assert len(loads) == 2


def test_it_stores_the_others_when_the_disk_fills_up(
    painter: Painter, four: list[Puzzle], monkeypatch: pytest.MonkeyPatch
) -> None:
    real_save = getattr(FileSystemStorage, "_save")  # noqa: B009 - the stubs lack it
    saved: list[str] = []

    def save(storage: FileSystemStorage, name: str, content: Any) -> str:
        saved.append(name)
        if len(saved) == 12:  # in the middle of the second puzzle
            raise OSError(28, "No space left on device")
        return str(real_save(storage, name, content))

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    outcome = studio.draw_many(pks(four))
    assert list(outcome.failures) == [four[1].pk]
    assert "No space left" in str(outcome.failures[four[1].pk])
    assert_whole()
    studio.draw_many(pks(four))
    assert states() == [State.APPROVED] * 4
    assert_whole()


def test_it_goes_on_drawing_while_the_database_restarts(
    painter: Painter, four: list[Puzzle], monkeypatch: pytest.MonkeyPatch
) -> None:
    real_held: Callable[..., Any] = claims.held
    answers = iter([OperationalError("the connection is closed"), None])

    def held(*puzzles: Puzzle) -> Any:
        rows = real_held(*puzzles)
        real_update = rows.update

        def update(**changes: Any) -> int:
            if error := next(answers, None):
                raise error
            return int(real_update(**changes))

        rows.update = update
        return rows

    monkeypatch.setattr(claims, "held", held)
    assert studio.draw_many(pks(four)).drawn == pks(four)
    assert_whole()


# What operators see


def test_it_keeps_a_history_of_batches(painter: Painter, four: list[Puzzle]) -> None:
    painter.refused = four[2].prompt
    studio.draw_many(pks(four))
    batch = Batch.objects.get()
    assert (batch.asked, batch.drawn) == (4, 3)
    assert batch.failures == {str(four[2].pk): "no paint for this one"}
    assert batch.ended_at
    assert batch.ended_at >= batch.started_at
    studio.draw_many([four[0].pk])
    assert Batch.objects.count() == 1, "nothing was waiting"

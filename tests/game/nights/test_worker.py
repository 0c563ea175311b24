"""The night, a real queue, a real worker process and the bundled model, from prompt to pictures."""

from datetime import timedelta

import pytest
import redis
from django.utils import timezone
from PIL import Image, ImageChops

from game.models import Puzzle
from game.nights import tasks
from game.running import processes
from tests import factories
from tests.game.nights.workers import (
    StartWorker,
    State,
    is_drained,
    queue,
    start_worker,
    stored_files,
    wait_until,
    worker_env,
)

__all__ = ["queue", "start_worker", "worker_env"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
PROMPT = "a fox riding a bicycle on the moon"


def planned_today() -> Puzzle:
    return factories.make_draft(None, PROMPT, play_on=timezone.localdate(), is_auto_approved=True)


def assert_is_drawn(puzzle: Puzzle) -> None:
    """Nine ranked candidates, the six best of them chosen, all different."""
    candidates = list(puzzle.candidates.order_by("rank"))
    assert [candidate.rank for candidate in candidates] == list(range(1, 10))
    scores = [candidate.score for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
    assert len({candidate.seed for candidate in candidates}) == 9
    places = [candidate.position for candidate in candidates]
    assert places == [1, 2, 3, 4, 5, 6, None, None, None]
    images = [Image.open(candidate.file).convert("RGB") for candidate in candidates]
    for i, image in enumerate(images[:6]):
        assert min(image.size) >= 128
        assert len(image.getcolors(maxcolors=2**24) or ()) > 100, "a picture, not a flat colour"
        for other in images[:i]:
            assert ImageChops.difference(image, other).getbbox()
    films = {candidate.film.name for candidate in candidates if candidate.film}
    assert len(films) == 1
    assert stored_files() == films | {candidate.file.name for candidate in candidates}


def is_done() -> bool:
    """Drawn and filmed, which comes last."""
    puzzle = Puzzle.objects.get()
    return puzzle.state == State.APPROVED and puzzle.candidates.exclude(film="").exists()


def test_it_draws_the_day_once_however_often_it_is_asked(
    queue: "redis.Redis", start_worker: StartWorker
) -> None:
    puzzle = planned_today()
    for _ in range(2):
        tasks.begin_night.delay()
    start_worker()
    wait_until(is_done, "the drawing")
    first = list(puzzle.candidates.order_by("pk").values())
    drawn_at = Puzzle.objects.get().drawn_at
    # More of the same: another night, and a message that was delivered twice.
    tasks.keep_days_drawn()
    for _ in range(2):
        tasks.draw_puzzle.delay(puzzle.pk)
    wait_until(lambda: is_drained(queue), "the end of the queue")
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.attempts, puzzle.progress) == (State.APPROVED, 1, 100)
    assert puzzle.drawn_at == drawn_at
    assert list(puzzle.candidates.order_by("pk").values()) == first
    assert puzzle.manifest["prompt"] == PROMPT
    assert puzzle.manifest["seed"] == puzzle.seed
    assert_is_drawn(puzzle)


def test_it_survives_a_worker_that_is_killed_while_drawing(
    queue: "redis.Redis", start_worker: StartWorker
) -> None:
    puzzle = planned_today()
    tasks.begin_night.delay()
    victim = start_worker()

    def is_at_work() -> bool:
        state = Puzzle.objects.get().state
        assert state != State.APPROVED, "it was too fast to be killed"
        return state == State.DRAWING

    wait_until(is_at_work, "a claim")
    processes.kill_group(victim)
    victim.wait()
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAWING
    # Time goes by until the lease is over.
    late = timezone.now() - timedelta(seconds=1)
    Puzzle.objects.filter(pk=puzzle.pk).update(leased_until=late)
    tasks.keep_days_drawn()
    start_worker()
    wait_until(is_done, "the second drawing")
    puzzle.refresh_from_db()
    assert puzzle.attempts == 2
    assert_is_drawn(puzzle)

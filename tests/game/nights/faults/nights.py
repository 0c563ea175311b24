"""What the tests of a night's faults share: a night to draw, a visitor meanwhile, and what must be
true in the end."""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import close_old_connections, connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from game.drawing import candidates, drawable, tables
from game.files import sweeping
from game.models import Batch, Candidate, Puzzle
from game.playing import cards
from tests import factories
from tests.game.nights.workers import State, wait_until

NOISE = "tests.noise_worker"


class Visitor(threading.Thread):
    """Looks at today's page, its card and its pictures, again and again."""

    def __init__(self, puzzle: Puzzle) -> None:
        super().__init__(daemon=True)
        tokens = puzzle.candidates.filter(position__isnull=False).values_list("token", flat=True)
        pictures = [reverse("picture", args=[token]) for token in tokens]
        self.addresses = ["/", reverse("card", args=[puzzle.number]), *pictures]
        self.answers: Counter[int] = Counter()
        self.rounds = 0
        self.has_gone = threading.Event()

    def run(self) -> None:
        client = Client(raise_request_exception=False)
        while not self.has_gone.wait(0.2):
            for address in self.addresses:
                # As a server does it before each request.
                close_old_connections()
                self.answers[client.get(address).status_code] += 1
            self.rounds += 1
        connection.close()

    @contextmanager
    def excused(self) -> Iterator[None]:
        """While the database is away there is no page; but then there is one again."""
        before = self.answers.copy()
        yield
        for _ in range(2):  # the first may have begun before
            rounds = self.rounds
            wait_until(lambda rounds=rounds: self.rounds > rounds, "another visit")  # type: ignore[misc]
        self.answers = before


@dataclass
class Night:
    """Puzzles to draw, in the order of their days."""

    puzzles: list[Puzzle]
    visitor: Visitor
    ledger: Path

    @property
    def pks(self) -> list[int]:
        return [puzzle.pk for puzzle in self.puzzles]


MakeNight = Callable[..., Night]


@pytest.fixture
def make_night(
    transactional_db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeNight]:
    """So many days to draw, in batches of so many. Today has its puzzle, and has a visitor."""
    visitors: list[Visitor] = []
    # Warmth is tested elsewhere.
    monkeypatch.setattr(tables, "missing_words", lambda puzzle: [])

    def make(count: int = 6, batch: int = 3) -> Night:
        settings.NIGHT_BATCH = batch
        today = timezone.localdate()
        # Midnight may pass.
        ready = [
            factories.make_puzzle(None, play_on=today + timedelta(days=day), forecast={})
            for day in (0, 1)
        ]
        visitors.append(Visitor(ready[0]))
        visitors[-1].start()
        prompts = drawable.suggest_prompts(count, seed=6)
        puzzles = [
            factories.make_draft(
                None, prompt, play_on=today + timedelta(days=day), is_auto_approved=True
            )
            for day, prompt in enumerate(prompts, start=2)
        ]
        assert len(puzzles) == count
        return Night(puzzles, visitors[-1], tmp_path / "stored.log")

    yield make
    for visitor in visitors:
        visitor.has_gone.set()
        visitor.join()


def is_drawing() -> bool:
    """Whether somebody alive is at it, as far as leases tell."""
    return Puzzle.objects.filter(state=State.DRAWING, leased_until__gt=Now()).exists()


def is_all_approved() -> bool:
    return not Puzzle.objects.exclude(state=State.APPROVED).exists()


def let_leases_end() -> None:
    Puzzle.objects.filter(state=State.DRAWING).update(leased_until=Now() - timedelta(seconds=1))


def assert_night_is_whole(night: Night, failed: Collection[Puzzle] = ()) -> None:
    """Nothing is lost or drawn twice, everything has its files, nothing else is stored, and
    whoever looked at today's page saw it."""
    assert list(Puzzle.objects.filter(pk__in=night.pks).order_by("play_on")) == night.puzzles
    for puzzle in Puzzle.objects.filter(pk__in=night.pks):
        if puzzle in failed:
            assert (puzzle.state, puzzle.candidates.count()) == (State.FAILED, 0)
            continue
        assert (puzzle.state, puzzle.progress, puzzle.claim) == (State.APPROVED, 100, None)
        places = puzzle.candidates.order_by("rank").values_list("position", flat=True)
        assert list(places) == [1, 2, 3, 4, 5, 6, None, None, None]
    stored = Counter(night.ledger.read_text().split())
    assert set(stored.values()) == {1}, "something was drawn twice"
    assert candidates.missing() == []
    sweeping.sweep(timezone.now() + timedelta(days=2), is_all=True)
    assert sweeping.unnamed(timezone.now() + timedelta(days=2)) == []
    rows = Candidate.objects.values_list("file", "film")
    assert set(candidates.stored()) == {name for row in rows for name in row if name}
    cards.sweep()
    assert len(list(candidates.stored([cards.FOLDER]))) == 1
    assert night.visitor.rounds
    assert set(night.visitor.answers) == {200}


def assert_drawn_once(night: Night) -> None:
    """Also by the history, which knows nothing of what a killed worker did last."""
    wait_until(is_all_approved, "the last drawing")
    wait_until(lambda: not Batch.objects.filter(ended_at=None).exists(), "the end of the batch")
    assert_night_is_whole(night)
    assert sum(Batch.objects.values_list("drawn", flat=True)) == len(night.puzzles)
    assert set(Puzzle.objects.filter(pk__in=night.pks).values_list("attempts", flat=True)) == {1}

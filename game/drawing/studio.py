"""Drawing pictures for prompts, with the generator.

A puzzle is drawn once however often it is asked for: game.drawing.claims decides who draws it, and
game.drawing.candidates stores the pictures of those alone who still hold their claim.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone
from django.utils.translation import gettext as _

from game.drawing import candidates, claims, painting, rounds, wishes
from game.drawing.candidates import CHOSEN
from game.drawing.claims import ATTEMPTS, LEASE, Heartbeat, LostClaimError, Report
from game.drawing.drawable import StudioError, Undrawable, check_prompt
from game.drawing.origins import UNSEEN
from game.drawing.rounds import Drawn
from game.models import Batch, Puzzle

if TYPE_CHECKING:
    from generator.drawing.pipeline import Generator
    from generator.drawing.result import Drawing

logger = logging.getLogger(__name__)

# What CLIP saw of pictures while it ranked them, by their seeds and scores.
Seen = dict[tuple[int, float], tuple[float, ...]]


class DrawingFailed(StudioError):
    def __init__(self, failure: str, *, is_final: bool) -> None:
        super().__init__(failure)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch, by the puzzles' ids; others weren't waiting, or were lost."""

    drawn: list[int] = field(default_factory=list)
    failures: dict[int, DrawingFailed] = field(default_factory=dict)
    seen: Seen = field(default_factory=dict)


def draw(puzzle_pk: int, report: Report | None = None) -> bool:
    """Draw a waiting puzzle; False when there is nothing to do, DrawingFailed when it fails."""
    outcome = draw_many([puzzle_pk], report)
    if puzzle_pk in outcome.failures:
        raise outcome.failures[puzzle_pk]
    return puzzle_pk in outcome.drawn


def draw_many(puzzle_pks: Sequence[int], report: Report | None = None) -> Outcome:
    """Draw those of the puzzles that are waiting in one go; what fails, fails alone."""
    outcome = Outcome()
    if not claims.waiting().filter(pk__in=puzzle_pks).exists():
        return outcome
    # Loading a large model can outlast a lease, so it comes first; its error is met again below.
    with suppress(Exception):
        painting.generator()
    # Painting and storing are silent for longer when there is more of it.
    lease = LEASE * len(puzzle_pks)
    puzzles: list[Puzzle] = []
    try:
        for pk in puzzle_pks:
            if puzzle := claims.claim(pk, lease=lease):
                puzzles.append(puzzle)
        if puzzles:
            with _recorded(len(puzzles), outcome):
                _draw_claimed(puzzles, Heartbeat(claims.held(*puzzles), report, lease), outcome)
    except BaseException:
        # Ctrl-C or a worker told to stop.
        claims.give_back(*puzzles)
        raise
    return outcome


@contextmanager
def _recorded(asked: int, outcome: Outcome) -> Iterator[None]:
    """Keep for the operators what came of a batch; one without an end was killed."""
    batch = Batch.objects.create(asked=asked)
    try:
        yield
    finally:
        failures = {str(pk): str(failure) for pk, failure in outcome.failures.items()}
        ended = {"drawn": len(outcome.drawn), "failures": failures, "ended_at": timezone.now()}
        claims.outlast_outage(lambda: Batch.objects.filter(pk=batch.pk).update(**ended))


def _draw_claimed(puzzles: Sequence[Puzzle], heartbeat: Heartbeat, outcome: Outcome) -> None:
    try:
        drawable = [puzzle for puzzle in puzzles if _is_drawable(puzzle, outcome)]
        if model := _load(drawable, outcome):
            for alike in _alike(drawable):
                _draw(model, alike, heartbeat, outcome)
    except SoftTimeLimitExceeded:
        for puzzle in claims.held(*puzzles):
            _fail(puzzle, TimeoutError(_("The worker's time for it was over.")), outcome)


def _load(puzzles: Sequence[Puzzle], outcome: Outcome) -> "Generator | None":
    try:
        return painting.generator()
    except Exception as error:
        for puzzle in puzzles:
            _fail(puzzle, error, outcome)
        return None


def _is_drawable(puzzle: Puzzle, outcome: Outcome) -> bool:
    """Told apart beforehand: the generator refuses a batch for one bad prompt."""
    try:
        check_prompt(puzzle.prompt)
    except Undrawable as error:
        _fail(puzzle, error, outcome)
        return False
    return True


def _alike(puzzles: Sequence[Puzzle]) -> Iterable[list[Puzzle]]:
    """In one go go those of which as many pictures are wanted, with the same settings."""
    groups: dict[str, list[Puzzle]] = {}
    for puzzle in puzzles:
        order = json.dumps(
            [len(candidates.kept(puzzle)), wishes.of(puzzle.sampling)], sort_keys=True
        )
        groups.setdefault(order, []).append(puzzle)
    return groups.values()


def _draw(
    model: "Generator", puzzles: Sequence[Puzzle], heartbeat: Heartbeat, outcome: Outcome
) -> None:
    if not puzzles:
        return

    def paint(some: Sequence[Puzzle], count: int, seeds: Sequence[int]) -> "list[Drawing]":
        return model.draw_many(
            [puzzle.prompt for puzzle in some],
            count=count,
            keep=min(CHOSEN, count),
            seeds=seeds,
            settings=replace(model.settings, **wishes.of(some[0].sampling)),
            on_progress=heartbeat,
        )

    try:
        found = _drawn(puzzles, model.candidates, paint)
    except SoftTimeLimitExceeded:
        raise
    except LostClaimError:
        logger.warning("%s: the claims were lost while drawing", _names(puzzles))
    except Exception as error:
        if len(puzzles) == 1:
            _fail(puzzles[0], error, outcome)
            return
        # One of them is the culprit, or they are too many for the memory.
        logger.warning("%s: in two halves after %s", _names(puzzles), type(error).__name__)
        half = len(puzzles) // 2
        _draw(model, puzzles[:half], heartbeat, outcome)
        _draw(model, puzzles[half:], heartbeat, outcome)
    else:
        for puzzle, drawn in zip(puzzles, found, strict=True):
            _store(puzzle, drawn, outcome)
        # Only now: no claim has to last for it.
        for puzzle, drawn in zip(puzzles, found, strict=True):
            if puzzle.pk in outcome.drawn:
                _film(model, puzzle, drawn.drawing)


def _drawn(puzzles: Sequence[Puzzle], count: int, paint: rounds.Draw) -> list[Drawn]:
    kept = len(candidates.kept(puzzles[0]))
    if not kept:
        return rounds.draw(puzzles, count, paint)
    # Somebody has chosen, so what the new ones show decides nothing.
    drawings = paint(puzzles, count - kept, [puzzle.seed or 0 for puzzle in puzzles])
    unseen = [puzzle.manifest.get(UNSEEN, []) for puzzle in puzzles]
    return [Drawn(*pair) for pair in zip(drawings, unseen, strict=True)]


def _store(puzzle: Puzzle, drawn: Drawn, outcome: Outcome) -> None:
    try:
        claims.outlast_outage(lambda: candidates.store(puzzle, drawn.drawing, drawn.unseen))
    except SoftTimeLimitExceeded:
        raise
    except LostClaimError:
        logger.warning("%s: the claim was lost before storing", _names([puzzle]))
    except Exception as error:
        _fail(puzzle, error, outcome)
    else:
        outcome.drawn.append(puzzle.pk)
        pictures = drawn.drawing.pictures
        outcome.seen.update({(each.seed, each.score): each.embedding for each in pictures})


def _film(model: "Generator", puzzle: Puzzle, drawing: "Drawing") -> None:
    """How the best picture was painted. A puzzle is as good without it, so nothing fails by it."""
    best = drawing.pictures[0]
    try:
        candidates.store_film(puzzle, best.seed, model.film(best))
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        logger.warning("%s stays without a film", _names([puzzle]), exc_info=error)


def _fail(puzzle: Puzzle, error: Exception, outcome: Outcome) -> None:
    from generator.safety.rules import UnsafePrompt

    logger.error("%s: drawing failed", _names([puzzle]), exc_info=error)
    failure = str(error) or type(error).__name__
    is_final = puzzle.attempts >= ATTEMPTS or isinstance(error, Undrawable | UnsafePrompt)
    claims.fail(puzzle, failure, is_final=is_final)
    outcome.failures[puzzle.pk] = DrawingFailed(failure, is_final=is_final)


def _names(puzzles: Iterable[Puzzle]) -> str:
    # Never the prompt: logs are read by people who play.
    return ", ".join(f"Puzzle {puzzle.pk}" for puzzle in puzzles)

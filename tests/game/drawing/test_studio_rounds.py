"""The gate: what can't be seen is drawn again, with more pictures, and then waits for an editor."""

import pytest
from django.utils import timezone

from game.days import reserve
from game.drawing import studio
from game.drawing.origins import UNSEEN
from game.drawing.wishes import Wishes
from game.editing import review
from game.models import Puzzle
from game.nights import night
from tests.game.drawing.drawings import State, wanted
from tests.painter import Painter, painter

__all__ = ["painter"]
pytestmark = pytest.mark.django_db


def drawn(**fields: object) -> Puzzle:
    own = {"prompt": "a pig on the moon", "is_auto_approved": True, "play_on": timezone.localdate()}
    puzzle = wanted(**own | fields)
    studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    return puzzle


def test_it_draws_again_with_other_seeds_and_more_pictures(painter: Painter) -> None:
    painter.unseen, painter.count = [["fox"], ["fox", "moon"], []], 27
    puzzle = drawn()
    assert painter.counts == [9, 18, 27]
    seed = puzzle.seed or 0
    assert painter.seeds == [seed, seed + 9, seed + 27]
    assert puzzle.state == State.APPROVED
    assert UNSEEN not in puzzle.manifest
    assert {each.seed for each in puzzle.candidates.all()} == set(range(seed + 27, seed + 54))


@pytest.mark.parametrize("play_on", [None, timezone.localdate()])
def test_it_leaves_to_an_editor_what_three_rounds_do_not_show(
    painter: Painter, play_on: object
) -> None:
    painter.unseen, painter.count = [["fox", "moon"], ["moon"], ["fox"], []], 27
    puzzle = drawn(play_on=play_on)
    assert painter.counts == [9, 18, 27]
    assert puzzle.state == State.REVIEW
    assert puzzle.manifest[UNSEEN] == ["moon"]
    # Of drawings that hide equally many words the first.
    assert puzzle.candidates.count() == 18
    assert not reserve.puzzles().exists()
    # The nights leave it there.
    night.prepare()
    assert not list(night.batches_waiting())
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_draws_again_only_those_of_a_batch_that_hide_a_word(painter: Painter) -> None:
    painter.unseen, painter.count = [[], ["moon"], []], 27
    puzzles = [
        wanted(prompt=f"a {name} on the moon", play_on=None) for name in ("fox", "wolf", "pig")
    ]
    outcome = studio.draw_many([puzzle.pk for puzzle in puzzles])
    assert outcome.drawn == [puzzle.pk for puzzle in puzzles]
    assert painter.batches == [3, 1]
    assert painter.prompts[3:] == ["a wolf on the moon"]
    assert [puzzle.candidates.count() for puzzle in puzzles] == [9, 18, 9]


def test_it_draws_once_when_an_editor_has_chosen(painter: Painter) -> None:
    painter.unseen = [["moon"]] * 3
    painter.count = 27
    puzzle = drawn()
    review.choose(puzzle, [each.pk for each in puzzle.candidates.order_by("-rank")[:6]])
    assert UNSEEN not in puzzle.manifest
    painter.unseen = [["moon"]]
    painter.counts.clear()
    review.redraw(puzzle, Wishes(keeps_chosen=True))
    assert studio.draw(puzzle.pk)
    assert painter.counts == [3]
    puzzle.refresh_from_db()
    assert puzzle.state == State.APPROVED

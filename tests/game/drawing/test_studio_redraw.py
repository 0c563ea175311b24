"""Drawing again: only the pictures that nobody chose, with an editor's settings, all told apart."""

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from game.drawing import claims, origins, studio
from game.drawing.wishes import Wishes
from game.editing import review
from game.models import Candidate, LooseFile, Puzzle
from generator.config import Sampling
from tests import factories
from tests.game.drawing.drawings import PROMPT, State, stored_files, wanted
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
CHOSEN = (9, 1, 3, 5, 4, 2)


@pytest.fixture
def drawn(painter: Painter) -> Puzzle:
    """Drawn with its own settings; six are chosen, the ones ranked 6, 7 and 8 are not."""
    painter.settings = Sampling(temperature=0.5)
    puzzle = wanted(play_on=None)
    studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    by_rank = {each.rank: each.pk for each in puzzle.candidates.all()}
    review.choose(puzzle, [by_rank[rank] for rank in CHOSEN])
    return puzzle


def chosen(puzzle: Puzzle) -> list[Candidate]:
    return list(puzzle.candidates.filter(position__isnull=False).order_by("position"))


def redraw_unchosen(puzzle: Puzzle, **wishes: Any) -> None:
    review.redraw(puzzle, Wishes(keeps_chosen=True, **wishes))


def test_it_draws_as_many_as_are_missing_when_the_chosen_stay(
    drawn: Puzzle,
    painter: Painter,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = [(each.pk, each.file.name, each.seed) for each in chosen(drawn)]
    with django_capture_on_commit_callbacks(execute=True):
        redraw_unchosen(drawn)
        assert drawn.candidates.count() == 9
        assert studio.draw(drawn.pk)
    assert painter.counts == [9, 3]
    assert [(each.pk, each.file.name, each.seed) for each in chosen(drawn)] == before
    assert drawn.candidates.count() == 9
    assert len(stored_files()) == 9 + LooseFile.objects.count() == 9 + 3
    drawn.refresh_from_db()
    assert (drawn.state, drawn.sampling) == (State.REVIEW, {})


def test_it_ranks_all_nine_anew_by_their_scores(drawn: Puzzle, painter: Painter) -> None:
    redraw_unchosen(drawn)
    studio.draw(drawn.pk)
    rows = list(drawn.candidates.order_by("rank").values_list("rank", "score"))
    assert [rank for rank, _score in rows] == list(range(1, 10))
    scores = [score for _rank, score in rows]
    assert scores == sorted(scores, reverse=True)
    # New ones of 0.9, 0.8 and 0.7 among old ones.
    expected = [0.1, 0.9, 0.7, 0.5, 0.6, 0.8, 0.9, 0.8, 0.7]
    assert sorted(scores) == pytest.approx(sorted(expected))


def test_it_says_of_every_picture_how_to_draw_it_again(drawn: Puzzle, painter: Painter) -> None:
    first = {each.pk: drawn.seed for each in chosen(drawn)}
    model = {"name": "noise"}
    own = {"model": model, "settings": {"temperature": 0.5}}
    Puzzle.objects.filter(pk=drawn.pk).update(manifest=drawn.manifest | own)
    for temperature in (0.7, 0.9):
        redraw_unchosen(drawn, sampling={"temperature": temperature})
        studio.draw(drawn.pk)
        drawn.refresh_from_db()
        later = drawn.manifest | {"settings": {"temperature": temperature}}
        Puzzle.objects.filter(pk=drawn.pk).update(manifest=later)
        drawn.refresh_from_db()
        pictures = {each["seed"]: each for each in drawn.manifest["pictures"]}
        rows = list(drawn.candidates.all())
        assert set(pictures) == {each.seed for each in rows}
        for row in rows:
            assert pictures[row.seed]["rank"] == row.rank
            temperature_of = 0.5 if row.pk in first else temperature
            assert origins.made_with(drawn, row) == {
                "model": model,
                "settings": {"temperature": temperature_of},
            }


def test_it_loses_nothing_when_drawing_the_unchosen_fails(drawn: Puzzle, painter: Painter) -> None:
    before = stored_files()
    redraw_unchosen(drawn)
    painter.while_drawing = raising(RuntimeError("no paint"))
    for _attempt in range(claims.ATTEMPTS):
        with pytest.raises(studio.DrawingFailed):
            studio.draw(drawn.pk)
    drawn.refresh_from_db()
    assert (drawn.state, stored_files()) == (State.FAILED, before)
    assert [each.rank for each in chosen(drawn)] == list(CHOSEN)
    review.approve(drawn, None)


def test_it_keeps_the_chosen_through_a_second_attempt(drawn: Puzzle, painter: Painter) -> None:
    before = [each.pk for each in chosen(drawn)]
    redraw_unchosen(drawn, seed=77)
    painter.while_drawing = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        studio.draw(drawn.pk)
    painter.while_drawing = lambda: None
    assert studio.draw(drawn.pk)
    assert [each.pk for each in chosen(drawn)] == before
    assert painter.seeds[-2:] == [77, 77]
    assert painter.counts[-1] == 3


def test_it_replaces_all_when_all_are_wanted(drawn: Puzzle, painter: Painter) -> None:
    before = {each.pk for each in chosen(drawn)}
    redraw_unchosen(drawn)
    studio.draw(drawn.pk)
    review.redraw(drawn)
    studio.draw(drawn.pk)
    assert painter.counts == [9, 3, 9]
    assert not before & set(drawn.candidates.values_list("pk", flat=True))
    assert chosen(drawn) == []


def test_it_keeps_the_choice_when_the_puzzle_approves_itself(
    drawn: Puzzle, painter: Painter
) -> None:
    before = [each.pk for each in chosen(drawn)]
    Puzzle.objects.filter(pk=drawn.pk).update(is_auto_approved=True)
    redraw_unchosen(drawn)
    studio.draw(drawn.pk)
    drawn.refresh_from_db()
    assert drawn.state == State.APPROVED
    assert [each.pk for each in chosen(drawn)] == before


def test_it_forgets_the_forecast_of_pictures_that_are_gone(drawn: Puzzle) -> None:
    Puzzle.objects.filter(pk=drawn.pk).update(forecast={"share": 0.5})
    redraw_unchosen(drawn)
    studio.draw(drawn.pk)
    drawn.refresh_from_db()
    assert drawn.forecast is None


# Settings


def test_it_draws_with_the_settings_that_an_editor_wants(painter: Painter) -> None:
    painter.settings = Sampling(condition_scale=3.0, top_k=40)
    puzzle = factories.make_draft(None, PROMPT)
    review.want(puzzle, Wishes({"temperature": 0.6, "top_k": None}, seed=1234))
    assert studio.draw(puzzle.pk)
    assert painter.asked == [Sampling(condition_scale=3.0, temperature=0.6, top_k=None)]
    assert painter.seeds == [1234]
    puzzle.refresh_from_db()
    assert (puzzle.seed, puzzle.sampling) == (1234, {"temperature": 0.6, "top_k": None})


def test_it_takes_another_seed_when_nobody_wants_a_certain_one(painter: Painter) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    review.want(puzzle, Wishes(seed=1234))
    studio.draw(puzzle.pk)
    review.redraw(puzzle)
    studio.draw(puzzle.pk)
    assert painter.seeds[0] == 1234
    assert painter.seeds[1] != 1234


def test_it_draws_together_what_is_wanted_alike(painter: Painter) -> None:
    cold = {"temperature": 0.5}
    puzzles = [wanted(play_on=None, sampling=each) for each in ({}, cold, {}, cold)]
    outcome = studio.draw_many([puzzle.pk for puzzle in puzzles])
    assert sorted(outcome.drawn) == [puzzle.pk for puzzle in puzzles]
    assert painter.batches == [2, 2]
    assert painter.asked == [Sampling(), Sampling(temperature=0.5)]


def test_it_fails_alone_with_settings_that_cannot_be(painter: Painter) -> None:
    puzzles = [wanted(play_on=None, sampling=each) for each in ({}, {"temperature": -1})]
    outcome = studio.draw_many([puzzle.pk for puzzle in puzzles])
    assert outcome.drawn == [puzzles[0].pk]
    assert "temperature must be above 0" in str(outcome.failures[puzzles[1].pk])

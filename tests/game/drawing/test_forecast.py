"""Forecasts: what is stored with a puzzle, when, and what is learnt from past ones."""

from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from game.drawing import forecast, painting, studio
from game.editing import review
from game.models import Figures, Puzzle
from game.nights import night, tasks
from game.rules import solving
from tests import factories
from tests.game.drawing.drawings import PROMPT, State, wanted
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
MODEL = {"name": "noise", "hash": "0" * 64}
WORDS = [["fox", 30], ["riding", 60], ["bicycle", 70], ["moon", 40]]


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(300_000, PROMPT, state=State.REVIEW)


def forecast_of(puzzle: Puzzle) -> Any:
    puzzle.refresh_from_db()
    return puzzle.forecast


def past(count: int, plays: int = 100, **model: str) -> None:
    for number in range(1, count + 1):
        row = factories.make_draft(number, PROMPT)
        row.forecast = {"words": WORDS, "model": MODEL | model}
        row.save()
        Figures.objects.create(puzzle=row, plays=plays, solved=plays // 10)


def test_it_says_how_visible_each_hidden_word_is(painter: Painter, puzzle: Puzzle) -> None:
    forecast.make(puzzle)
    made = forecast_of(puzzle)
    assert made["words"] == WORDS
    row = solving.features([0.3, 0.6, 0.7, 0.4], ["fox", "riding", "bicycle", "moon"])
    assert made["solvers"] == round(100 * solving.Model(solving.ESTIMATE).share(row))
    assert (made["puzzles"], made["model"]) == (0, MODEL)
    assert made["made_at"].endswith("+00:00")


def test_it_looks_at_the_chosen_pictures_in_their_order(
    painter: Painter, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_rank = {each.rank: each.pk for each in puzzle.candidates.all()}
    order = (9, 8, 7, 3, 2, 1)
    review.choose(puzzle, [by_rank[rank] for rank in order])
    looked: list[Any] = []

    def visibility(prompt: str, pictures: list[Any], seen: Any) -> Any:
        looked.extend(pictures)
        return painter.visibility(prompt, pictures)

    monkeypatch.setattr(painting, "visibility", visibility)
    forecast.make(puzzle)
    expected = [forecast._image(puzzle.candidates.get(rank=rank)) for rank in order]
    assert [each.tobytes() for each in looked] == [each.tobytes() for each in expected]


def test_it_looks_at_no_picture_again_that_was_seen(
    painter: Painter, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = puzzle.candidates.order_by("rank")
    known: studio.Seen = {(each.seed, each.score): (float(each.rank),) for each in others}
    # Of another drawing with the same seed.
    known[first.seed, first.score + 0.01] = (1.0,)
    looked: list[Any] = []

    def visibility(prompt: str, pictures: list[Any], seen: list[Any]) -> Any:
        looked.append(([each.tobytes() for each in pictures], seen))
        return painter.visibility(prompt, pictures)

    monkeypatch.setattr(painting, "visibility", visibility)
    forecast.make(puzzle, seen=known)
    image = forecast._image(first).tobytes()
    assert looked == [([image], [(2.0,), (3.0,), (4.0,), (5.0,), (6.0,)])]


def test_it_is_made_of_what_ranking_saw(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []

    def visibility(prompt: str, pictures: list[Any], seen: list[Any]) -> Any:
        looked.append((pictures, seen))
        return painter.visibility(prompt, pictures)

    monkeypatch.setattr(painting, "visibility", visibility)
    ranked: Any = ([], [(1.0, float(rank)) for rank in range(1, 7)])
    tasks.draw_batch([wanted(play_on=None).pk for _ in range(2)])
    assert looked == [ranked, ranked]
    wanted(play_on=None)
    night.run()
    assert looked == [ranked, ranked, ranked]


def test_it_learns_once_for_many_puzzles(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[str] = []

    def learn(model: str) -> solving.Model:
        learnt.append(model)
        return solving.Model(solving.ESTIMATE)

    monkeypatch.setattr(forecast, "learnt", learn)
    puzzles = [factories.make_puzzle(None, PROMPT, state=State.REVIEW) for _ in range(3)]
    forecast.make(*puzzles)
    assert all(forecast_of(each) for each in puzzles)
    assert learnt == [MODEL["hash"]]


def test_it_keeps_what_it_could_not_see(
    painter: Painter, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        painting, "visibility", lambda prompt, *_: ([None] * len(prompt.split()), MODEL)
    )
    forecast.make(puzzle)
    assert {percent for _word, percent in forecast_of(puzzle)["words"]} == {None}


def test_it_is_made_after_each_drawing(painter: Painter) -> None:
    drawn = wanted()
    tasks.draw_puzzle(drawn.pk)
    assert forecast_of(drawn)["words"] == WORDS
    puzzles = [wanted(play_on=None) for _ in range(2)]
    tasks.draw_batch([each.pk for each in puzzles])
    assert all(forecast_of(each) for each in puzzles)


def test_it_is_made_in_the_night_when_a_worker_died_before(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = factories.make_puzzle(None, PROMPT, play_on=timezone.localdate())
    queued: list[int] = []
    monkeypatch.setattr(tasks.warm_puzzle, "delay", queued.append)
    tasks.keep_days_drawn(1)
    assert queued == [late.pk]
    tasks.warm_puzzle(late.pk)
    assert forecast_of(late)
    tasks.keep_days_drawn(1)
    assert queued == [late.pk]


def test_it_is_made_anew_for_other_pictures(painter: Painter, puzzle: Puzzle) -> None:
    tasks.forecast_puzzle(puzzle.pk)
    assert forecast_of(puzzle)
    ids = list(puzzle.candidates.order_by("rank").values_list("pk", flat=True))
    review.choose(puzzle, [*ids[1:6], ids[0]])
    assert forecast_of(puzzle), "the same six in another order look the same"
    review.choose(puzzle, ids[3:9])
    assert forecast_of(puzzle) is None


def test_it_is_not_stored_for_pictures_that_are_no_longer_chosen(
    painter: Painter, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = list(puzzle.candidates.order_by("rank").values_list("pk", flat=True))

    def visibility(prompt: str, pictures: Any, seen: Any) -> Any:
        review.choose(Puzzle.objects.get(pk=puzzle.pk), ids[3:9])
        return painter.visibility(prompt, pictures)

    monkeypatch.setattr(painting, "visibility", visibility)
    forecast.make(puzzle)
    assert forecast_of(puzzle) is None


@pytest.mark.parametrize("state", [State.DRAFT, State.WANTED])
def test_it_says_nothing_without_pictures(painter: Painter, state: str) -> None:
    bare = factories.make_draft(None, PROMPT, state=state)
    forecast.make(bare)
    assert forecast_of(bare) is None


def test_it_stops_nothing_when_it_fails(
    painter: Painter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any) -> Any:
        raise RuntimeError("CLIP is away")

    monkeypatch.setattr(painting, "visibility", fail)
    drawn = wanted(play_on=None, is_auto_approved=True)
    tasks.draw_puzzle(drawn.pk)
    assert forecast_of(drawn) is None
    assert drawn.state == State.APPROVED
    assert "stays without a forecast" in caplog.text
    assert drawn.prompt not in caplog.text
    drawn.candidates.get(rank=1).file.delete(save=False)
    night.warm([drawn.pk])


def test_it_ends_when_its_time_is_over(
    painter: Painter, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painting, "visibility", lambda *_: raising(SoftTimeLimitExceeded())())
    with pytest.raises(SoftTimeLimitExceeded):
        forecast.make(puzzle)


def test_it_learns_from_puzzles_that_enough_people_played(painter: Painter, puzzle: Puzzle) -> None:
    past(solving.FEWEST_PUZZLES)
    forecast.make(puzzle)
    made = forecast_of(puzzle)
    assert made["puzzles"] == solving.FEWEST_PUZZLES
    # A tenth solved puzzles that looked just like this one.
    assert made["solvers"] < 25


@pytest.mark.parametrize("unlike", [{"plays": 19}, {"hash": "1" * 64}])
def test_it_learns_nothing_from_others(puzzle: Puzzle, unlike: dict[str, Any]) -> None:
    past(solving.FEWEST_PUZZLES, **unlike)
    assert forecast.learnt(MODEL["hash"]).puzzles == 0


def test_it_looks_with_the_bundled_model(puzzle: Puzzle) -> None:
    forecast.make(puzzle)
    made = forecast_of(puzzle)
    assert [word for word, _percent in made["words"]] == ["fox", "riding", "bicycle", "moon"]
    assert all(0 <= percent <= 100 for _word, percent in made["words"])
    assert made["model"]["name"] == painting.generator().manifest.name

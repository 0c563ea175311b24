"""Drawing: what is stored, what happens when it fails, and which prompts it takes."""

import logging
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from PIL import Image
from pytest_django import Settings

from game.drawing import candidates, drawable, painting, studio
from game.editing import review
from generator.safety.rules import UnsafePrompt
from generator.world.words import reading
from tests import factories
from tests.game.drawing.drawings import State, stored_files, wanted
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db


def test_it_stores_nine_ranked_candidates_for_review(painter: Painter) -> None:
    puzzle = wanted()
    assert studio.draw(puzzle.pk) is True
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW
    assert (puzzle.progress, puzzle.failure, puzzle.claim) == (100, "", None)
    assert puzzle.drawn_at
    stored = list(puzzle.candidates.order_by("rank"))
    assert [candidate.rank for candidate in stored] == list(range(1, 10))
    assert [candidate.score for candidate in stored] == [1 - n / 10 for n in range(1, 10)]
    assert {candidate.position for candidate in stored} == {None}
    assert {candidate.file.name for candidate in stored} == set(stored_files())
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


def test_it_leaves_the_approval_to_people_when_the_day_is_over(painter: Painter) -> None:
    puzzle = wanted(is_auto_approved=True, play_on=timezone.localdate() - timedelta(days=3))
    studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_approves_the_six_best_when_the_puzzle_says_so(painter: Painter) -> None:
    puzzle = wanted(is_auto_approved=True, play_on=timezone.localdate())
    studio.draw(puzzle.pk)
    puzzle.refresh_from_db()
    assert puzzle.state == State.APPROVED
    assert puzzle.approved_at
    places = puzzle.candidates.order_by("rank").values_list("position", flat=True)
    assert list(places) == [1, 2, 3, 4, 5, 6, None, None, None]


def test_it_offers_and_approves_the_six_that_the_generator_chose(painter: Painter) -> None:
    painter.chosen = (2, 9, 1, 3, 8, 5)
    offered, approved = wanted(), wanted(is_auto_approved=True, play_on=timezone.localdate())
    studio.draw_many([offered.pk, approved.pk])
    for puzzle in (offered, approved):
        assert [each.rank for each in candidates.shown(puzzle)] == [2, 9, 1, 3, 8, 5]
    assert {each.position for each in offered.candidates.all()} == {None}
    positions = approved.candidates.order_by("rank").values_list("position", flat=True)
    assert list(positions) == [3, 1, 4, None, 6, None, None, 5, 2]
    # Somebody's choice counts more than an offer.
    ranks = {each.rank: each.pk for each in offered.candidates.all()}
    review.choose(offered, [ranks[rank] for rank in (9, 8, 7, 6, 5, 4)])
    assert [each.rank for each in candidates.shown(offered)] == [9, 8, 7, 6, 5, 4]


def test_it_draws_as_many_as_the_model_wants(painter: Painter) -> None:
    painter.candidates = painter.count = 12
    puzzle = wanted()
    studio.draw(puzzle.pk)
    assert painter.counts == [12]
    assert puzzle.candidates.count() == 12


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


# Failures


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
    monkeypatch.setattr(painting, "generator", raising(FileNotFoundError("no bart/config.json")))
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


# Prompts


def test_it_names_words_that_the_bundled_model_does_not_know(settings: Settings) -> None:
    unknown = drawable.unknown_words("a foxx riding a zeppelin on the moon")
    assert list(unknown) == ["foxx", "zeppelin"]
    assert "fox" in unknown["foxx"]
    with pytest.raises(drawable.Undrawable, match=r"“foxx”.*“fox”.*“zeppelin”"):
        drawable.check_prompt("a foxx riding a zeppelin on the moon")
    settings.GENERATOR_MODEL = "/some/model"
    assert drawable.unknown_words("a foxx riding a zeppelin") == {}


@pytest.mark.parametrize(
    ("prompt", "near"),
    [
        ("a rabbit wearing a scarf", "“a rabbit next to a scarf”"),
        ("a fox rides a bicycle on the moon", "“a fox riding a bicycle on the moon”"),
        ("a fox riding an ice cream in the snow", "“a fox riding an airplane in the snow”"),
    ],
)
def test_it_suggests_scenes_when_it_refuses_known_words(
    settings: Settings, prompt: str, near: str
) -> None:
    with pytest.raises(drawable.Undrawable, match="not as one scene") as refusal:
        drawable.check_prompt(prompt)
    assert near in str(refusal.value)
    settings.GENERATOR_MODEL = "/some/model"
    drawable.check_prompt(prompt)


@pytest.mark.parametrize(
    ("prompt", "refusal"),
    [
        ("a raccoon riding a bicycle on the moon", "never seen “raccoon”"),
        ("a police officer in the snow", "never seen “police”.* never seen “officer”"),
        ("a pig sitting in a bucket", "never seen “sitting”"),
        ("a fox under a rainbow on the moon", "not as one scene.*It can draw “"),
    ],
)
def test_it_refuses_what_the_world_holds_and_the_bundled_model_was_not_taught(
    settings: Settings, prompt: str, refusal: str
) -> None:
    assert reading.read(prompt)
    with pytest.raises(drawable.Undrawable, match=refusal):
        drawable.check_prompt(prompt)
    settings.GENERATOR_MODEL = "/some/model"
    drawable.check_prompt(prompt)


def test_it_refuses_words_that_make_nothing_to_suggest() -> None:
    with pytest.raises(drawable.Undrawable) as refusal:
        drawable.check_prompt("riding on the moon")
    assert "It can draw" not in str(refusal.value)


def test_it_refuses_unsafe_prompts() -> None:
    with pytest.raises(drawable.Undrawable, match=r"^This is not drawn here: gore, guns\.$"):
        drawable.check_prompt("a fox with gore and guns on the moon")


def test_it_refuses_in_the_editors_language() -> None:
    with translation.override("de"):
        with pytest.raises(drawable.Undrawable, match=r"^Das wird hier nicht gemalt: gore\.$"):
            drawable.check_prompt("a fox with gore on the moon")
        with pytest.raises(drawable.Undrawable, match=r"Es kann „.*“ malen\.$"):
            drawable.check_prompt("moon the on fox a fox")


def test_it_checks_prompts_without_loading_torch() -> None:
    code = (
        "import django, sys; django.setup(); import game.urls; from game.drawing import drawable;"
        "drawable.check_prompt('a fox on the moon'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_it_keeps_prompts_out_of_the_log(
    painter: Painter, caplog: pytest.LogCaptureFixture
) -> None:
    puzzle = wanted()
    painter.while_drawing = raising(RuntimeError("no paint"))
    with caplog.at_level(logging.DEBUG), pytest.raises(studio.DrawingFailed):
        studio.draw(puzzle.pk)
    assert caplog.messages
    assert puzzle.prompt not in caplog.text

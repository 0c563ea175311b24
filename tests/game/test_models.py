from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from PIL import Image

from game.models import Candidate, Play, Puzzle, Try
from tests import factories

pytestmark = pytest.mark.django_db


@contextmanager
def migrated_to(name: str) -> Iterator[Any]:
    """The tables and models as they were after that migration; as they are again at the end."""
    try:
        executor = MigrationExecutor(connection)
        executor.migrate([("game", name)])
        yield executor.loader.project_state([("game", name)]).apps
    finally:
        call_command("migrate", "game", verbosity=0)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("fox", "A prompt needs at least 2 words, this one has 1."),
        ("a fox " * 15, "A prompt may have at most 12 words, this one has 30."),
        ("on the", "only connecting words"),
        ("a fox 🦊", "only letters"),
    ],
)
def test_it_explains_a_prompt_when_it_cannot_be_played(prompt: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Puzzle(prompt=prompt).full_clean()
    assert message in caught.value.message_dict["prompt"][0]


def test_it_takes_a_prompt_when_it_can_be_played() -> None:
    Puzzle(prompt="a red fox").full_clean()


def test_it_numbers_puzzles_by_day_when_neighbours_are_missing() -> None:
    assert Puzzle(play_on=settings.FIRST_DAY).number == 1
    assert Puzzle(play_on=settings.FIRST_DAY + timedelta(days=40)).number == 41
    assert Puzzle(play_on=None).number is None


def test_it_keeps_a_candidate_as_a_small_webp_under_an_unguessable_name() -> None:
    first, second = factories.make_puzzle(candidates=2, chosen=2).candidates.all()
    assert first.token != second.token
    assert (first.width, first.height) == (32, 32)
    with Image.open(first.file.path) as image:
        assert image.format == "WEBP"
    assert Path(first.file.path).stem == first.token
    assert Path(first.file.path).read_bytes() != Path(second.file.path).read_bytes()


def add_try(**fields: Any) -> None:
    play, _ = Play.objects.get_or_create(
        player=factories.make_player(), puzzle=Puzzle.objects.get()
    )
    Try.objects.create(play=play, **{"number": 1, "words": [], "marks": [], "score": 0} | fields)


def solve_without_finishing() -> None:
    Play.objects.create(
        player=factories.make_player(), puzzle=Puzzle.objects.get(), is_solved=True, solved_in=1
    )


def play_twice() -> None:
    player, puzzle = factories.make_player(), Puzzle.objects.get()
    Play.objects.create(player=player, puzzle=puzzle)
    Play.objects.create(player=player, puzzle=puzzle)


def try_twice() -> None:
    play = Play.objects.create(player=factories.make_player(), puzzle=Puzzle.objects.get())
    for _ in range(2):
        Try.objects.create(play=play, number=1, words=[], marks=[], score=0)


@pytest.mark.parametrize(
    ("break_it", "constraint"),
    [
        (lambda: Puzzle.objects.update(progress=101), "puzzle_progress_is_a_percentage"),
        (lambda: Puzzle.objects.update(state="drawing"), "puzzle_being_drawn_has_a_lease"),
        (lambda: factories.make_puzzle(candidates=0), "play_on"),
        (lambda: Candidate.objects.update(position=7), "candidate_position_is_one_to_six"),
        (lambda: Candidate.objects.update(position=0), "candidate_position_is_one_to_six"),
        (lambda: Candidate.objects.update(rank=1), "candidate_rank_is_unique"),
        (lambda: add_try(number=0), "try_number_is_one_to_six"),
        (lambda: add_try(number=7), "try_number_is_one_to_six"),
        (lambda: add_try(score=101), "try_score_is_at_most_100"),
        (play_twice, "play_is_one_a_puzzle"),
        (try_twice, "try_number_is_unique"),
        (solve_without_finishing, "play_solved_is_finished"),
    ],
)
def test_it_refuses_rows_when_they_break_a_constraint(
    break_it: Callable[[], object], constraint: str
) -> None:
    factories.make_puzzle(candidates=2, chosen=2)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        break_it()


def test_it_swaps_positions_when_they_are_unique_at_the_end() -> None:
    first, second = factories.make_puzzle(candidates=2, chosen=2).candidates.all()
    Candidate.objects.filter(pk=first.pk).update(position=2)
    Candidate.objects.filter(pk=second.pk).update(position=1)
    connection.check_constraints()
    assert [one.rank for one in Candidate.objects.order_by("position")] == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_it_refuses_positions_when_they_are_not_unique_at_the_end() -> None:
    first, second = factories.make_puzzle(candidates=2, chosen=2).candidates.all()
    with pytest.raises(IntegrityError, match="candidate_position_is_unique"), transaction.atomic():
        Candidate.objects.filter(pk=first.pk).update(position=second.position)


def test_it_takes_a_lease_when_a_puzzle_is_being_drawn() -> None:
    puzzle = factories.make_draft()
    Puzzle.objects.update(state="drawing", claim=uuid4(), leased_until=timezone.now())
    puzzle.refresh_from_db()
    assert puzzle.state == Puzzle.State.DRAWING


def test_it_has_migrations_for_every_model() -> None:
    call_command("makemigrations", "game", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_it_goes_back_and_forth_through_its_migrations() -> None:
    tables = set(connection.introspection.table_names())
    try:
        call_command("migrate", "game", "zero", verbosity=0)
        assert not any(name.startswith("game_") for name in connection.introspection.table_names())
    finally:
        call_command("migrate", "game", verbosity=0)
    assert set(connection.introspection.table_names()) == tables
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes("game"))


@pytest.mark.django_db(transaction=True)
def test_it_freezes_the_boards_that_were_played_when_it_migrates() -> None:
    with migrated_to("0002_add_warmth_and_rulings") as apps:
        puzzles = apps.get_model("game", "Puzzle").objects
        played, waiting = (puzzles.create(prompt=factories.PROMPT) for _ in range(2))
        player = apps.get_model("game", "Player").objects.create()
        apps.get_model("game", "Play").objects.create(player=player, puzzle=played)
    frozen = Puzzle.objects.get(pk=played.pk).frozen_board
    assert Puzzle.objects.get(pk=waiting.pk).frozen_board is None
    assert frozen is not None
    assert [word for word, is_given in frozen if is_given] == ["a", "and", "a"]


@pytest.mark.django_db(transaction=True)
def test_it_fills_records_and_salts_when_it_migrates() -> None:
    with migrated_to("0004_add_batches_and_stand_ins") as apps:
        puzzles = apps.get_model("game", "Puzzle").objects
        first, second = (puzzles.create(prompt=factories.PROMPT) for _ in range(2))
        player = apps.get_model("game", "Player").objects.create()
        play = apps.get_model("game", "Play").objects.create(
            player=player, puzzle=first, is_solved=True, finished_at=timezone.now()
        )
        for number, score in ((1, 40), (2, 100)):
            apps.get_model("game", "Try").objects.create(
                play=play, number=number, score=score, words=[], marks=[]
            )
    row = Play.objects.get(pk=play.pk)
    assert (row.solved_in, row.best_score) == (2, 100)
    salts = {Puzzle.objects.get(pk=puzzle.pk).salt for puzzle in (first, second)}
    assert {len(salt) for salt in salts} == {64}
    assert len(salts) == 2

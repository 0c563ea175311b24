from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from game.drawing import claims, drawable
from game.editing import review
from game.models import LooseFile, Puzzle
from game.rules import clock
from tests import factories
from tests.game.drawing.drawings import stored_files

pytestmark = pytest.mark.django_db
State = Puzzle.State
PROMPT = "a fox riding a bicycle on the moon"
FAR = 300_000  # days that no test's "today" reaches


def ids(puzzle: Puzzle, *ranks: int) -> list[int]:
    by_rank = {candidate.rank: candidate.pk for candidate in puzzle.candidates.all()}
    return [by_rank[rank] for rank in ranks]


def places(puzzle: Puzzle) -> dict[int, int]:
    chosen = puzzle.candidates.filter(position__isnull=False)
    return {candidate.position or 0: candidate.rank for candidate in chosen}


@pytest.fixture
def drawn() -> Puzzle:
    return factories.make_puzzle(FAR, PROMPT, state=State.REVIEW, chosen=0)


def test_it_wants_a_draft_drawn() -> None:
    puzzle = factories.make_draft(None, PROMPT)
    review.want(puzzle)
    assert puzzle.state == State.WANTED
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


def test_it_gives_a_failed_puzzle_new_attempts() -> None:
    puzzle = factories.make_draft(None, PROMPT, state=State.FAILED, attempts=3, failure="no")
    review.want(puzzle)
    assert (puzzle.state, puzzle.attempts, puzzle.failure) == (State.WANTED, 0, "")


def test_it_refuses_a_prompt_that_the_model_does_not_know() -> None:
    puzzle = factories.make_draft(None, "a foxx on the moon")
    with pytest.raises(drawable.Undrawable, match=r"“foxx”.*“fox”"):
        review.want(puzzle)
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAFT


@pytest.mark.parametrize("state", [State.WANTED, State.REVIEW, State.APPROVED])
def test_it_wants_nothing_twice(state: str) -> None:
    puzzle = factories.make_draft(None, PROMPT, state=state)
    with pytest.raises(review.NotNow, match=str(State(state).label)):
        review.want(puzzle)


def test_it_chooses_six_in_order(drawn: Puzzle) -> None:
    review.choose(drawn, ids(drawn, 9, 2, 3, 5, 4, 1))
    assert places(drawn) == {1: 9, 2: 2, 3: 3, 4: 5, 5: 4, 6: 1}
    review.choose(drawn, ids(drawn, 2, 9, 3, 5, 4, 7))
    assert places(drawn) == {1: 2, 2: 9, 3: 3, 4: 5, 5: 4, 6: 7}
    assert drawn.state == State.REVIEW


@pytest.mark.parametrize("ranks", [(), (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7), (1, 1, 2, 3, 4, 5)])
def test_it_chooses_no_other_number_of_pictures(drawn: Puzzle, ranks: tuple[int, ...]) -> None:
    with pytest.raises(review.BadChoice, match="exactly 6"):
        review.choose(drawn, ids(drawn, *ranks))
    assert places(drawn) == {}


def test_it_chooses_nothing_of_another_puzzle(drawn: Puzzle) -> None:
    other = factories.make_puzzle(FAR + 1, PROMPT)
    with pytest.raises(review.BadChoice):
        review.choose(drawn, [*ids(drawn, 1, 2, 3, 4, 5), *ids(other, 6)])
    assert places(drawn) == {}
    assert len(places(other)) == 6


def test_it_approves_six_chosen_pictures(drawn: Puzzle) -> None:
    editor = User.objects.create_user("editor")
    review.choose(drawn, ids(drawn, 1, 2, 3, 4, 5, 6))
    review.approve(drawn, editor)
    drawn.refresh_from_db()
    assert (drawn.state, drawn.approved_by) == (State.APPROVED, editor)
    assert drawn.approved_at
    with pytest.raises(review.NotNow, match="approved"):
        review.approve(drawn, editor)


def test_it_approves_nothing_for_a_day_that_is_over_everywhere(drawn: Puzzle) -> None:
    review.choose(drawn, ids(drawn, 1, 2, 3, 4, 5, 6))
    now = timezone.now()
    for day, is_over in (
        (clock.first_possible_day(now), False),
        (clock.first_possible_day(now) - timedelta(days=1), True),
    ):
        Puzzle.objects.filter(pk=drawn.pk).update(play_on=day, state=State.REVIEW)
        if is_over:
            with pytest.raises(review.NotNow, match="Its day is over"):
                review.approve(drawn, None)
        else:
            review.approve(drawn, None)
        drawn.refresh_from_db()
        assert drawn.state == (State.REVIEW if is_over else State.APPROVED)


def test_it_approves_nothing_without_six_pictures(drawn: Puzzle) -> None:
    with pytest.raises(review.BadChoice, match="6 pictures are needed to approve; 0 are chosen"):
        review.approve(drawn, None)
    drawn.refresh_from_db()
    assert drawn.state == State.REVIEW


def test_it_asks_for_new_pictures_and_takes_the_approval_back() -> None:
    puzzle = factories.make_puzzle(FAR, PROMPT, approved_at=timezone.now())
    review.redraw(puzzle)
    assert (puzzle.state, puzzle.approved_at) == (State.WANTED, None)
    assert puzzle.candidates.count() == 9


@pytest.mark.parametrize("act", [review.redraw, lambda p: review.rewrite(p, "a dog")])
@pytest.mark.parametrize("days", [0, -30])
def test_it_changes_nothing_that_players_have(days: int, act: object) -> None:
    day = timezone.localdate() + timedelta(days=days)
    puzzle = factories.make_puzzle(None, PROMPT, play_on=day)
    assert callable(act)
    with pytest.raises(review.NotNow, match="live or past"):
        act(puzzle)
    with pytest.raises(review.NotNow, match="live or past"):
        review.choose(puzzle, ids(puzzle, 9, 8, 7, 6, 5, 4))
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.prompt) == (State.APPROVED, PROMPT)
    assert places(puzzle)[1] == 1


def test_it_is_public_as_soon_as_somebody_on_earth_can_play_it() -> None:
    noon = timezone.now().replace(hour=12, minute=0)
    tomorrow = noon.date() + timedelta(days=1)
    puzzle = factories.make_draft(None, PROMPT, play_on=tomorrow, state=State.APPROVED)
    assert review.is_public(puzzle, noon), "it is tomorrow at UTC+14 already"
    assert not review.is_public(puzzle, noon - timedelta(hours=3))
    puzzle.state = State.REVIEW
    assert not review.is_public(puzzle, noon)


def test_it_drops_the_pictures_of_an_old_prompt() -> None:
    puzzle = factories.make_puzzle(FAR, PROMPT, approved_at=timezone.now())
    review.rewrite(puzzle, "a cat on the moon")
    assert (puzzle.prompt, puzzle.state) == ("a cat on the moon", State.DRAFT)
    assert puzzle.approved_at is None
    assert puzzle.candidates.count() == 0
    assert set(LooseFile.objects.values_list("name", flat=True)) == set(stored_files())


def test_it_changes_no_prompt_that_is_being_drawn() -> None:
    puzzle = factories.make_draft(None, PROMPT, state=State.WANTED)
    claims.claim(puzzle.pk)
    with pytest.raises(review.NotNow, match="drawing"):
        review.rewrite(puzzle, "a cat on the moon")


def test_it_sends_an_approved_puzzle_back() -> None:
    puzzle = factories.make_puzzle(
        FAR, PROMPT, approved_at=timezone.now(), is_auto_approved=True, forecast={"solvers": 50}
    )
    review.send_back(puzzle, State.REVIEW)
    assert (puzzle.state, puzzle.approved_at, puzzle.is_auto_approved) == ("review", None, False)
    review.send_back(puzzle, State.DRAFT)
    assert puzzle.state == State.DRAFT
    assert len(places(puzzle)) == 6
    assert puzzle.forecast == {"solvers": 50}
    review.approve(puzzle, None)
    assert puzzle.state == State.APPROVED


@pytest.mark.parametrize(
    ("state", "to"),
    [(State.REVIEW, State.REVIEW), (State.DRAFT, State.DRAFT), (State.WANTED, State.DRAFT)],
)
def test_it_sends_nothing_back_from_where_it_is_not(state: str, to: str) -> None:
    puzzle = factories.make_puzzle(FAR, PROMPT, state=state)
    with pytest.raises(review.NotNow):
        review.send_back(puzzle, to)


def test_it_sees_the_row_as_it_is_now(drawn: Puzzle) -> None:
    stale = Puzzle.objects.get(pk=drawn.pk)
    review.redraw(drawn)
    with pytest.raises(review.NotNow):
        review.approve(stale, None)

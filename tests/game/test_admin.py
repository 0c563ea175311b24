import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError as QueueError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from game import studio, tasks
from game.models import Puzzle
from tests import factories
from tests.painter import raising

pytestmark = pytest.mark.django_db
State = Puzzle.State
PROMPT = "a fox riding a bicycle on the moon"
VERBS = ["want", "redraw", "choose", "approve"]


@pytest.fixture
def editor(client: Client) -> User:
    call_command("starter")
    Puzzle.objects.all().delete()
    user = User.objects.create_user("ada", is_staff=True)
    user.groups.add(Group.objects.get(name="editor"))
    client.force_login(user)
    return user


@pytest.fixture
def looker(client: Client) -> User:
    """Staff who may look at puzzles, and no more."""
    user = User.objects.create_user("look", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_puzzle"))
    client.force_login(user)
    return user


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    queued: list[int] = []
    monkeypatch.setattr(tasks.draw_puzzle, "delay", queued.append)
    return queued


def coming(days: int = 30) -> Any:
    return timezone.localdate() + timedelta(days=days)


def drawn(**fields: Any) -> Puzzle:
    fields = {"play_on": coming(), "state": State.REVIEW, "chosen": 0} | fields
    return factories.make_puzzle(None, PROMPT, **fields)


def url(name: str, puzzle: Puzzle | None = None) -> str:
    return reverse(f"admin:game_puzzle_{name}", args=[puzzle.pk] if puzzle else [])


def told(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def places(puzzle: Puzzle, *ranks: int) -> dict[str, str]:
    """The posted form that gives these ranks the places 1, 2, … and leaves the others empty."""
    by_rank = {candidate.rank: candidate.pk for candidate in puzzle.candidates.all()}
    return {
        f"place-{pk}": str(ranks.index(rank) + 1) if rank in ranks else ""
        for rank, pk in by_rank.items()
    }


def fields(puzzle: Puzzle, **changes: Any) -> dict[str, Any]:
    """The fields of a puzzle's page as a browser would post them."""
    values = {"prompt": puzzle.prompt, "play_on": puzzle.play_on or "", "notes": puzzle.notes}
    return values | changes


def actions() -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]


# Who may do what


@pytest.mark.parametrize("name", ["changelist", "add"])
def test_it_asks_for_a_login(client: Client, name: str) -> None:
    response = client.get(url(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


def test_it_shows_strangers_nothing(client: Client) -> None:
    puzzle = drawn()
    candidate = puzzle.candidates.get(rank=1)
    for address in (
        url("change", puzzle),
        url("progress", puzzle),
        reverse("admin:game_candidate_image", args=[candidate.pk]),
    ):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("admin:login"))
    for verb in VERBS:
        assert client.post(url(verb, puzzle)).status_code == 302
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_shows_players_with_an_account_nothing(client: Client) -> None:
    candidate = drawn().candidates.get(rank=1)
    client.force_login(User.objects.create_user("player"))
    response = client.get(reverse("admin:game_candidate_image", args=[candidate.pk]))
    assert response.status_code == 302


def test_it_hides_pictures_and_progress_from_staff_without_permission(client: Client) -> None:
    puzzle = drawn()
    candidate = puzzle.candidates.get(rank=1)
    client.force_login(User.objects.create_user("staff", is_staff=True))
    image = reverse("admin:game_candidate_image", args=[candidate.pk])
    assert client.get(image).status_code == 403
    assert client.get(url("progress", puzzle)).status_code == 403


@pytest.mark.parametrize("verb", VERBS)
def test_it_forbids_acting_without_permission(
    client: Client, looker: User, queued: list[int], verb: str
) -> None:
    puzzle = drawn() if verb != "want" else factories.make_draft(None, PROMPT)
    before = Puzzle.objects.filter(pk=puzzle.pk).values().get()
    response = client.post(url(verb, puzzle), places(puzzle, 1, 2, 3, 4, 5, 6))
    assert response.status_code == 403
    assert Puzzle.objects.filter(pk=puzzle.pk).values().get() == before
    assert not puzzle.candidates.filter(position__isnull=False).exists()
    assert queued == []
    assert actions() == []


def test_it_shows_lookers_pictures_without_buttons(client: Client, looker: User) -> None:
    puzzle = drawn()
    page = client.get(url("change", puzzle)).content.decode()
    assert page.count('<li class="candidate') == 9
    for verb in VERBS:
        assert url(verb, puzzle) not in page
    assert "place-" not in page


@pytest.mark.parametrize("verb", VERBS)
def test_it_acts_on_post_alone(client: Client, editor: User, verb: str) -> None:
    assert client.get(url(verb, drawn())).status_code == 405


@pytest.mark.parametrize("verb", VERBS)
def test_it_is_guarded_against_forged_posts(editor: User, verb: str) -> None:
    puzzle = drawn()
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(url(verb, puzzle), places(puzzle, 1, 2, 3, 4, 5, 6)).status_code == 403
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


@pytest.mark.parametrize("name", ["player", "play", "try"])
def test_it_only_shows_what_players_did(admin_client: Client, name: str) -> None:
    play_state = factories.take_guesses(
        factories.make_player(), factories.make_puzzle(1), factories.WRONG
    )
    assert play_state["tries"]
    assert admin_client.get(reverse(f"admin:game_{name}_changelist")).status_code == 200
    assert admin_client.get(reverse(f"admin:game_{name}_add")).status_code == 403


# The list


def test_it_lists_weeks_ahead_at_a_glance(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    drawing = factories.make_draft(None, "a cat on mars", state=State.WANTED, play_on=coming(31))
    studio.claim(drawing.pk)
    Puzzle.objects.filter(pk=drawing.pk).update(progress=42)
    page = client.get(url("changelist")).content.decode()
    assert PROMPT in page
    assert f"#{puzzle.number}" in page
    assert "in review" in page
    assert 'value="42"' in page
    chosen = puzzle.candidates.filter(position__isnull=False).values_list("pk", flat=True)
    for pk in chosen:
        assert reverse("admin:game_candidate_image", args=[pk]) in page
    assert page.count("candidates/") == 6


def test_it_lists_past_puzzles_when_asked(client: Client, editor: User) -> None:
    past = factories.make_puzzle(None, "a cat on mars", play_on=coming(-1))
    live = factories.make_puzzle(None, "a dog on the beach", play_on=coming(0))
    assert past.prompt not in (page := client.get(url("changelist")).content.decode())
    assert live.prompt in page
    assert ">live<" in page
    page = client.get(url("changelist"), {"when": "past"}).content.decode()
    assert past.prompt in page
    assert live.prompt not in page
    assert ">past<" in page
    page = client.get(url("changelist"), {"when": "all", "q": "mars"}).content.decode()
    assert past.prompt in page
    assert live.prompt not in page


def test_it_lists_many_puzzles_with_few_queries(
    client: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for offset in range(6):
        drawn(play_on=coming(offset + 3))
    with django_assert_max_num_queries(12):
        client.get(url("changelist"))


# Writing prompts


def test_it_opens_a_new_puzzles_page(client: Client, editor: User) -> None:
    response = client.post(url("add"), {"prompt": f"  {PROMPT} ", "play_on": coming()})
    puzzle = Puzzle.objects.get()
    assert response["Location"] == url("change", puzzle)
    assert (puzzle.prompt, puzzle.state, puzzle.play_on) == (PROMPT, State.DRAFT, coming())
    assert "Have it drawn" in client.get(url("change", puzzle)).content.decode()


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "This field is required"),
        ("fox", "at least 2 words, this one has 1"),
        ("fox " * 30, "at most 12 words, this one has 30"),
        ("on the of", "only connecting words"),
        ("a fox " + "x" * 200, "at most 200 characters"),
    ],
)
def test_it_says_what_is_wrong_with_a_prompt(
    client: Client, editor: User, prompt: str, message: str
) -> None:
    page = client.post(url("add"), {"prompt": prompt}).content.decode()
    assert message in page
    assert not Puzzle.objects.exists()


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (coming(), "Another puzzle has that day already."),
        (coming(-1), "That day is over."),
    ],
)
def test_it_says_what_is_wrong_with_a_day(
    client: Client, editor: User, day: Any, message: str
) -> None:
    factories.make_draft(None, PROMPT, play_on=coming())
    page = client.post(url("add"), {"prompt": "a cat on mars", "play_on": day}).content.decode()
    assert message in page
    assert Puzzle.objects.count() == 1


def test_it_takes_no_day_before_the_first(client: Client, editor: User, settings: Any) -> None:
    settings.FIRST_DAY = coming(3)
    page = client.post(url("add"), {"prompt": PROMPT, "play_on": coming(2)}).content.decode()
    assert settings.FIRST_DAY.isoformat() in page
    assert not Puzzle.objects.exists()


@pytest.mark.parametrize("days", [0, -3])
def test_it_locks_what_players_have(client: Client, editor: User, days: int) -> None:
    puzzle = drawn(play_on=coming(days), state=State.APPROVED, chosen=6)
    posted = fields(puzzle, prompt="a cat on mars", play_on=coming(60), notes="Well liked.")
    client.post(url("change", puzzle), posted)
    puzzle.refresh_from_db()
    assert (puzzle.prompt, puzzle.play_on) == (PROMPT, coming(days))
    assert puzzle.notes == "Well liked."
    assert client.post(url("delete", puzzle), {"post": "yes"}).status_code == 403
    page = client.get(url("change", puzzle)).content.decode()
    assert "Draw again" not in page
    assert 'name="prompt"' not in page


def test_it_drops_the_pictures_when_the_prompt_changes(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED)
    posted = fields(puzzle, prompt="a cat on mars", notes="new", play_on=coming(9))
    response = client.post(url("change", puzzle), posted, follow=True)
    puzzle.refresh_from_db()
    assert (puzzle.prompt, puzzle.state) == ("a cat on mars", State.DRAFT)
    assert (puzzle.notes, puzzle.play_on) == ("new", coming(9))
    assert puzzle.candidates.count() == 0
    assert "old prompt" in told(response)


def test_it_does_not_undo_what_a_worker_writes(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = factories.make_draft(None, PROMPT, state=State.WANTED)
    clean = Puzzle.full_clean

    def clean_late(row: Puzzle, *args: Any, **kwargs: Any) -> None:
        studio.claim(puzzle.pk)
        clean(row, *args, **kwargs)

    monkeypatch.setattr(Puzzle, "full_clean", clean_late)
    client.post(url("change", puzzle), fields(puzzle, notes="new"))
    puzzle.refresh_from_db()
    assert (puzzle.notes, puzzle.state, puzzle.attempts) == ("new", State.DRAWING, 1)


def test_it_changes_no_prompt_that_a_worker_has_just_claimed(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = factories.make_draft(None, PROMPT, state=State.WANTED)
    clean = Puzzle.full_clean

    def clean_late(row: Puzzle, *args: Any, **kwargs: Any) -> None:
        studio.claim(puzzle.pk)
        clean(row, *args, **kwargs)

    monkeypatch.setattr(Puzzle, "full_clean", clean_late)
    posted = fields(puzzle, prompt="a cat on mars", notes="new")
    response = client.post(url("change", puzzle), posted, follow=True)
    assert "drawing" in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.prompt, puzzle.notes) == (PROMPT, "")


def test_it_deletes_a_puzzle_with_its_files(
    client: Client,
    editor: User,
    tmp_path: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    first, second = drawn(play_on=coming(3)), drawn(play_on=coming(4))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("delete", first), {"post": "yes"})
        client.post(
            url("changelist"),
            {"action": "delete_selected", "_selected_action": second.pk, "post": "yes"},
        )
    assert not Puzzle.objects.exists()
    assert list(tmp_path.rglob("*.webp")) == []


# The studio


def test_it_has_a_prompt_drawn(
    client: Client,
    editor: User,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url("want", puzzle), follow=True)
    assert queued == [puzzle.pk]
    assert "has been asked" in told(response)
    assert url("progress", puzzle) in response.content.decode()
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED
    assert actions() == ["Asked for pictures."]
    assert LogEntry.objects.get().user == editor


def test_it_names_known_words_when_it_refuses_a_prompt(
    client: Client, editor: User, queued: list[int]
) -> None:
    puzzle = factories.make_draft(None, "a foxx riding a bicycle on the moon")
    response = client.post(url("want", puzzle), follow=True)
    assert "“foxx”; it knows “fox”" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAFT
    assert (queued, actions()) == ([], [])


def test_it_says_so_when_the_queue_does_not_answer(
    client: Client,
    editor: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    monkeypatch.setattr(tasks, "enqueue", lambda pk: raising(QueueError("refused"))())
    response = client.post(url("want", puzzle), follow=True)
    assert "next night" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


def test_it_draws_again(
    client: Client,
    editor: User,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    puzzle = drawn(state=State.APPROVED, chosen=6)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("redraw", puzzle))
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED
    assert queued == [puzzle.pk]
    assert actions() == ["Asked for new pictures."]


def test_it_tells_how_a_drawing_goes(client: Client, editor: User) -> None:
    puzzle = factories.make_draft(None, PROMPT, state=State.WANTED)
    studio.claim(puzzle.pk)
    Puzzle.objects.filter(pk=puzzle.pk).update(progress=42)
    response = client.get(url("progress", puzzle))
    assert response.json() == {
        "state": "drawing",
        "label": "drawing",
        "progress": 42,
        "is_busy": True,
        "failure": "",
        "attempts": 1,
    }
    assert "no-store" in response["Cache-Control"]
    assert PROMPT not in response.content.decode()
    Puzzle.objects.filter(pk=puzzle.pk).update(state=State.FAILED, failure="no paint")
    assert client.get(url("progress", puzzle)).json()["is_busy"] is False
    assert "no paint" in client.get(url("change", puzzle)).content.decode()


def test_it_shows_nine_candidates_in_clip_order(client: Client, editor: User) -> None:
    puzzle = drawn()
    page = client.get(url("change", puzzle)).content.decode()
    shown = [int(pk) for pk in re.findall(r"candidates/(\d+)\.webp", page)]
    assert shown == list(puzzle.candidates.order_by("rank").values_list("pk", flat=True))
    assert "29.000" in page
    offered = re.findall(r'name="place-\d+"[^>]*value="(\d?)"', page)
    assert offered == ["1", "2", "3", "4", "5", "6", "", "", ""]


def test_it_serves_candidates_to_editors(client: Client, editor: User) -> None:
    candidate = drawn().candidates.get(rank=1)
    address = reverse("admin:game_candidate_image", args=[candidate.pk])
    response: Any = client.get(address)
    assert response["Content-Type"] == "image/webp"
    assert "private" in response["Cache-Control"]
    with candidate.file.open() as file:
        assert b"".join(response.streaming_content) == file.read()
    candidate.file.storage.delete(str(candidate.file.name))
    assert client.get(address).status_code == 404


def test_it_chooses_six(client: Client, editor: User) -> None:
    puzzle = drawn()
    response = client.post(url("choose", puzzle), places(puzzle, 9, 1, 3, 5, 4, 2), follow=True)
    chosen = puzzle.candidates.filter(position__isnull=False).order_by("position")
    assert list(chosen.values_list("rank", flat=True)) == [9, 1, 3, 5, 4, 2]
    assert "are chosen" in told(response)
    assert actions() == ["Chose the pictures ranked 9, 1, 3, 5, 4, 2."]
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


@pytest.mark.parametrize(
    "change",
    [
        {},
        {1: "2"},
        {1: ""},
        {7: "7"},
        {1: "0"},
        {1: "x"},
        {1: "1; DROP TABLE"},
        {1: "١"},
    ],
)
@pytest.mark.parametrize("verb", ["choose", "approve"])
def test_it_takes_no_other_choice(
    client: Client, editor: User, verb: str, change: dict[int, str]
) -> None:
    puzzle = drawn()
    posted = places(puzzle, 1, 2, 3, 4, 5, 6) if change else places(puzzle)
    for rank, place in change.items():
        posted[f"place-{puzzle.candidates.get(rank=rank).pk}"] = place
    response = client.post(url(verb, puzzle), posted, follow=True)
    assert "from 1 to 6" in told(response)
    assert not puzzle.candidates.filter(position__isnull=False).exists()
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW
    assert actions() == []


def test_it_approves_the_pictures_that_are_chosen_on_the_page(client: Client, editor: User) -> None:
    puzzle = drawn()
    response = client.post(url("approve", puzzle), places(puzzle, 9, 1, 3, 5, 4, 2), follow=True)
    assert "is approved" in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.approved_by) == (State.APPROVED, editor)
    assert puzzle.candidates.get(position=1).rank == 9
    assert actions() == ["Chose the pictures ranked 9, 1, 3, 5, 4, 2.", "Approved."]


def test_it_approves_what_was_chosen_before(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    client.post(url("approve", puzzle))
    puzzle.refresh_from_db()
    assert puzzle.state == State.APPROVED
    response = client.post(url("approve", puzzle), follow=True)
    assert "“approved”" in told(response)
    assert actions() == ["Approved."]


def test_it_approves_nothing_that_is_not_drawn(client: Client, editor: User) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    client.post(url("approve", puzzle))
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAFT


def test_it_keeps_to_the_content_security_policy(client: Client, editor: User) -> None:
    directives = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "'unsafe-inline'" not in str(directives)
    waiting = factories.make_draft(None, PROMPT, state=State.WANTED)
    for address in (url("changelist"), url("change", drawn()), url("change", waiting)):
        page = client.get(address).content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page) == []
        assert re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", page) == []
        assert "<style" not in page

"""The pages for many prompts: importing, planning and suggestions."""

import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game import autoplan, bulk, clock, drawable, rows
from game.admin.autoplan import first_day
from game.admin.suggestions import DROPPED
from game.models import Puzzle
from tests import factories
from tests.game.editing import actions, coming, editor, told, url
from tests.roles import make_staff

__all__ = ["editor"]
pytestmark = pytest.mark.django_db
FOX = "a fox riding a bicycle on the moon"
CAT = "a cat playing a guitar in the kitchen"
DOG = "a dog eating pizza on the beach"
NEAR = "a red fox riding a bicycle on the moon"
PAGES = ["import", "suggest", "plan"]


@pytest.fixture
def writer(client: Client) -> User:
    user = make_staff("writer", "wil")
    client.force_login(user)
    return user


def check(client: Client, text: str = "", **posted: Any) -> Any:
    return client.post(url("import"), {"text": text, "check": "", **posted})


def save(client: Client, checked: Any, **changes: Any) -> Any:
    """What pressing the button of a checked page sends."""
    initial = checked.context["form"].initial
    posted = {"text": initial["text"], "held": initial["held"], "save": ""} | changes
    return client.post(url("import"), posted, follow=True)


def prompts(drafts: list[bulk.Draft]) -> list[str]:
    return [draft.row.prompt for draft in drafts]


def planned() -> dict[date | None, str]:
    return {puzzle.play_on: puzzle.prompt for puzzle in Puzzle.objects.exclude(play_on=None)}


# Who may


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_for_a_login(client: Client, name: str) -> None:
    response = client.get(url(name))
    assert response["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("name", PAGES)
def test_it_forbids_what_somebody_has_no_right_to(client: Client, name: str) -> None:
    factories.make_draft(None, FOX)
    client.force_login(make_staff("operator"))
    posted = {"text": CAT, "save": "", "prompt": CAT, "plan": "1 2099-01-01"}
    assert client.get(url(name)).status_code == 403
    assert client.post(url(name), posted).status_code == 403
    assert (list(planned()), Puzzle.objects.count(), actions()) == ([], 1, [])


def test_it_lets_writers_import_but_not_plan(client: Client, writer: User) -> None:
    assert client.get(url("plan")).status_code == 403
    assert save(client, check(client, FOX)).status_code == 200
    assert Puzzle.objects.get().created_by == writer


@pytest.mark.parametrize("name", PAGES)
def test_it_is_guarded_against_forged_posts(editor: User, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(url(name), {"prompt": FOX}).status_code == 403
    assert not Puzzle.objects.exists()


def test_it_keeps_to_the_content_security_policy(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX)
    directives = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "'unsafe-inline'" not in str(directives)
    for response in (
        client.get(url("import")),
        check(client, f"{CAT}\nfox"),
        client.get(url("suggest")),
        propose(client),
    ):
        page = response.content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page) == []
        assert re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", page) == []
        assert "<style" not in page


def test_it_is_found_from_the_list(client: Client, editor: User) -> None:
    page = client.get(url("changelist")).content.decode()
    assert all(url(name) in page for name in PAGES)


# Importing


def test_it_checks_without_saving_and_then_saves_what_was_fine(
    client: Client, editor: User
) -> None:
    checked = check(client, f"{FOX}\nfox\n{CAT}\n{NEAR}")
    assert prompts(checked.context["fine"]) == [FOX, CAT]
    assert prompts(checked.context["others"]) == ["fox", NEAR]
    page = checked.content.decode()
    assert "at least 2 words" in page
    assert f"Nearly the same as another row: “{FOX}”." in page
    assert not Puzzle.objects.exists()

    saved = save(client, checked)
    assert "2 drafts were made." in told(saved)
    # What was not fine is still there, to be mended.
    assert saved.context["form"].initial["text"] == f"fox\n{NEAR}"
    assert prompts(saved.context["others"]) == ["fox", NEAR]
    assert set(Puzzle.objects.values_list("prompt", "created_by")) == {
        (FOX, editor.pk),
        (CAT, editor.pk),
    }
    assert actions() == ["Imported."] * 2
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {FOX, CAT}


def test_it_imports_mended_rows_with_the_others(client: Client, editor: User) -> None:
    checked = check(client, f"{FOX}\nfox")
    held = checked.context["form"].initial["held"]
    again = check(client, DOG, held=held)
    assert prompts(again.context["fine"]) == [FOX, DOG]
    done = save(client, again)
    assert done.redirect_chain == [(url("changelist"), 302)]
    assert set(Puzzle.objects.values_list("prompt", flat=True)) == {FOX, DOG}


def test_it_judges_what_was_typed_while_saving(client: Client, editor: User) -> None:
    saved = save(client, check(client, f"{FOX}\nfox"), text=f"{CAT}\ncat")
    assert [puzzle.prompt for puzzle in Puzzle.objects.all()] == [FOX]
    assert prompts(saved.context["fine"]) == [CAT]
    assert prompts(saved.context["others"]) == ["cat"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_it_imports_a_file(client: Client, editor: User, encoding: str) -> None:
    day = coming()
    text = f"Prompt;Day;Difficulty;Notes;Accepted\r\n{FOX};{day:%d.%m.%Y};4,0;“Très” good;fox=vixen"
    text = text.replace("“Très”", "Très")
    file = SimpleUploadedFile("prompts.csv", text.encode(encoding))
    save(client, check(client, file=file))
    puzzle = Puzzle.objects.get()
    assert (puzzle.prompt, puzzle.play_on, puzzle.difficulty) == (FOX, day, 4)
    assert puzzle.notes == "Très good"
    assert puzzle.accepted.get().text == "vixen"


def test_it_keeps_all_columns_of_rows_that_are_to_be_mended(client: Client, editor: User) -> None:
    text = f'prompt,notes,day\nfox,"a, b",2020-01-01\n{FOX},c,'
    checked = check(client, text)
    saved = save(client, checked)
    left = rows.read(saved.context["form"].initial["text"])
    assert left == [rows.Row("fox", "2020-01-01", notes="a, b")]


@pytest.mark.parametrize("change", ["prefix", "other user", "nonsense"])
def test_it_refuses_rows_that_come_back_changed(client: Client, editor: User, change: str) -> None:
    held = check(client, FOX).context["form"].initial["held"]
    if change == "other user":
        client.force_login(make_staff("editor", "eve"))
    sent = {"prefix": "x" + held, "other user": held, "nonsense": "nonsense"}[change]
    response = client.post(url("import"), {"held": sent, "text": CAT, "save": ""})
    page = response.content.decode()
    assert "came back changed" in page
    assert CAT in page
    assert not Puzzle.objects.exists()


def test_it_holds_back_what_is_fine_no_longer(client: Client, editor: User) -> None:
    checked = check(client, f"{FOX}\n{CAT}")
    factories.make_draft(None, NEAR)
    saved = save(client, checked)
    assert "1 draft was made." in told(saved)
    assert prompts(saved.context["others"]) == [FOX]


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ({}, "Paste some prompts"),
        ({"text": "\n \n"}, "Paste some prompts"),
        ({"text": "prompt,colour\na fox,red"}, "no column “colour”"),
        ({"text": "a fox\n" * (rows.MOST_ROWS + 1)}, "At most 5000 prompts"),
        ({"text": "x" * (rows.MOST_BYTES + 1)}, "At most 1000000 "),
    ],
)
def test_it_says_why_it_reads_nothing(
    client: Client, editor: User, posted: dict[str, str], message: str
) -> None:
    page = check(client, **posted).content.decode()
    assert message in page
    assert posted.get("text", "").strip()[:20] in page


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"PK\x03\x04", "Save it as CSV"), (b"x" * (rows.MOST_BYTES + 1), "At most 1000000 bytes")],
)
def test_it_says_why_it_reads_no_file(
    client: Client, editor: User, data: bytes, message: str
) -> None:
    page = check(client, CAT, file=SimpleUploadedFile("p.csv", data)).content.decode()
    assert message in page
    assert CAT in page


def test_it_counts_held_rows_too(client: Client, editor: User, monkeypatch: Any) -> None:
    held = check(client, f"{FOX}\n{CAT}").context["form"].initial["held"]
    monkeypatch.setattr("game.admin.bulk.MOST_ROWS", 2)
    assert "At most 2 prompts" in check(client, DOG, held=held).content.decode()


def test_it_shows_writers_no_prompt_of_others(client: Client, writer: User) -> None:
    factories.make_draft(None, FOX, play_on=coming())
    page = check(client, NEAR).content.decode()
    assert "Nearly the same as a prompt that is waiting already." in page
    assert FOX not in page


def test_it_imports_with_few_queries(
    client: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    checked = check(client, "\n".join(drawable.suggest_prompts(60, seed=1)))
    with django_assert_max_num_queries(25):
        save(client, checked)
    assert Puzzle.objects.count() > 30


# Planning


def propose(client: Client, **asked: Any) -> Any:
    fields: dict[str, Any] = {"start": first_day(), "days": 7, "states": "draft"}
    return client.get(url("plan"), fields | asked)


def confirm(client: Client, proposal: Any) -> Any:
    ticked = [each.posted for each in proposal.context["proposal"]]
    return client.post(url("plan"), {"plan": ticked}, follow=True)


def make_week() -> list[Puzzle]:
    """Drafts for a week, that nobody would plan in this order."""
    levels = [5, 4, 3, 3, 2, 2, 1]
    nouns = ["fox", "cat", "dog", "lion", "robot", "panda", "ghost"]
    return [
        factories.make_draft(None, f"a {noun} {level}", difficulty=level)
        for noun, level in zip(nouns, levels, strict=True)
    ]


def test_it_plans_a_week_by_the_curve(client: Client, editor: User) -> None:
    make_week()
    proposal = propose(client)
    assert planned() == {}
    shown = proposal.context["proposal"]
    assert all(each.difficulty == each.wanted for each in shown)
    response = confirm(client, proposal)
    assert "7 days are planned." in told(response)
    assert planned() == {each.day: each.puzzle.prompt for each in shown}
    for puzzle in Puzzle.objects.all():
        assert puzzle.play_on
        assert puzzle.difficulty == autoplan.wanted(puzzle.play_on)
    assert sorted(actions()) == sorted(f"Planned for {each.day}." for each in shown)


def test_it_shows_the_curve_and_says_what_is_estimated(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX)
    page = propose(client).content.decode()
    curve = re.findall(r"<td>(\d)</td>", page)
    assert [int(level) for level in curve] == list(autoplan.CURVE)
    (shown,) = propose(client).context["proposal"]
    assert (shown.difficulty, shown.is_estimate) == (3, True)
    assert "it is estimated" in page


def test_it_never_touches_taken_days(client: Client, editor: User) -> None:
    taken = factories.make_draft(None, FOX, play_on=first_day())
    make_week()
    proposal = propose(client, days=3)
    assert [each.day for each in proposal.context["proposal"]] == [
        first_day() + autoplan.DAY,
        first_day() + 2 * autoplan.DAY,
    ]
    confirm(client, proposal)
    taken.refresh_from_db()
    assert taken.play_on == first_day()


def test_it_plans_only_what_is_asked_for(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX)
    reserve = factories.make_puzzle(None, CAT, candidates=0)
    shown = propose(client, states="approved").context["proposal"]
    assert [each.puzzle for each in shown] == [reserve]
    shown = propose(client, states=["approved", "draft"]).context["proposal"]
    assert len(shown) == 2


def test_it_plans_nothing_that_is_too_far_off(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX)
    shown = propose(client, start="9999-12-31", days=366)
    assert "is too far off." in shown.content.decode()
    assert "proposal" not in shown.context


def test_it_plans_the_ticked_days_alone(client: Client, editor: User) -> None:
    make_week()
    ticked = propose(client).context["proposal"][2]
    client.post(url("plan"), {"plan": [ticked.posted]})
    assert planned() == {ticked.day: ticked.puzzle.prompt}


@pytest.mark.parametrize("meanwhile", ["day", "puzzle", "deleted"])
def test_it_changes_nothing_when_somebody_was_faster(
    client: Client, editor: User, meanwhile: str
) -> None:
    make_week()
    proposal = propose(client)
    first, last = proposal.context["proposal"][0], proposal.context["proposal"][-1]
    if meanwhile == "day":
        factories.make_draft(None, FOX, play_on=first.day)
    elif meanwhile == "puzzle":
        Puzzle.objects.filter(pk=last.puzzle.pk).update(play_on=coming(90))
    else:
        last.puzzle.delete()
    before = planned()
    assert "Nothing was changed." in told(confirm(client, proposal))
    assert (planned(), actions()) == (before, [])


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ([], "No day is ticked."),
        (["nonsense"], "The form was damaged."),
        (["1 2099-13-01"], "The form was damaged."),
        (["1" * 30 + " 2099-01-01"], "The form was damaged."),
        (["{pk} {today}"], "Some of these days have begun."),
    ],
)
def test_it_refuses_damaged_plans(
    client: Client, editor: User, posted: list[str], message: str
) -> None:
    puzzle = factories.make_puzzle(None, FOX, candidates=0)
    plan = [text.format(pk=puzzle.pk, today=timezone.localdate()) for text in posted]
    assert message in told(client.post(url("plan"), {"plan": plan}, follow=True))
    assert planned() == {}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"start": "2020-01-01"}, "Plans begin on"),
        ({"start": "soon"}, "Enter a valid date"),
        ({"days": 0}, "greater than or equal to 1"),
        ({"days": 367}, "less than or equal to 366"),
        ({"states": []}, "This field is required"),
        ({"states": "drawing"}, "Select a valid choice"),
    ],
)
def test_it_says_what_it_cannot_plan(
    client: Client, editor: User, asked: dict[str, Any], message: str
) -> None:
    factories.make_draft(None, FOX)
    response = propose(client, **asked)
    assert message in response.content.decode()
    assert "proposal" not in response.context


def test_it_says_so_when_there_is_nothing_to_plan(client: Client, editor: User) -> None:
    assert "nothing to plan" in propose(client).content.decode()


def test_it_begins_when_nobody_has_the_day_yet() -> None:
    assert first_day() > clock.last_possible_day(timezone.now())


def test_it_plans_a_year_with_few_queries(
    client: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Puzzle.objects.bulk_create(
        [Puzzle(prompt=prompt) for prompt in drawable.suggest_prompts(400, seed=1)]
    )
    proposal = propose(client, days=365)
    ticked = [each.posted for each in proposal.context["proposal"]]
    assert len(ticked) == 365
    with django_assert_max_num_queries(20):
        client.post(url("plan"), {"plan": ticked})
    assert len(planned()) == 365


# Suggestions


def shown(response: Any) -> list[str]:
    return [puzzle.prompt for puzzle, _level in response.context["suggestions"]]


def test_it_makes_drafts_of_ticked_suggestions_and_drops_the_others(
    client: Client, editor: User
) -> None:
    first = shown(client.get(url("suggest"), {"seed": 5}))
    assert len(first) == 12
    posted = {"seed": 5, "shown": first, "prompt": first[:2]}
    response = client.post(url("suggest"), posted, follow=True)
    assert "2 drafts were made." in told(response)
    assert response.redirect_chain == [(url("suggest") + "?seed=6", 302)]
    assert set(Puzzle.objects.values_list("prompt", "created_by")) == {
        (prompt, editor.pk) for prompt in first[:2]
    }
    assert actions() == ["Imported."] * 2
    # Not even when the same ones would come up again.
    again = shown(client.get(url("suggest"), {"seed": 5}))
    assert len(again) == 12
    assert not set(first) & set(again)
    assert client.session[DROPPED] == first[2:]


def test_it_says_so_when_a_suggestion_was_taken_meanwhile(client: Client, editor: User) -> None:
    first = shown(client.get(url("suggest"), {"seed": 5}))
    factories.make_draft(None, first[0])
    response = client.post(url("suggest"), {"seed": 5, "prompt": first[0]}, follow=True)
    assert f"{first[0]}: The same as one without a day" in told(response)
    assert Puzzle.objects.count() == 1


@pytest.mark.parametrize("seed", ["", "x", "²", "9" * 40, "-1"])
def test_it_takes_a_seed_of_its_own_when_it_gets_none(
    client: Client, editor: User, seed: str
) -> None:
    assert len(shown(client.get(url("suggest"), {"seed": seed}))) == 12


def test_it_says_that_suggestions_need_the_bundled_model(
    client: Client, editor: User, settings: Any
) -> None:
    settings.GENERATOR_MODEL = "dalle-mini/dalle-mega"
    response = client.get(url("suggest"))
    assert "Suggestions need the bundled model" in response.content.decode()
    assert "suggestions" not in response.context

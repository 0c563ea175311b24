"""Importing prompts: a list is tried first, and what was fine is saved then."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from game.drawing import drawable
from game.editing import rows
from game.models import Puzzle
from tests import factories
from tests.game.admin.editing import actions, coming, editor, told, url, writer
from tests.game.admin.prompts.lists import CAT, DOG, FOX, NEAR, check, prompts, save
from tests.roles import make_staff

__all__ = ["editor", "writer"]
pytestmark = pytest.mark.django_db


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
    monkeypatch.setattr("game.admin.prompts.bulk.MOST_ROWS", 2)
    assert "At most 2 prompts" in check(client, DOG, held=held).content.decode()


def test_it_shows_writers_no_prompt_of_others(client: Client, writer: User) -> None:
    factories.make_draft(None, FOX, play_on=coming())
    page = check(client, NEAR).content.decode()
    assert "Nearly the same" not in page
    assert FOX not in page


def test_it_shows_editors_what_a_draft_is_like(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX, play_on=coming())
    draft = factories.make_draft(None, NEAR, created_by=make_staff("writer", "wil"))
    page = client.get(reverse("admin:game_puzzle_change", args=[draft.pk])).content.decode()
    assert "Nearly the same as that of" in page


def test_it_shows_editors_what_a_planned_puzzle_is_like(client: Client, editor: User) -> None:
    factories.make_puzzle(None, FOX, play_on=coming(-9))
    approved = factories.make_puzzle(None, NEAR, play_on=coming())
    page = client.get(reverse("admin:game_puzzle_change", args=[approved.pk])).content.decode()
    assert "Nearly the same as that of" in page


def test_it_imports_with_few_queries(
    client: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    checked = check(client, "\n".join(drawable.suggest_prompts(60, seed=1)))
    # 16 where content types are known already, far from one a row in either case.
    with django_assert_max_num_queries(32):
        save(client, checked)
    assert Puzzle.objects.count() > 30

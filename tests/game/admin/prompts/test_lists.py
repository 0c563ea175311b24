"""Who may open the pages for many prompts, and how they are found."""

import re

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from game.models import Puzzle
from tests import factories
from tests.game.admin.editing import actions, editor, url, writer
from tests.game.admin.prompts.lists import CAT, FOX, check, planned, propose, save
from tests.roles import make_staff

__all__ = ["editor", "writer"]
pytestmark = pytest.mark.django_db
PAGES = ["import", "suggest", "plan"]


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

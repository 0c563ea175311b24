"""Every page of the admin, found by introspection: it opens, and leads to all the others."""

import re
from collections.abc import Iterator
from itertools import chain

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from game.models import Batch, Figures, StandIn
from tests import factories
from tests.game.admin.editing import coming, drawn
from tests.roles import make_staff

pytestmark = pytest.mark.django_db
# They answer forms and scripts, send pictures, or lead elsewhere.
NO_PAGES = {
    "autocomplete",
    "game_puzzle_calendar_progress",
    "game_puzzle_move",
    "game_puzzle_unplan",
    "jsi18n",
    "logout",
}


@pytest.fixture
def rows() -> None:
    """One of everything that the game's pages show."""
    today = timezone.localdate()
    live = factories.make_puzzle(None, play_on=today)
    factories.take_guesses(factories.make_player(), live, factories.ANSWERS)
    waiting = drawn(play_on=coming())
    Figures.objects.create(puzzle=live, plays=1, solved=1, distribution=[1])
    Batch.objects.create(asked=2, drawn=1, failures={str(waiting.pk): "no paint"})
    StandIn.objects.create(day=today, puzzle=live, displaced=waiting)
    factories.make_share()


def pages() -> Iterator[str]:
    """The names of all whose address is the same for every row."""
    own = (model_admin.get_urls() for model_admin in admin.site._registry.values())
    for pattern in chain(admin.site.get_urls(), *own):
        if isinstance(pattern, URLPattern) and pattern.name and not pattern.pattern.regex.groups:
            yield pattern.name


def pages_of_rows() -> Iterator[str]:
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield reverse(f"{name}_change", args=[row.pk])
            yield reverse(f"{name}_history", args=[row.pk])


def test_it_opens_every_page_with_one_heading_and_all_links(client: Client, rows: None) -> None:
    client.force_login(User.objects.create_superuser("root"))
    names = set(pages()) - NO_PAGES
    assert {"game_puzzle_calendar", "game_figures_changelist", "index"} <= names
    refused = []
    for address in [*(reverse(f"admin:{name}") for name in sorted(names)), *pages_of_rows()]:
        response = client.get(address, follow=True)
        if response.status_code == 403:
            refused.append(address)
            continue
        assert response.status_code == 200, address
        text = response.content.decode()
        assert len(re.findall("<h1[ >]", text)) == 1, address
        if 'id="user-tools"' in text:
            assert reverse("admin:game_puzzle_calendar") in text, address
    # Nobody writes by hand what the game writes.
    assert refused
    assert all(address.endswith("/add/") for address in refused)


LINKS = {
    None: [],
    "writer": ["Calendar", "Puzzles", "Import", "Suggestions"],
    "editor": [
        "Calendar",
        "Puzzles",
        "Import",
        "Suggestions",
        "Plan days",
        "Figures",
        "Nights",
    ],
}


@pytest.mark.parametrize(("role", "labels"), LINKS.items())
def test_it_links_to_what_a_role_may_do(
    client: Client, role: str | None, labels: list[str]
) -> None:
    client.force_login(make_staff(role))
    page = client.get(reverse("admin:index")).content.decode()
    row = re.search(r'<nav class="studio-links".*?</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', row[0] if row else "")
    assert [label for _address, label in links] == labels
    assert [client.get(address).status_code for address, _label in links] == [200] * len(labels)


def test_it_marks_the_link_of_the_page_that_is_open(client: Client) -> None:
    client.force_login(make_staff("editor"))
    page = client.get(reverse("admin:game_puzzle_calendar")).content.decode()
    assert re.findall(r'aria-current="page">([^<]+)<', page) == ["Calendar"]


def test_it_lists_the_game_before_what_serves_it(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    apps = client.get(reverse("admin:index")).context["app_list"]
    labels = [app["app_label"] for app in apps]
    assert labels[0] == "game"
    assert {"auth", "django_celery_beat"} < set(labels)


def test_it_tells_what_waits_on_the_start_page_alone(client: Client, rows: None) -> None:
    client.force_login(User.objects.create_superuser("root"))
    for address, is_told in [
        (reverse("admin:index"), True),
        (reverse("admin:app_list", args=["game"]), False),
    ]:
        page = client.get(address).content.decode()
        assert ('class="runway' in page, 'class="agenda"' in page) == (is_told, is_told), address


@pytest.mark.parametrize(
    ("name", "heading"),
    [("auth_user", "Users"), ("game_try", "Tries"), ("game_batch", "Nights")],
)
def test_it_calls_a_list_what_it_lists(client: Client, name: str, heading: str) -> None:
    client.force_login(User.objects.create_superuser("root"))
    page = client.get(reverse(f"admin:{name}_changelist")).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert re.search(rf"<title>\s*{heading} \|", page)


@pytest.mark.parametrize(
    ("address", "status"), [("/admin/nowhere/", 404), ("/admin/game/puzzle/plan/", 403)]
)
def test_it_leads_back_to_the_studio_from_a_page_that_is_not_there(
    client: Client, address: str, status: int
) -> None:
    client.force_login(make_staff("writer"))
    response = client.get(address)
    assert response.status_code == status
    assert 'href="/admin/">Back to the studio' in response.content.decode()
    assert "Back to the studio" not in client.get("/nowhere/").content.decode()

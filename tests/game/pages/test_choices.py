import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from game.pages import choices
from game.pages.choices import HELP, PALETTE, THEME
from tests import factories
from tests.game.pages.visits import noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


def html_tag(client: Client, url: str = "/choices/") -> str:
    found = re.search(r"<html[^>]*>", client.get(url).content.decode())
    assert found is not None
    return found[0]


def keep(client: Client, **chosen: str) -> Any:
    return client.post("/choices/", chosen)


def test_it_follows_the_system_when_nothing_was_chosen(client: Client) -> None:
    assert 'data-theme="system" data-palette="standard"' in html_tag(client)


@pytest.mark.parametrize("cookie", ["", "purple", "dark; x", '"', "DARK"])
def test_it_takes_the_default_when_a_cookie_makes_no_sense(cookie: str) -> None:
    request = RequestFactory().get("/", headers={"cookie": f"sixpix_theme={cookie}"})
    expected = "dark" if cookie.startswith("dark") else "system"
    assert choices.theme(request) == expected


def test_it_puts_what_was_chosen_on_every_page(client: Client) -> None:
    answer = keep(client, theme="dark", palette="contrast", language="en")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/choices/?kept"
    for url in ("/choices/", "/privacy/", "/about/", "/", "/nowhere"):
        assert 'data-theme="dark" data-palette="contrast"' in html_tag(client, url)
    page = client.get("/choices/").content.decode()
    assert re.search(r'value="dark" checked', page)
    assert re.search(r'value="contrast" checked', page)
    assert page.count(" checked") == 3


def test_it_keeps_a_choice_for_long_and_from_scripts(client: Client) -> None:
    cookie = keep(client, theme="light").cookies["sixpix_theme"]
    assert cookie.value == "light"
    assert cookie["max-age"] == 400 * 24 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_it_keeps_no_cookie_for_a_default(client: Client) -> None:
    keep(client, theme="dark", palette="contrast")
    answer = keep(client, theme="system", palette="standard", language="system")
    assert {answer.cookies[choice.cookie].value for choice in (THEME, PALETTE)} == {""}
    assert not client.cookies["sixpix_theme"].value
    assert 'data-theme="system" data-palette="standard"' in html_tag(client)


def test_it_changes_only_what_was_sent(client: Client) -> None:
    keep(client, palette="contrast")
    answer = keep(client, theme="dark")
    assert set(answer.cookies) == {"sixpix_theme"}
    assert 'data-theme="dark" data-palette="contrast"' in html_tag(client)


def test_it_names_an_option_that_is_none(client: Client) -> None:
    answer = keep(client, palette="contrast", theme="purple")
    assert answer.status_code == 400
    assert "“purple” is none of the options of “Theme”" in answer.content.decode()
    assert not answer.cookies.keys() & {"sixpix_theme", "sixpix_palette"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/puzzle/2/?mode=hard", "/puzzle/2/?mode=hard"),
        ("https://elsewhere.example/", "/choices/?kept"),
        ("//elsewhere.example/", "/choices/?kept"),
        ("javascript:alert(1)", "/choices/?kept"),
        ("", "/choices/?kept"),
    ],
)
def test_it_goes_back_to_pages_of_this_site_alone(client: Client, wanted: str, found: str) -> None:
    assert keep(client, theme="dark", next=wanted).headers["Location"] == found


def test_it_offers_the_theme_on_pages_that_can_be_gone_back_to(
    client: Client, puzzle: object
) -> None:
    page = client.get("/puzzle/3/?mode=hard").content.decode()
    assert 'name="next" value="/puzzle/3/?mode=hard"' in page
    refused = client.post("/puzzle/3/tries/", {"try": "1"}).content.decode()
    assert 'class="themes"' not in refused


def test_it_is_safe_from_forms_of_other_sites() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/choices/", {"theme": "dark"}).status_code == 403


def test_it_opens_the_rules_until_they_were_put_away(client: Client, puzzle: object) -> None:
    assert '<details class="help" open>' in client.get("/").content.decode()
    assert keep(client, help="seen", next="/").headers["Location"] == "/"
    page = client.get("/").content.decode()
    assert '<details class="help">' in page
    assert 'name="help"' not in page


def test_it_opens_the_rules_no_more_after_a_first_try(client: Client, puzzle: object) -> None:
    send(client, {"try": 1, "words": factories.WRONG})
    assert '<details class="help">' in client.get("/").content.decode()


def test_it_forgets_that_the_rules_were_seen_when_told() -> None:
    response = HttpResponse()
    HELP.keep(response, "new")
    assert response.cookies["sixpix_help"].value == ""

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from pytest_django import Settings

from game.templatetags import fixed as tag

PARTS = ["includes/links.html", "includes/rules.html", "includes/texts.html"]


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_it_draws_a_part_as_it_is_when_the_language_changes(name: str, language: str) -> None:
    tag.fixed(name)
    with translation.override(language):
        assert tag.fixed(name) == render_to_string(name)


def test_it_draws_a_part_once_when_it_is_asked_for_again() -> None:
    assert tag.fixed(PARTS[0]) is tag.fixed(PARTS[0])


def test_it_draws_a_part_anew_when_somebody_works_on_it(settings: Settings) -> None:
    settings.DEBUG = True
    first, second = tag.fixed(PARTS[0]), tag.fixed(PARTS[0])
    assert (first, first is second) == (second, False)

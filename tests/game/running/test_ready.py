"""Whether the site that was started can be played, as this machine sees it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from game.running import ready
from tests import factories


@pytest.fixture
def address(live_server: LiveServer, settings: Settings) -> str:
    settings.SITE_URL = live_server.url
    return f"{live_server.url}/"


def test_it_waits_while_there_is_no_puzzle_yet(address: str) -> None:
    assert not ready.page_is_ready(address)


def test_it_is_ready_with_six_pictures(address: str, settings: Settings) -> None:
    settings.FIRST_DAY = timezone.localdate() - timedelta(days=1)
    factories.make_puzzle(2)
    assert ready.page_is_ready(address)


def test_it_waits_for_nothing_when_the_site_refuses_its_own_address(
    address: str, settings: Settings
) -> None:
    settings.SITE_URL = "http://elsewhere.example"
    with pytest.raises(ready.Refused, match="it answers 400 Bad Request"):
        ready.page_is_ready(address)


def test_it_waits_for_nothing_when_the_address_leads_elsewhere(address: str) -> None:
    with pytest.raises(ready.Refused, match="it answers 302 Found"):
        ready.page_is_ready(f"{address}archive/next/")

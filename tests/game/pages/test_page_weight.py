"""What a browser fetches for the first view of the day, as it is sent in production."""

import gzip
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from game.models import Puzzle
from game.running.places import BASE_DIR
from tests import factories

pytestmark = pytest.mark.django_db

FIRST_VIEW, SCRIPTS = 250_000, 20_000
PAINTED, SIDE = BASE_DIR / "docs" / "evaluation-1.jpg", 256
# Addresses in pages, style sheets, scripts, and in the list of what the service worker keeps.
NAMED = {
    "text/html": re.compile(r"<(?:img|script|link|source|iframe)\b[^>]*?\b(?:src|href)=\"([^\"]+)"),
    "text/css": re.compile(r"(?:url\(|@import )[\"']?([^\"')]+)"),
    "text/javascript": re.compile(r"(?:from|import|import\(|register\(|addAll\(\[)\s*\"([^\"]+)\""),
}


@pytest.fixture
def _production(settings: Settings, tmp_path: Path) -> None:
    """Static files hashed and packed, as `make run` serves them."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "game.pages.static_files.HashedFiles"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)


def paint(puzzle: Puzzle) -> None:
    """Pieces of pictures by the bundled model, as large as the original models paint them: noise
    would weigh what no picture weighs."""
    with Image.open(PAINTED) as painted:
        for place, candidate in enumerate(puzzle.candidates.filter(position__isnull=False)):
            left, top = SIDE * (place % 3), SIDE * (place // 3)
            content = BytesIO()
            painted.crop((left, top, left + SIDE, top + SIDE)).save(content, "WEBP", quality=90)
            Path(candidate.file.path).write_bytes(content.getvalue())


def fetch_all(client: Client, url: str) -> dict[str, bytes]:
    """The page and all it leads to, once each: the bytes on the wire, headers left aside."""
    fetched: dict[str, bytes] = {}
    queue = [url]
    while queue:
        if (address := queue.pop()) in fetched:
            continue
        assert not urlsplit(address).netloc, f"third party: {address}"
        response = client.get(address, headers={"accept-encoding": "gzip, deflate, br"})
        assert response.status_code == 200, address
        sent = b"".join(response) if response.streaming else response.content
        fetched[address] = sent
        is_packed = response.headers.get("Content-Encoding") == "gzip"
        kind = response.headers["Content-Type"].partition(";")[0]
        queue += named(address, kind, gzip.decompress(sent) if is_packed else sent)
    return fetched


def named(address: str, kind: str, content: bytes) -> Iterator[str]:
    if kind in NAMED:
        for found in NAMED[kind].findall(content.decode()):
            if not found.startswith(("#", "data:")):
                yield urljoin(address, found)


def total(fetched: dict[str, bytes], ending: str = "") -> int:
    return sum(len(sent) for url, sent in fetched.items() if url.endswith(ending))


@pytest.mark.usefixtures("_production")
def test_it_weighs_little_when_the_day_is_seen_first(settings: Settings) -> None:
    settings.FIRST_DAY = timezone.localdate()
    paint(factories.make_puzzle(1))
    fetched = fetch_all(Client(), "/")
    assert sum(url.startswith("/pictures/") for url in fetched) == 6
    assert any("css/site." in url for url in fetched)
    assert any("js/board." in url for url in fetched)
    assert total(fetched) <= FIRST_VIEW, sorted((len(sent), url) for url, sent in fetched.items())


@pytest.mark.usefixtures("_production")
def test_its_scripts_weigh_little() -> None:
    """All of ours, whichever page they are for."""
    client = Client()
    urls = [f"/static/js/{path.name}" for path in sorted((BASE_DIR / "static" / "js").glob("*.js"))]
    fetched = {url: client.get(url, headers={"accept-encoding": "gzip"}) for url in urls}
    packed = sum(len(b"".join(response)) for response in fetched.values())
    assert 0 < packed <= SCRIPTS

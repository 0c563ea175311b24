"""What a browser fetches for the first view of the day, as it is sent in production."""

import gzip
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from game.drawing.candidates import webp
from game.models import Order, OrderPicture, Puzzle
from game.running.places import BASE_DIR
from tests import factories
from tests.painter import painter

__all__ = ["painter"]
pytestmark = pytest.mark.django_db

FIRST_VIEW, SCRIPTS, OF_THE_EASEL = 250_000, 20_000, 15_000
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


@pytest.mark.usefixtures("_production", "painter")
def test_it_weighs_little_when_nine_pictures_are_there(redis_url: str) -> None:
    client = Client()
    url = client.post("/easel/", {"prompt": "a fox", "seed": "1"})["Location"]
    order = Order.objects.get()
    with Image.open(PAINTED) as painted:
        for rank in range(9):
            left, top = SIDE * (rank % 3), SIDE * (rank // 3 % 2)
            picture = OrderPicture(order=order, rank=rank + 1, score=1, seed=rank, side=SIDE)
            content = webp(painted.crop((left, top, left + SIDE, top + SIDE)))
            picture.file.save("picture.webp", ContentFile(content))
    Order.objects.update(state=Order.State.PAINTED)
    fetched = fetch_all(client, url)
    assert sum(address.startswith("/easel/pictures/") for address in fetched) == 9
    assert total(fetched) <= FIRST_VIEW, sorted((len(sent), url) for url, sent in fetched.items())


@pytest.mark.usefixtures("_production")
def test_its_scripts_weigh_little() -> None:
    """All of ours, whichever page they are for; the easel's are apart."""
    client = Client()
    names = sorted(path.name for path in (BASE_DIR / "static" / "js").glob("*.js"))
    packed = {False: 0, True: 0}
    for name in names:
        response = client.get(f"/static/js/{name}", headers={"accept-encoding": "gzip"})
        packed[name.startswith("easel")] += len(b"".join(response))
    assert 0 < packed[False] <= SCRIPTS
    assert 0 < packed[True] <= OF_THE_EASEL

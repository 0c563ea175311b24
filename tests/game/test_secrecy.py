"""Everything that an anonymous player can receive before the end of a play, read byte by byte."""

import base64
import hashlib
import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from game.models import Candidate, Puzzle
from tests import factories
from tests.game.warmths import store_table

pytestmark = pytest.mark.django_db

# Words that no page, script or style sheet has a reason of its own to contain.
TODAY = ["quokka", "juggling", "zeppelins", "sahara"]
TODAY_PROMPT = "a quokka juggling zeppelins in the sahara"
TOMORROW = ["walrus", "knitting", "galoshes"]
TOMORROW_PROMPT = "a walrus knitting galoshes"
NOTHING_RIGHT = ["xxxxxx", "xxxxxxxx", "", "xxxxxx"]
TWO_RIGHT = ["quokka", "xxxxxxxx", "", "sahara"]

LINK = re.compile(rb"""(?:href|src|action)=["']?([^"'\s>]+)|(?:from|import|url\()\s*["']([^"']+)""")
START = [
    "/",
    "/puzzle/0/",
    "/puzzle/1/",
    "/puzzle/2/",
    "/puzzle/3/",
    "/puzzle/2/tries/",
    "/puzzle/2/hint/",
    "/puzzle/1/proof/",
    "/puzzle/2/proof/",
    "/puzzle/2/proof/?show",
    "/puzzle/3/proof/?show",
    "/puzzle/2/card.jpg",
    "/puzzle/3/card.jpg",
    "/puzzle/3/sheet.jpg",
    "/archive/",
    "/archive/?show=unplayed",
    "/archive/next/",
    "/?mode=hard",
    "/puzzle/2/?mode=hard",
    "/puzzle/3/tries/",
    "/choices/",
    "/privacy/",
    "/privacy/forget/",
    "/about/",
    "/offline/",
    "/worker.js",
    "/manifest.webmanifest",
    "/puzzle/2/record/",
    "/puzzle/3/record/",
    "/record/",
    "/record/code/",
    "/record/move/",
    "/healthz",
    "/admin/",
    "/admin/game/puzzle/",
    "/admin/game/candidate/1/change/",
    "/robots.txt",
    "/favicon.ico",
    "/media/",
    "/nowhere",
    f"/pictures/{'0' * 32}.webp",
    f"/films/{'0' * 32}.webp",
    f"/films/{'0' * 32}/still.webp",
    "/puzzle/2/reveal/",
    "/puzzle/3/reveal/",
]


@dataclass
class Received:
    """All bytes that came, by the request that brought them."""

    by_request: dict[str, bytes] = field(default_factory=dict)

    def who_has(self, needle: bytes) -> list[str]:
        return [name for name, content in self.by_request.items() if needle in content]


@pytest.fixture(autouse=True)
def _noon_of_day_two(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.combine(factories.day(2), datetime.min.time(), UTC).replace(hour=12)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def today() -> Puzzle:
    factories.make_puzzle(1)
    factories.make_puzzle(3, TOMORROW_PROMPT)
    puzzle = factories.make_puzzle(2, TODAY_PROMPT)
    for word in TODAY:
        store_table(word, penguin=71)
        puzzle.accepted.create(word=word, text=f"{word}like")
        puzzle.corrections.create(word=word, text="gull", warmth=12)
    levels = ["An animal.", "Quokkas at play.", TODAY_PROMPT]
    puzzle.candidates.filter(position=1).update(descriptions=levels)
    return puzzle


def ask(client: Client, received: Received, method: str, url: str, **options: object) -> bytes:
    response = getattr(client, method)(url, **options)
    body = b"".join(response) if response.streaming else response.content
    head = f"{response.status_code} {dict(response.headers)} {response.cookies.output()}"
    received.by_request[f"{method} {url} {options or ''}"] = head.encode().lower() + body
    return body


def static_files() -> list[str]:
    found = itertools.chain.from_iterable(finder.list([]) for finder in finders.get_finders())
    return [f"/{settings.STATIC_URL.strip('/')}/{path}" for path, _ in found if "admin" not in path]


def links(page: str, body: bytes) -> list[str]:
    found = [(one or other).decode() for one, other in LINK.findall(body)]
    local = [urlsplit(link) for link in found]
    return [link.path for link in local if not link.netloc and link.path.startswith("/")]


def mistakes(client: Client, received: Received) -> None:
    """What goes wrong must not say more than what goes right."""
    for number in (1, 2, 3, 99):
        url = f"/puzzle/{number}/tries/"
        for body in (
            "{",
            "[]",
            '{"try": 9, "words": []}',
            '{"try": 1, "words": ["x"]}',
            '{"try": 1, "words": ["x", "x", "x", "x"]}',
            '{"try": 9, "words": ["xxxxxx", "", "", ""]}',
            '{"try": 9, "sentence": "xxxxxx"}',
            '{"try": 9, "sentence": "a"}',
        ):
            ask(client, received, "post", url, data=body, content_type="application/json")
        ask(client, received, "post", url, data={"try": "1", "word-0": "x", "word-1": "yy"})
        ask(client, received, "post", url, data={"try": "9", "sentence": "xxxxxx", "mode": "hard"})
        ask(client, received, "post", f"/puzzle/{number}/hint/", data={"word": "2"})
        ask(client, received, "post", url, data="x" * 20_000, content_type="text/plain")
        ask(client, received, "options", url)


def crawl(client: Client) -> Received:
    received = Received()
    queue = [*START, *static_files()]
    asked = set(queue)
    while queue:
        url = queue.pop()
        body = ask(client, received, "get", url)
        for link in links(url, body):
            if link not in asked:
                asked.add(link)
                queue.append(link)
    for url in START:
        ask(client, received, "head", url)
    ask(client, received, "get", "/", HTTP_ACCEPT="application/json")
    ask(client, received, "get", "/", HTTP_COOKIE="sixpix_tz=Asia/Tokyo")
    mistakes(client, received)
    return received


def disguises(word: str) -> list[bytes]:
    """A word as such, backwards, coded and hashed: whoever has a list of words could test it."""
    raw = word.encode()
    hashes = [hashlib.new(name, raw).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]
    plain = [word, word[::-1], word.upper(), word.title(), raw.hex()]
    coded = base64.b64encode(raw).rstrip(b"=")
    return [text.encode() for text in plain + hashes] + [coded[: len(raw) * 8 // 6]]


def leaks(received: Received, words: list[str]) -> dict[str, list[str]]:
    needles = {word: disguises(word) for word in words}
    found = {
        word: [name for needle in forms for name in received.who_has(needle)]
        for word, forms in needles.items()
    }
    return {word: names for word, names in found.items() if names}


def play_first(client: Client, guesses: list[list[str]]) -> None:
    for number, words in enumerate(guesses, start=1):
        body = json.dumps({"try": number, "words": words})
        answer = client.post("/puzzle/2/tries/", body, content_type="application/json")
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("guesses", "hidden"),
    [
        ([], TODAY),
        ([NOTHING_RIGHT], TODAY),
        ([NOTHING_RIGHT, TWO_RIGHT], ["juggling", "zeppelins"]),
        ([NOTHING_RIGHT] * 5, TODAY),
    ],
    ids=["before the first try", "after a wrong try", "halfway", "before the last try"],
)
def test_it_gives_no_word_away_before_the_play_ends(
    client: Client, today: Puzzle, guesses: list[list[str]], hidden: list[str]
) -> None:
    play_first(client, guesses)
    received = crawl(client)
    assert len(received.by_request) > 50
    salts = Puzzle.objects.filter(play_on__gte=factories.day(2)).values_list("salt", flat=True)
    secrets = [*hidden, *TOMORROW, TODAY_PROMPT, TOMORROW_PROMPT, *salts]
    assert leaks(received, secrets) == {}


@pytest.mark.parametrize(
    "guesses", [[NOTHING_RIGHT] * 6, [["quokka", "juggling", "zeppelins", "sahara"]]]
)
def test_it_tells_the_prompt_after_the_play_has_ended(
    client: Client, today: Puzzle, guesses: list[list[str]]
) -> None:
    play_first(client, guesses)
    received = crawl(client)
    # The same search that finds nothing above does find what is there.
    assert set(leaks(received, [*TODAY, TODAY_PROMPT])) == {*TODAY, TODAY_PROMPT}
    assert leaks(received, [*TOMORROW, TOMORROW_PROMPT]) == {}


def test_it_tells_one_players_words_to_no_other(client: Client, today: Puzzle) -> None:
    play_first(Client(), [["quokka", "juggling", "zeppelins", "sahara"]])
    assert leaks(crawl(client), [*TODAY, TODAY_PROMPT]) == {}


def test_it_hands_out_the_six_pictures_of_the_day_and_no_others(
    client: Client, today: Puzzle
) -> None:
    received = crawl(client)
    due = Candidate.objects.filter(puzzle__play_on__lte=factories.day(2), position__isnull=False)
    due_tokens = set(due.values_list("token", flat=True))
    assert len(due_tokens) == 12
    for candidate in Candidate.objects.all():
        content = Path(candidate.file.path).read_bytes()
        is_due = candidate.token in due_tokens
        assert bool(received.who_has(content)) == is_due
        assert bool(received.who_has(candidate.token.encode())) == is_due


def test_it_hides_a_picture_of_tomorrow_from_whoever_knows_its_address(
    client: Client, today: Puzzle
) -> None:
    for candidate in Candidate.objects.filter(puzzle__play_on=factories.day(3)):
        assert client.get(f"/pictures/{candidate.token}.webp").status_code == 404
        assert client.get(f"/media/{candidate.file.name}").status_code == 404
        assert client.get(f"/{candidate.file.name}").status_code == 404


def test_it_tells_nothing_of_how_pictures_were_ranked(client: Client, today: Puzzle) -> None:
    Candidate.objects.update(score=87.654321, seed=192837465)
    received = crawl(client)
    assert received.who_has(b"87.65") == []
    assert received.who_has(b"192837465") == []

"""Everything that an anonymous player can receive before the end of a play, read byte by byte."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from game.models import Candidate, Puzzle
from game.playing import figures
from game.words import frequency, vocabulary
from tests import factories
from tests.game.pages.crawling import Received, addresses, crawl, follow, of_the_day, routes
from tests.game.rules.warmths import store_table

pytestmark = pytest.mark.django_db

DAYS, WORDS = 50, 3
# The digits of a seed may stand in a random token too, among others.
RANKING = re.compile(rb"87\.65\d|(?<![0-9a-f])1928\d{5}(?![0-9a-f])|ranked \d")
# Bytes of a picture's middle, which no other has.
MIDDLE = slice(100, 140)
# A WebP made of pixels and of how they move, without a word about them.
CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
# Where a JPEG tells of itself: Exif, XMP and comments.
TOLD_BY_JPEG = re.compile(rb"\xff(\xe1..(exif|http)|\xfe)", re.DOTALL)

# What was sent by then: R is the hidden word at its place, X another as long.
STATES: dict[str, list[str]] = {
    "before the first try": [],
    "after a wrong try": ["  X"],
    "halfway": ["X X", "R X"],
    "before the last try": ["XX "] * 5,
}
AtNoonOf = Callable[[int], None]


class Day(NamedTuple):
    puzzle: Puzzle
    # In their base forms: whatever else the prompt makes of them begins with these.
    words: list[str]

    def guess(self, pattern: str, number: int) -> list[str]:
        """Numbers are as good as words, and no try may be the same as another."""
        hidden = [word.text for word in self.puzzle.board() if not word.is_given]
        signs = zip(pattern, hidden, strict=True)
        return [{"R": word, "X": str(number) * len(word), " ": ""}[sign] for sign, word in signs]

    @property
    def secrets(self) -> list[str]:
        return [*self.words, self.puzzle.prompt, self.puzzle.salt]


@pytest.fixture
def at_noon_of(monkeypatch: pytest.MonkeyPatch) -> AtNoonOf:
    def at_noon_of(number: int) -> None:
        now = datetime.combine(factories.day(number), datetime.min.time(), UTC).replace(hour=12)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return at_noon_of


def rare_words() -> list[str]:
    """Words that no page, script or style sheet has a reason of its own to contain."""
    long = [word for word in vocabulary.words() if 7 <= len(word) <= 10]
    rare = [word for word in long if frequency.zipf(word) < 2.4]
    return rare[:: len(rare) // (DAYS * WORDS)][: DAYS * WORDS]


def make_days(count: int) -> dict[int, Day]:
    """As many planned puzzles, with all that the site may know of each."""
    words = rare_words()
    return {
        number: make_day(number, words[WORDS * (number - 1) :][:WORDS])
        for number in range(1, count + 1)
    }


def make_day(number: int, words: list[str]) -> Day:
    one, other, third = words
    prompt = f"a {one} with {other}s in the {third}"
    puzzle = factories.make_puzzle(number, prompt, candidates=7)
    for word in (one, f"{other}s", third):
        store_table(word, penguin=71)
        puzzle.accepted.create(word=word, text=f"{word}like")
        puzzle.corrections.create(word=word, text="gull", warmth=12)
    # Singular for plural and the other way round: both would tell.
    levels = [f"Something like {one}s.", f"No {other}.", prompt]
    puzzle.candidates.filter(position=1).update(descriptions=levels)
    for candidate in puzzle.candidates.all():
        candidate.score, candidate.seed = 87.65 + candidate.pk / 1e6, 192_800_000 + candidate.pk
        candidate.save()
    candidate.film.save("film.webp", ContentFile(factories.noise_webp(-puzzle.pk)))
    figures.count(puzzle)
    return Day(puzzle, words)


def play_first(client: Client, day: Day, guesses: list[str]) -> None:
    url = f"/puzzle/{day.puzzle.number}/tries/"
    for number, pattern in enumerate(guesses, start=1):
        body = json.dumps({"try": number, "words": day.guess(pattern, number)})
        answer = client.post(url, body, content_type="application/json")
        assert answer.status_code == 200, answer.content


def disguises(word: str) -> list[bytes]:
    """A word as such, backwards, coded and hashed: whoever has a list of words could test it."""
    raw = word.encode()
    hashes = [hashlib.new(name, raw).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]
    coded = base64.b64encode(raw).rstrip(b"=")[: len(raw) * 8 // 6]
    return [text.encode() for text in (word, word[::-1], raw.hex(), *hashes)] + [coded]


def leaks(received: Received, secrets: list[str]) -> dict[str, list[str]]:
    found = {
        secret: [name for needle in disguises(secret) for name in received.who_has(needle)]
        for secret in secrets
    }
    return {secret: names for secret, names in found.items() if names}


def picture_samples() -> dict[Candidate, set[bytes]]:
    """By each picture the bytes that give it away: of its file and its film, and its address."""
    samples = {}
    for candidate in Candidate.objects.all():
        files = [candidate.file, candidate.film] if candidate.film else [candidate.file]
        parts = {Path(file.path).read_bytes()[MIDDLE] for file in files}
        samples[candidate] = parts | {candidate.token.encode(), candidate.sha256.encode()}
    return samples


def picture_leaks(
    received: Received, samples: dict[Candidate, set[bytes]], due: set[Candidate]
) -> list[Candidate]:
    """Those that aren't due and were seen."""
    everything = b"\n".join([*received.by_request.values(), *received.bodies.values()])
    hidden = samples.keys() - due
    return [one for one in hidden if any(part in everything for part in samples[one])]


def due_on(number: int) -> set[Candidate]:
    day = factories.day(number)
    return set(Candidate.objects.filter(puzzle__play_on__lte=day, position__isnull=False))


def telling_metadata(content: bytes) -> list[bytes]:
    if content[:4] == b"RIFF":
        return sorted(set(chunks(content)) - CHUNKS)
    return TOLD_BY_JPEG.findall(content) if content[:2] == b"\xff\xd8" else []


def chunks(webp: bytes) -> Iterator[bytes]:
    at = 12
    while at < len(webp):
        yield webp[at : at + 4]
        at += 8 + (int.from_bytes(webp[at + 4 : at + 8], "little") + 1) // 2 * 2


def test_it_knows_what_to_ask_of_every_route() -> None:
    assert routes() == set(addresses(1))


@pytest.mark.parametrize("state", STATES)
def test_it_gives_nothing_away_before_the_play_ends(
    client: Client, at_noon_of: AtNoonOf, state: str
) -> None:
    days = make_days(3)
    at_noon_of(2)
    play_first(client, days[2], STATES[state])
    received = crawl(client, 2, days[3].puzzle.pk)
    assert received.statuses >= {200, 302, 400, 403, 404, 405, 409, 413, 415, 422}
    secrets = [*days[2].secrets, *days[3].secrets]
    found = {days[2].words[0]} if state == "halfway" else set()
    assert set(leaks(received, secrets)) == found
    assert picture_leaks(received, picture_samples(), due_on(2)) == []
    assert RANKING.findall(received.everything) == []
    assert [body for body in received.bodies.values() if telling_metadata(body)] == []


def test_it_gives_nothing_away_whichever_puzzle_is_live(at_noon_of: AtNoonOf) -> None:
    days = make_days(DAYS)
    samples = picture_samples()
    coming = [secret for day in days.values() for secret in day.secrets]
    states = [guesses for name, guesses in STATES.items() if name != "halfway"]
    for number, day in days.items():
        at_noon_of(number)
        client = Client()
        play_first(client, day, states[number % len(states)])
        later = days.get(number + 1, day)
        received = follow(client, *of_the_day(number))
        everything = received.everything
        assert len(everything) > 100_000
        assert [secret for secret in coming if secret.encode() in everything] == []
        assert leaks(received, [*day.words, *later.words]) == {}
        assert picture_leaks(received, samples, due_on(number)) == []
        assert RANKING.findall(everything) == []
        del coming[: len(day.secrets)]


@pytest.mark.parametrize("guesses", [["XXX"] * 6, ["RRR"]])
def test_it_tells_the_prompt_when_the_play_has_ended(
    client: Client, at_noon_of: AtNoonOf, guesses: list[str]
) -> None:
    days = make_days(3)
    at_noon_of(2)
    play_first(client, days[2], guesses)
    received = crawl(client, 2, days[3].puzzle.pk)
    # The same search that finds nothing above does find what is there.
    assert set(leaks(received, days[2].secrets)) == {*days[2].words, days[2].puzzle.prompt}
    assert leaks(received, days[3].secrets) == {}
    filmed = days[2].puzzle.candidates.get(position=None)
    assert filmed in due_on(2) | {*picture_leaks(received, picture_samples(), due_on(2))}
    assert RANKING.findall(received.everything)


def test_it_tells_one_players_words_to_no_other(client: Client, at_noon_of: AtNoonOf) -> None:
    days = make_days(3)
    at_noon_of(2)
    play_first(Client(), days[2], ["RRR"])
    assert leaks(crawl(client, 2, days[3].puzzle.pk), days[2].secrets) == {}


def test_it_hides_a_picture_of_tomorrow_from_whoever_knows_its_address(
    client: Client, at_noon_of: AtNoonOf
) -> None:
    days = make_days(3)
    at_noon_of(2)
    for candidate in Candidate.objects.exclude(puzzle=days[1].puzzle):
        is_due = candidate in due_on(2)
        assert (client.get(f"/pictures/{candidate.token}.webp").status_code == 200) is is_due
        for file in filter(None, (candidate.file, candidate.film)):
            for url in (f"/media/{file.name}", f"/{file.name}", f"/static/{file.name}"):
                assert client.get(url).status_code == 404
        for url in (f"/films/{candidate.token}.webp", f"/films/{candidate.token}/still.webp"):
            assert client.get(url).status_code == 404

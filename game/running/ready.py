"""Is today's page up, with its six pictures? And if not yet, how far is the drawing?"""

import time
from collections.abc import Callable
from html.parser import HTMLParser
from http import HTTPStatus
from typing import TextIO
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone

from game.drawing import claims
from game.models import Puzzle
from game.nights import tasks

PICTURES = 6
ANSWER_SECONDS = 10
# A message may have died with the last worker; asking again is harmless, the claim decides.
ASK_AGAIN_SECONDS = 20.0
BAR = 30


class Refused(Exception):
    """The site answers, but not with the page; asking again would change nothing."""


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_of_no_use: object) -> None:
        """What leads elsewhere is no answer of this machine's."""


class PictureFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img" and "picture" in (values.get("class") or "").split():
            self.sources.append(values.get("src") or "")


_opener = build_opener(_StayHere)


def page_is_ready(address: str) -> bool:
    """The page answers with six pictures, and each of them can be had.

    Raises:
        Refused: settings keep the site from answering to its own address.
    """
    try:
        _, page = fetch(address)
        finder = PictureFinder()
        finder.feed(page.decode())
        sources = [urljoin(address, source) for source in finder.sources]
        return len(set(sources)) == PICTURES and all(
            fetch(source)[0].startswith("image/") for source in sources
        )
    except HTTPError as error:
        if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return False
        raise Refused(f"it answers {error.code} {error.reason} to {error.url}") from error
    except (URLError, OSError, ValueError):
        return False


def fetch(address: str) -> tuple[str, bytes]:
    """As a visitor of the public address would ask, though past any proxy."""
    request = Request(  # noqa: S310 - our own http address
        address,
        headers={"Host": urlsplit(settings.SITE_URL).netloc, "X-Forwarded-Proto": "https"},
    )
    with _opener.open(request, timeout=ANSWER_SECONDS) as answer:
        return answer.headers.get_content_type(), answer.read()


class Watch:
    """Looks at today's puzzle until its page is ready, and tells how the drawing goes."""

    def __init__(self, address: str, tell: Callable[[str], None], terminal: TextIO) -> None:
        self.address = address
        self.tell = tell
        self.terminal = terminal
        self.shown = ""
        self.is_ready = False
        self.asked_at = time.monotonic()

    def is_over(self) -> bool:
        """True when ready, or when there is nothing left to wait for."""
        try:
            puzzle = Puzzle.objects.filter(play_on=timezone.localdate()).first()
            return self._look_at(puzzle)
        except DatabaseError:
            close_old_connections()
            return False

    def _look_at(self, puzzle: Puzzle | None) -> bool:
        if puzzle is None:
            return self._give_up("no puzzle is planned for today")
        if puzzle.state == Puzzle.State.APPROVED:
            self._show(1.0)
            try:
                self.is_ready = page_is_ready(self.address)
            except Refused as refused:
                return self._give_up(str(refused))
            return self.is_ready
        if puzzle.state == Puzzle.State.REVIEW:
            return self._give_up("today's pictures wait for an editor's approval")
        if puzzle.state == Puzzle.State.FAILED:
            return self._give_up(f"today's pictures could not be drawn: {puzzle.failure}")
        self._show(puzzle.progress / 100)
        if time.monotonic() - self.asked_at > ASK_AGAIN_SECONDS:
            self.asked_at = time.monotonic()
            if claims.waiting().filter(pk=puzzle.pk).exists():
                tasks.enqueue(puzzle.pk)
        return False

    def _give_up(self, why: str) -> bool:
        self.tell(f"The site is up at {self.address}, but {why}. See {self.address}admin/")
        return True

    def _show(self, fraction: float) -> None:
        """A bar that grows where there is a terminal, four lines where there is none."""
        if fraction == 1.0 and not self.shown:
            return
        if self.terminal.isatty():
            line = (
                f"\rDrawing today's pictures {'█' * round(fraction * BAR):░<{BAR}} {fraction:4.0%}"
            )
            ending = "\n" if fraction == 1.0 else ""
        else:
            line, ending = f"Drawing today's pictures: {int(fraction * 4) * 25} %", "\n"
        if line != self.shown:
            self.terminal.write(line + ending)
            self.terminal.flush()
        self.shown = line

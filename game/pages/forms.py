"""Reading a try out of a request. What its words may be is for game.playing.play to decide."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _


class Malformed(Exception):
    """A request that isn't a try at all."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Attempt:
    number: int
    # As the browser sent them: from JSON, these can be anything.
    words: Any
    sentence: Any = None
    is_hard: bool = False


def read_json(request: HttpRequest) -> Attempt:
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Malformed(HTTPStatus.BAD_REQUEST, "bad_json", _("That is not JSON.")) from None
    number = data.get("try") if isinstance(data, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise Malformed(
            HTTPStatus.BAD_REQUEST,
            "bad_request",
            _("A try is an object with “try”, its number, and “words”, a list, or “sentence”."),
        )
    return Attempt(number, data.get("words"), data.get("sentence"), data.get("hard") is True)


def read_form(request: HttpRequest, word_count: int) -> Attempt:
    posted = request.POST
    try:
        number = int(posted.get("try", ""))
    except ValueError:
        raise Malformed(
            HTTPStatus.BAD_REQUEST, "bad_request", _("The form came without the number of the try.")
        ) from None
    is_hard = is_hard_wanted(posted)
    if "sentence" in posted:
        return Attempt(number, None, posted["sentence"], is_hard)
    # A word that is found already has no field of its own: that one goes as "".
    words = [posted.get(f"word-{index}", "") for index in range(word_count)]
    return Attempt(number, words, None, is_hard)


def is_hard_wanted(sent: QueryDict) -> bool:
    """From a link's query or a form: in what mode a play that hasn't begun is to be shown."""
    return sent.get("mode") == "hard"


def read_hint(request: HttpRequest) -> int:
    index = request.POST.get("word", "")
    if not index.isdecimal() or len(index) > 2:
        raise Malformed(
            HTTPStatus.BAD_REQUEST, "bad_request", _("The form came without a word to hint at.")
        )
    return int(index)

"""Rows to test with: plain functions, real files."""

import hashlib
import random
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from game.models import Candidate, Order, Play, Player, Puzzle, Share, Try
from game.playing import play

PROMPT = "a red fox and a big cat"
ANSWERS = ["red", "fox", "big", "cat"]
# As many as a play has: none is the same as another, because that would cost nothing.
WRONGS = [["", "", "", word] for word in ("dog", "hen", "cow", "pig", "ape", "bee")]
WRONG = WRONGS[0]


def day(number: int = 1) -> date:
    """The day of the puzzle with this number."""
    return settings.FIRST_DAY + timedelta(days=number - 1)


def noise_picture(seed: int, side: int = 32) -> Image.Image:
    """A picture that no other seed has."""
    return Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))


def noise_webp(seed: int, side: int = 32) -> bytes:
    file = BytesIO()
    noise_picture(seed, side).save(file, "WEBP", quality=50)
    return file.getvalue()


def make_candidate(
    puzzle: Puzzle, rank: int = 1, *, position: int | None = None, **fields: Any
) -> Candidate:
    seed = puzzle.pk * 100 + rank
    content = noise_webp(seed)
    digest = hashlib.sha256(content).hexdigest()
    fields = {"score": 30 - rank, "seed": seed, "sha256": digest} | fields
    candidate = Candidate(puzzle=puzzle, rank=rank, position=position, **fields)
    # Without a name of its own, Django doesn't read a picture's width and height.
    candidate.file.save("candidate.webp", ContentFile(content, "candidate.webp"), save=False)
    candidate.save()
    return candidate


def make_puzzle(
    number: int | None = 1,
    prompt: str = PROMPT,
    *,
    candidates: int = 9,
    chosen: int = 6,
    **fields: Any,
) -> Puzzle:
    """An approved puzzle with its pictures; other states and numbers of pictures as asked for."""
    fields = {
        "play_on": None if number is None else day(number),
        "state": Puzzle.State.APPROVED,
        "drawn_at": timezone.now(),
    } | fields
    puzzle = Puzzle.objects.create(prompt=prompt, **fields)
    for rank in range(1, candidates + 1):
        make_candidate(puzzle, rank, position=rank if rank <= chosen else None)
    return puzzle


def make_draft(number: int | None = 1, prompt: str = PROMPT, **fields: Any) -> Puzzle:
    """A puzzle that nobody has asked pictures for yet."""
    fields = {"state": Puzzle.State.DRAFT, "drawn_at": None} | fields
    return make_puzzle(number, prompt, candidates=0, **fields)


def make_player(**fields: Any) -> Player:
    return Player.objects.create(**fields)


def make_share(**fields: Any) -> Share:
    """What somebody ordered and shows to others; of its pictures, the card alone."""
    order = Order.objects.create(
        player=make_player(), prompt="an owl in a tree", seed=1, state=Order.State.PAINTED
    )
    share = Share.objects.create(order=order, card=b"no picture", **fields)
    share.reports.create(reporter="somebody", reason="other", text="dull")
    return share


def take_guesses(player: Player, puzzle: Puzzle, *guesses: list[str]) -> dict[str, Any]:
    """Send tries one after the other, going on from where the player is."""
    state = play.state(puzzle, player)
    for words in guesses:
        state = play.take_guess(player, puzzle, state["next_try"], words)
    return state


def lose(player: Player, puzzle: Puzzle) -> dict[str, Any]:
    return take_guesses(player, puzzle, *WRONGS)


def playing_rows() -> list[list[Any]]:
    """All that playing writes, to see that nothing of it changed."""
    return [list(model.objects.order_by("pk").values()) for model in (Player, Play, Try)]

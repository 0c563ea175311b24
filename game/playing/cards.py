"""A puzzle's six pictures in one: the card that links to it show, and a sheet for the archive.

Both are made when they are first asked for and kept in the storage, under a name that follows from
all that is on them: whatever changes has another name. The night sweeps away what nobody needs.
"""

import hashlib
import io
import logging
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Prefetch
from PIL import Image, ImageDraw, ImageFont

from game.drawing import candidates
from game.files import pairing
from game.models import Candidate, Puzzle

logger = logging.getLogger(__name__)

FOLDER = "cards"
# Counts up whenever cards look different.
VERSION = 1
# As sites that show links ask for it.
CARD_SIZE = CARD_WIDTH, CARD_HEIGHT = 1200, 630
MARGIN, CARD_SIDE, CARD_GAP = 30, 279, 12
SHEET_SIDE = 112
PAPER, INK, BLANK = "#f6f1e6", "#221f1a", "#e5dcca"
WORDMARK = settings.BASE_DIR / "static" / "img" / "wordmark.png"
END_OF_JPEG = b"\xff\xd9"


class Kind(StrEnum):
    CARD = "card"
    SHEET = "sheet"


def read(kind: Kind, puzzle: Puzzle, pictures: Sequence[Candidate]) -> bytes:
    """The JPEG. Whether its day has come is for the caller to know."""
    name = _name(kind, puzzle, pictures)
    kept = _kept(name)
    # Without its end it is being written at this moment, or its writer was killed.
    if kept.endswith(END_OF_JPEG):
        return kept
    images = [_open(picture) for picture in pictures]
    made = _PAINTERS[kind](puzzle, [image or _blank() for image in images])
    if None not in images:
        _keep(name, made)
    return made


def sweep() -> int:
    """Delete what belongs to no puzzle any more, and say how many files that were. All of them can
    be made again from the pictures, so that none goes by the trash.

    Raises:
        pairing.Stranger: the files belong to another database.
    """
    pairing.introduce()
    stale = set(candidates.stored([FOLDER])) - set(_named())
    for name in stale:
        default_storage.delete(name)
    return len(stale)


def _name(kind: Kind, puzzle: Puzzle, pictures: Sequence[Candidate]) -> str:
    shown = [kind, str(VERSION), str(puzzle.number), *(picture.token for picture in pictures)]
    digest = hashlib.sha256("\n".join(shown).encode()).hexdigest()
    return f"{FOLDER}/{digest[:2]}/{digest}.jpg"


def _kept(name: str) -> bytes:
    try:
        with default_storage.open(name) as file:
            kept: bytes = file.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        logger.warning("%s can't be read and is made again: %s", name, error)
        return b""
    return kept


def _keep(name: str, content: bytes) -> None:
    try:
        default_storage.delete(name)
        stored = default_storage.save(name, ContentFile(content))
        # Somebody else was faster, and what they kept is the same.
        if stored != name:
            default_storage.delete(stored)
    except OSError as error:
        logger.warning("%s can't be kept and will be made again: %s", name, error)


def _open(picture: Candidate) -> Image.Image | None:
    try:
        with picture.file.open("rb") as file, Image.open(file) as image:
            return image.convert("RGB")
    except OSError as error:
        logger.error("The file of picture %s can't be read: %s", picture.pk, error)
        return None


def _blank() -> Image.Image:
    return Image.new("RGB", (1, 1), BLANK)


def _paint_sheet(puzzle: Puzzle, images: Sequence[Image.Image]) -> bytes:
    return _jpeg(_grid(images, SHEET_SIDE, 0), quality=72)


def _paint_card(puzzle: Puzzle, images: Sequence[Image.Image]) -> bytes:
    card = Image.new("RGB", CARD_SIZE, PAPER)
    grid = _grid(images, CARD_SIDE, CARD_GAP)
    card.paste(grid, (CARD_WIDTH - MARGIN - grid.width, MARGIN))
    with Image.open(WORDMARK) as file:
        wordmark = file.convert("RGBA")
    card.paste(wordmark, (MARGIN, MARGIN), wordmark)
    font = ImageFont.load_default(64)
    at = (MARGIN, CARD_HEIGHT - MARGIN)
    ImageDraw.Draw(card).text(at, f"#{puzzle.number}", INK, font, anchor="ls")
    return _jpeg(card, quality=85)


_PAINTERS: dict[Kind, Callable[[Puzzle, Sequence[Image.Image]], bytes]] = {
    Kind.CARD: _paint_card,
    Kind.SHEET: _paint_sheet,
}


def _grid(images: Sequence[Image.Image], side: int, gap: int) -> Image.Image:
    """Two rows of three."""
    step = side + gap
    grid = Image.new("RGB", (3 * step - gap, 2 * step - gap), PAPER)
    for index, image in enumerate(images):
        small = image.resize((side, side), Image.Resampling.LANCZOS)
        grid.paste(small, (index % 3 * step, index // 3 * step))
    return grid


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    return buffer.getvalue()


def _named() -> Iterator[str]:
    tokens = Candidate.objects.filter(position__isnull=False).only("puzzle_id", "token")
    chosen = Prefetch("candidates", tokens.order_by("position"), to_attr="chosen")
    planned = Puzzle.objects.filter(play_on__isnull=False).only("play_on")
    for puzzle in planned.prefetch_related(chosen):
        for kind in Kind:
            yield _name(kind, puzzle, puzzle.chosen)

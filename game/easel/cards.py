"""What other sites show of a link to a shared order: its pictures, and what was typed."""

import io
import textwrap
from collections.abc import Sequence

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

# As sites that show links ask for it.
SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN, GAP = 30, 12
SIDE = HEIGHT - 2 * MARGIN
PAPER, INK = "#f6f1e6", "#221f1a"
WORDMARK = settings.BASE_DIR / "static" / "img" / "wordmark.png"
LETTERS, LINES, LINE = 22, 7, 46


def paint(prompt: str, images: Sequence[Image.Image]) -> bytes:
    """A JPEG of nine pictures, or of one."""
    card = Image.new("RGB", SIZE, PAPER)
    columns = 1 if len(images) == 1 else 3
    step = (SIDE + GAP) // columns
    for place, image in enumerate(images):
        small = image.resize((step - GAP, step - GAP), Image.Resampling.LANCZOS)
        left = WIDTH - MARGIN - SIDE + place % columns * step
        card.paste(small, (left, MARGIN + place // columns * step))
    with Image.open(WORDMARK) as file:
        wordmark = file.convert("RGBA")
    card.paste(wordmark, (MARGIN, MARGIN), wordmark)
    draw, font = ImageDraw.Draw(card), ImageFont.load_default(38)
    lines = textwrap.wrap(f"“{prompt}”", LETTERS, max_lines=LINES, placeholder=" …")
    for number, line in enumerate(reversed(lines)):
        draw.text((MARGIN, HEIGHT - MARGIN - number * LINE), line, INK, font, anchor="ls")
    buffer = io.BytesIO()
    card.save(buffer, "JPEG", quality=85, optimize=True, progressive=True)
    return buffer.getvalue()

"""Hands: who drew a thing. Captions never name them."""

from __future__ import annotations

from typing import Final

HANDS: Final[dict[str, tuple[str, ...]]] = {
    "noto": ("noto",),
    "flat": ("fluent-emoji-flat",),
    "twemoji": ("twemoji",),
}
"""The art sets of each hand, looked through in this order. The first hand draws every noun."""
HAND_NAMES: Final = tuple(HANDS)

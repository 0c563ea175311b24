"""What a sample must keep to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a sample must keep to. Without CLIP, `unsafe` and `fit` are not looked at.

    Args:
        side: the shorter side in pixels, at least.
        aspect: longer side to shorter, at most.
        unsafe: probability of the unsafe classes together, at most.
        fit: cosine of picture and caption, at least; None for any.
        distance: bits of 256 in which the hashes of near-duplicates differ, at most; None keeps
            duplicates.
        has_word_rules: captions with sexual and violent words are dropped.
    """

    side: int = 64
    aspect: float = 3.0
    unsafe: float = 0.5
    fit: float | None = None
    distance: int | None = 10
    has_word_rules: bool = True

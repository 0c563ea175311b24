"""Why a guess is warm, as far as a dictionary knows: how it is tied to the hidden word."""

from dataclasses import dataclass
from enum import StrEnum


class Tie(StrEnum):
    SAME = "same"  # means the same
    KIND = "kind"  # the guess is one kind of the hidden word
    KINDS = "kinds"  # the hidden word is one kind of the guess
    BOTH = "both"  # both are of one kind, which is named
    WAYS = "ways"  # both are ways of doing what is named
    PART = "part"  # the guess is a part of the hidden word
    WHOLE = "whole"  # the hidden word is a part of the guess
    TOLD = "told"  # the dictionary explains one by the other


@dataclass(frozen=True, slots=True)
class Reason:
    """A tie, and what both are, in English: “string instruments”, or to do: “travel”."""

    tie: Tie
    name: str = ""

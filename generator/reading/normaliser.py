"""The text normaliser that DALL·E mini's captions went through, and so what its prompts need.

It reproduces the original (Dayma et al. 2021) output for output, its quirks included: inside a
hashtag the stand-in for a quote is taken for letters, "1.2.3.4" becomes "1.2, 3.4". The one
deviation: where the original replaces `<person>` by one of three words at random, this takes the
most frequent of them.
"""

import html
import importlib
import math
import re
from collections.abc import Callable
from itertools import accumulate, repeat
from pathlib import Path
from typing import Any

from generator.groups import install

PACKAGES = ("ftfy", "emoji", "unidecode")
DISTRIBUTIONS = "ftfy, emoji and Unidecode"

Rule = tuple[re.Pattern[str], str]

# What stands in for a character while others like it become commas.
DOT, QUOTE, SLASH = "xtokxdotxtokx", "xtokxquotextokx", "xtokxslashxtokx"


def _rules(*pairs: tuple[str, str]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in pairs)


PEOPLE = _rules(
    (r"<person>(?:[,\s]*(?:(?:and)+[,\s]*)?<person>)+", " people "),
    (r"<person>", " a person "),
)
NOISE = _rules(
    (r"\A\s*\[\d+\]", ""),  # a reference mark in front, as in Wikipedia
    (r"\[\d+\]\s*\Z", ""),  # and at the end
    (r"<[^<]+?>", " "),
    (r"http\S+", ""),
)
SHIELDS = _rules(
    *repeat((r"(\d),(\d{3})", r"\1\2"), 2),  # 1,234,567: the second pass sees what the first made
    (r"(\w)\.(\w)", rf"\1{DOT}\2"),
    (r"'(?=(?:[stdm]|ll|re|ve)\b)", QUOTE),
    (r"(\d)/(\d)", rf"\1{SLASH}\2"),
    (r"(\w)-(\w)", r"\1 \2"),
    (r"([%&/$*])", r" \1 "),
)
HASHTAG = re.compile(r"#(\w+)")
PUNCTUATION = _rules(
    (r"[_#\\]", " "),
    (r"['\"`]", ' " '),
    (r"[()\[\].,|:;?!=+~\-/{}]", ","),
    (DOT, "."),
    (QUOTE, "'"),
    (SLASH, "/"),
    (r"(\D)\1{3,}", r"\1"),  # three stay, for Roman numerals
    (r"\s+", " "),  # or what follows would look through a long run once from each of its places
    (r"\s*\"[\s\"]*", ' " '),
    (r"\s*,[\s,]*", ", "),
    (r"\s+", " "),
)


class NormaliserError(ValueError):
    """A package the normaliser needs is not installed, or its frequency file is unreadable."""


class WordSplitter:
    """Finds the words of a hashtag: the cheapest way to spell it with words from a list.

    A word costs ln(its line number from 1). A hashtag, or the end of one, that the list cannot
    spell falls apart into letters.
    """

    def __init__(self, frequency_file: Path) -> None:
        try:
            lines = frequency_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise NormaliserError(f"{frequency_file} cannot be read: {error}") from error
        words = ((number, line.split()) for number, line in enumerate(lines, start=1))
        self.costs = {parts[0]: math.log(number) for number, parts in words if parts}
        self.longest = max(map(len, self.costs), default=1)

    def __call__(self, run: str) -> list[str]:
        return _rejoin(self._cheapest(run))

    def _cheapest(self, run: str) -> list[str]:
        totals, lengths = [0.0], [0]
        for end in range(1, len(run) + 1):
            total, length = min(
                (totals[end - length] + self._cost(run[end - length : end]), length)
                for length in range(1, min(end, self.longest) + 1)
            )
            totals.append(total)
            lengths.append(length)
        words, end = [], len(run)
        while end:
            words.append(run[end - lengths[end] : end])
            end -= lengths[end]
        return words[::-1]

    def _cost(self, word: str) -> float:
        return self.costs.get(word.lower(), math.inf)


def _rejoin(words: list[str]) -> list[str]:
    """Put digits back together, and a final 's back to its word."""
    joined: list[str] = []
    for word in reversed(words):
        after = joined[0] if joined else ""
        is_split_number = word[-1].isdigit() and after[:1].isdigit()
        if word != "'" and (after == "'s" or is_split_number):
            joined[0] = word + after
        else:
            joined.insert(0, word)
    return joined


class Normaliser:
    """Prompt in, the form that DALL·E mini was trained on out; it always starts with a space."""

    def __init__(self, frequency_file: Path | None) -> None:
        """`frequency_file`: a word a line, most frequent first; None leaves hashtags whole.

        Raises:
            NormaliserError: a package is missing, or the file cannot be read.
        """
        ftfy, emoji, unidecode = _packages()
        self._simplify: tuple[Callable[[str], str], ...] = (
            ftfy.fix_text,
            html.unescape,
            html.unescape,
            emoji.demojize,
            unidecode.unidecode,
            str.lower,
        )
        self._splitter = WordSplitter(frequency_file) if frequency_file else None

    def __call__(self, prompt: str) -> str:
        *_, text = accumulate(self._simplify, lambda t, step: step(t), initial=prompt)
        text = _apply(text, (*PEOPLE, *NOISE, *SHIELDS))
        text = HASHTAG.sub(lambda found: self._split(found[1]), text)
        text = _apply(text, PUNCTUATION).strip()
        return f" {text.removesuffix(',').removeprefix(',').strip()}"

    def _split(self, tag: str) -> str:
        runs = [run for run in re.split(r"[^a-zA-Z0-9']+", tag) if run]
        if self._splitter:
            runs = [word for run in runs for word in self._splitter(run)]
        return " ".join(runs)


def _apply(text: str, rules: tuple[Rule, ...]) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


def _packages() -> list[Any]:
    # Imported late: only the original checkpoints need them.
    try:
        return [importlib.import_module(name) for name in PACKAGES]
    except ImportError as error:
        raise NormaliserError(
            f"this model's text normaliser needs the packages {DISTRIBUTIONS} ({error}): "
            + install("original")
        ) from error

"""The plain form of a prompt."""

import pytest

from generator.reading.text import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A Fox riding a Bicycle", "a fox riding a bicycle"),
        ("  two \t spaces\nand lines ", "two spaces and lines"),
        ("naïve café, über-fox!", "naive cafe uber fox"),
        ("the fox's 3 apples", "the fox s 3 apples"),
        ("ＦＵＬＬ ｗｉｄｔｈ", "full width"),
        ("ﬁve x²", "five x2"),
        ("İstanbul", "istanbul"),
        ("лиса", "лиса"),
        ("ёж и Йогурт", "ёж и йогурт"),
        ("ビーチ", "ビーチ"),
        ("हिन्दी बिल्ली", "हिन्दी बिल्ली"),
        ("한국어", "한국어"),
        ("a fóx", "a fox"),
        ("a\u00a0fox\u200b", "a fox"),
        ("🦊 …", ""),
        ("", ""),
    ],
)
def test_it_is_plain_when_written_in_any_way(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert plain(expected) == expected


def test_it_is_the_same_when_an_accent_is_composed_or_not() -> None:
    assert plain("caf\u00e9") == plain("cafe\u0301") == "cafe"

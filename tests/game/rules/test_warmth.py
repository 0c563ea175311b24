"""The scale of warmth, and the tables that the web process reads."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules import warmth
from game.rules.warmth import StaleTable, Table
from game.words import vocabulary
from game.words.forms import base

SIZE = len(vocabulary.words())


@pytest.mark.parametrize(
    ("rank", "warm"),
    [(1, 99), (2, 95), (10, 85), (32, 75), (100, 65), (300, 50), (1000, 22), (3000, 0), (SIZE, 0)],
)
def test_it_cools_with_the_rank(rank: int, warm: int) -> None:
    assert warmth.of_rank(rank) == warm


def test_it_never_warms_when_the_rank_falls() -> None:
    scale = [warmth.of_rank(rank) for rank in range(1, 5000)]
    assert all(one >= other for one, other in itertools.pairwise(scale))
    # A word at random is below 15 nineteen times in twenty.
    assert sum(warm >= 15 for warm in scale) <= SIZE / 20


def test_it_refuses_a_rank_below_one() -> None:
    with pytest.raises(ValueError, match="count from 1, got 0"):
        warmth.of_rank(0)


@given(st.binary(min_size=0, max_size=300))
def test_it_keeps_a_table_when_it_is_packed(start: bytes) -> None:
    table = Table(start.ljust(SIZE, b"\0"))
    assert Table.unpack(table.pack()) == table
    assert Table.unpack(memoryview(table.pack())) == table


def test_it_looks_a_word_up_when_the_vocabulary_holds_it_or_its_base() -> None:
    values = bytearray(SIZE)
    values[vocabulary.words().index("penguin")] = 71
    values[vocabulary.words().index("color")] = 12
    table = Table(bytes(values))
    assert table.look_up("penguin") == table.look_up("penguins") == 71
    assert table.look_up("colours") == 12
    assert table.look_up("guitar") == 0
    assert table.look_up("xyzzy") is None
    assert table.look_up("7up") is None


def test_it_refuses_a_table_when_it_was_made_with_another_vocabulary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = Table(bytes(SIZE)).pack()
    warmth.version.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(vocabulary, "fingerprint", lambda: "another")
        with pytest.raises(StaleTable, match="another vocabulary"):
            Table.unpack(packed)
    warmth.version.cache_clear()
    Table.unpack(packed)
    with pytest.raises(StaleTable):
        Table.unpack(b"")


def test_it_refuses_a_table_when_its_size_is_wrong() -> None:
    with pytest.raises(ValueError, match=f"{SIZE} values, got 3"):
        Table(b"abc")


def test_it_answers_within_a_millisecond_when_a_guess_is_looked_up() -> None:
    packed = Table(bytes(number % 100 for number in range(SIZE))).pack()
    fastest = 1.0
    for word in ("penguins", "colours", "walrus", "xyzzy") * 5:
        start = time.process_time()
        Table.unpack(packed).look_up(word)
        fastest = min(fastest, time.process_time() - start)
    assert fastest < 0.001


# The vocabulary


def test_it_holds_30000_sorted_words_of_letters() -> None:
    words = vocabulary.words()
    assert len(words) == len(set(words)) == 30_000
    assert list(words) == sorted(words)
    assert all(word.isascii() and word.isalpha() and 2 <= len(word) <= 16 for word in words)


@given(st.sampled_from(vocabulary.words()) | st.text("abcz", min_size=1))
def test_it_finds_a_word_where_it_stands(word: str) -> None:
    words = vocabulary.words()
    found = vocabulary.find(word)
    if word in words:
        assert found == words.index(word)
    else:
        assert found is None or words[found] == base(word)

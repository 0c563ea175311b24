"""The scale of warmth, and the tables that the web process reads."""

import hashlib
import itertools
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules import warmth
from game.rules.warmth import StaleTable, Table
from game.words import vocabulary
from game.words.forms import base
from game.words.reasons import Reason, Tie

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


def test_it_keeps_reasons_when_a_table_is_packed() -> None:
    told = {
        "banjo": Reason(Tie.BOTH, "string instruments"),
        "violin": Reason(Tie.BOTH, "string instruments"),
        "music": Reason(Tie.TOLD),
    }
    reasons = {vocabulary.words().index(word): reason for word, reason in told.items()}
    table = Table.unpack(Table.make(bytes(SIZE), reasons).pack())
    for word in ("banjo", "banjos", "violin"):
        assert table.why(word) == Reason(Tie.BOTH, "string instruments")
    assert table.why("music") == Reason(Tie.TOLD)
    assert table.why("guitar") is table.why("xyzzy") is None


def test_it_keeps_the_commonest_reasons_when_there_are_too_many() -> None:
    reasons = {number: Reason(Tie.BOTH, f"{number}") for number in range(300)}
    reasons |= dict.fromkeys(range(300, SIZE), Reason(Tie.PART))
    table = Table.make(bytes(SIZE), reasons)
    assert table.why(vocabulary.words()[299]) is None
    assert table.why(vocabulary.words()[300]) == Reason(Tie.PART)


def test_it_reads_a_table_when_it_was_made_before_words_were_added() -> None:
    fewer = vocabulary.sizes()[0]
    first, added = vocabulary.words()[0], vocabulary.words()[fewer]
    made_with = f"{vocabulary.fingerprint(fewer)} {warmth.SCALE}"
    version = hashlib.sha256(made_with.encode()).digest()[: warmth.VERSION_BYTES]
    table = Table.unpack(version + zlib.compress(bytes([71]) * fewer))
    assert table.look_up(first) == 71
    assert table.why(first) is None
    assert table.look_up(added) is None
    assert table.why(added) is None


def test_it_reads_the_first_tables_of_all() -> None:
    # Written into databases by the version that had no dictionary.
    assert warmth.versions()[-1].hex() == "083c90f13e2f6628"


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
    warmth.versions.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(vocabulary, "fingerprint", lambda size: "another")
        with pytest.raises(StaleTable, match="other words"):
            Table.unpack(packed)
    warmth.versions.cache_clear()
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


def test_it_holds_words_of_letters_and_adds_to_them_in_sorted_blocks() -> None:
    words, sizes = vocabulary.words(), vocabulary.sizes()
    assert sizes[0] == 30_000
    assert len(words) == len(set(words)) == sizes[-1]
    for start, end in itertools.pairwise((0, *sizes)):
        assert list(words[start:end]) == sorted(words[start:end])
    assert all(word.isascii() and word.isalpha() and 2 <= len(word) <= 16 for word in words)


@given(st.sampled_from(vocabulary.words()) | st.text("abcz", min_size=1))
def test_it_finds_a_word_where_it_stands(word: str) -> None:
    words = vocabulary.words()
    found = vocabulary.find(word)
    if word in words:
        assert found == words.index(word)
    else:
        assert found is None or words[found] == base(word)

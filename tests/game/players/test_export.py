import csv
import errno
import importlib
import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from game.models import Play, Player, Puzzle, Try
from game.players import export, privacy
from game.playing import play
from game.words.text import normalise
from tests import factories
from tests.factories import ANSWERS, WRONG

pytestmark = pytest.mark.django_db

FIELDS = ["play", "puzzle", "prompt", "number", "sentence", "words"]
FIELDS += ["marks", "score", "hard", "hint", "seconds"]


@pytest.fixture(autouse=True)
def day_three_has_come_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """At noon UTC the second day has just ended on the last island that had it."""
    now = datetime.combine(factories.day(3), datetime.min.time(), UTC).replace(hour=12)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "guesses.csv"


def run(out: Path, *options: str) -> str:
    said = StringIO()
    call_command("export_guesses", "--out", str(out), *options, stdout=said)
    return said.getvalue()


def rows(out: Path) -> list[dict[str, str]]:
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def played(puzzle: Puzzle, *guesses: list[str], **fields: Any) -> Player:
    player = factories.make_player(**fields)
    factories.take_guesses(player, puzzle, *guesses)
    return player


def test_it_writes_every_try_of_a_past_puzzle(out: Path) -> None:
    puzzle = factories.make_puzzle(1)
    played(puzzle, WRONG, ANSWERS)
    hard = factories.make_player()
    play.take_guess(hard, puzzle, 1, ["a", "", "", "", "", "", ""], is_hard=True)
    play.give_hint(hard, puzzle, 1)
    assert "3 tries written" in run(out)
    written = rows(out)
    assert list(written[0]) == FIELDS
    easy = [row for row in written if row["hard"] == "False"]
    assert [json.loads(row["words"]) for row in easy] == [WRONG, ANSWERS]
    assert [row["number"] for row in easy] == ["1", "2"]
    assert easy[1]["score"] == "100"
    assert json.loads(easy[1]["marks"])[0]["why"] == "exact"
    assert {row["puzzle"] for row in written} == {"1"}
    assert {row["prompt"] for row in written} == {factories.PROMPT}
    assert sorted({row["play"] for row in written}) == ["1", "2"]
    assert [row["hint"] for row in written if row["hard"] == "True"] == ["True"]


def test_it_leaves_out_what_is_not_over_everywhere(out: Path) -> None:
    for number in (1, 2, 3):
        played(factories.make_puzzle(number), WRONG)
    assert run(out).startswith("2 tries")
    assert {row["puzzle"] for row in rows(out)} == {"1", "2"}


def test_it_begins_where_it_is_told(out: Path) -> None:
    for number in (1, 2):
        played(factories.make_puzzle(number), WRONG)
    run(out, "--since", factories.day(2).isoformat())
    assert {row["puzzle"] for row in rows(out)} == {"2"}
    with pytest.raises(CommandError, match="--since: invalid day value: 'soon'"):
        run(out, "--since", "soon")


def test_it_leaves_out_who_opted_out_and_who_is_forgotten(out: Path) -> None:
    puzzle = factories.make_puzzle(1)
    played(puzzle, ["red", "", "", ""])
    played(puzzle, ["", "fox", "", ""], shares_guesses=False)
    privacy.forget(played(puzzle, ["", "", "big", ""]))
    run(out)
    assert [json.loads(row["words"]) for row in rows(out)] == [["red", "", "", ""]]


def test_it_tells_nothing_of_players(out: Path) -> None:
    puzzle = factories.make_puzzle(1)
    player = played(puzzle, WRONG)
    one = Try.objects.get()
    run(out)
    text = out.read_text()
    for known in (player.key, player.key.hex, one.created_at.isoformat(), one.created_at.date()):
        assert str(known) not in text


def test_it_numbers_plays_anew_each_time(tmp_path: Path) -> None:
    puzzle = factories.make_puzzle(1)
    for first in "befghmoprstv":
        played(puzzle, [f"{first}at", "", "", ""], WRONG)
    orders = []
    for name in ("one", "two"):
        run(tmp_path / name)
        written = rows(tmp_path / name)
        assert [row["play"] for row in written] == [str(n // 2 + 1) for n in range(24)]
        assert [row["number"] for row in written] == ["1", "2"] * 12
        orders.append([row["words"] for row in written[::2]])
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])
    assert sorted(orders[0]) not in orders


@pytest.mark.parametrize(("passed", "told"), [(0, 0), (14, 10), (16, 20), (3601, 3600)])
def test_it_rounds_the_time(out: Path, passed: int, told: int) -> None:
    played(factories.make_puzzle(1), WRONG)
    Try.objects.update(created_at=Play.objects.get().started_at + timedelta(seconds=passed))
    run(out)
    assert rows(out)[0]["seconds"] == str(told)


@pytest.mark.parametrize(
    ("sentence", "masked"),
    [
        ("a fox", "a fox"),
        ("write to ada.b@example.org now", "write to … now"),
        ("call 079 555 12 34 a fox", "call … a fox"),
        ("call (079) 555-1234", "call (…"),
        ("12 foxes and 345 cats", "12 foxes and 345 cats"),
        ("@home", "…"),
    ],
)
def test_it_masks_what_may_name_somebody(sentence: str, masked: str) -> None:
    assert export.mask(sentence, []) == (masked, [])


@pytest.mark.parametrize(
    "sentence",
    [
        "write to ada＠sixpix.example",
        "write to ada﹫sixpix.example",
        "call ⁰⁶⁶⁴¹²³⁴⁵⁶⁷",
        "call ⓪⑥⑥④①②③④⑤⑥⑦",
        "call 0664\u200b123\u200b4567",
        "call 0664_123_4567",
        "call 0664 – 123, 45: 67",
        "call 6̶6̶4̶1̶2̶3̶4̶5̶",
    ],
)
def test_it_masks_what_is_written_in_other_signs(sentence: str) -> None:
    masked, words = export.mask(sentence, normalise(sentence).split())
    assert masked.split()[-1] == export.MASK
    assert words[0] == sentence.split()[0]
    assert not {"ada", "sixpix", "example"} & set(words)
    assert not any(word.isdecimal() for word in words)


def test_it_masks_a_number_that_was_typed_in_tiles() -> None:
    assert export.mask("", ["fox", "0664", "123", "4567", "hot air"]) == (
        "",
        ["fox", "…", "…", "…", "hot air"],
    )


@pytest.mark.parametrize(
    "cell",
    [
        '-HYPERLINK("https://elsewhere.example")',
        ' \t-WEBSERVICE("https://elsewhere.example")',
        "－HYPERLINK(1)",
        "a fox; -HYPERLINK(1)",
        "a fox\t@SUM(1)",
        "=1+1",
        "+1",
    ],
)
def test_it_writes_no_live_formula(tmp_path: Path, cell: str) -> None:
    row = export.Row(1, 2, cell, 1, cell, ["fox"], "[]", 0, False, False, 0)
    with (tmp_path / "table.csv").open("w+b") as file:
        export.FORMATS["csv"]()(file, [row])
    text = (tmp_path / "table.csv").read_text()
    [read] = list(csv.DictReader(io.StringIO(text)))
    for delimiter in ",;\t":
        for part in read["sentence"].split(delimiter):
            assert part.strip()[:1] not in set("-+=@－＋＝＠")
    assert read["sentence"].replace("'", "") == cell


def test_it_masks_the_words_that_came_of_a_masked_sentence(out: Path) -> None:
    player = factories.make_player()
    play.take_sentence(player, factories.make_puzzle(1), 1, "fox of ada@example.org 0795551234")
    assert {"ada", "example", "org", "0795551234"} & set(Try.objects.get().words)
    run(out)
    text = out.read_text()
    for part in ("ada", "example", "org", "0795551234"):
        assert part not in text
    assert "fox" in json.loads(rows(out)[0]["words"])


def test_it_keeps_the_old_file_when_the_disk_is_full(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(factories.make_puzzle(1), WRONG)
    out.write_text("before")

    def fill(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", fill)
    with pytest.raises(CommandError, match="was not written: No space left on device"):
        run(out)
    assert out.read_text() == "before"
    assert list(out.parent.glob("*.part")) == []


def test_it_leaves_nothing_behind_when_reading_fails(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(factories.make_puzzle(1), WRONG)

    def explode(*_: object) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(export, "_row", explode)
    with pytest.raises(RuntimeError):
        run(out)
    assert [path.name for path in out.parent.iterdir() if path.is_file()] == []


def test_it_says_so_when_the_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        run(tmp_path / "nowhere" / "guesses.csv")


def test_it_holds_no_more_in_memory_when_there_is_more_to_write(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "CHUNK", 50)
    puzzle = factories.make_puzzle(1)
    played(puzzle, WRONG)
    one = Try.objects.values("number", "words", "marks", "score").get()

    def peak(players: int) -> int:
        people = Player.objects.bulk_create(Player() for _ in range(players))
        plays = Play.objects.bulk_create(Play(player=who, puzzle=puzzle) for who in people)
        Try.objects.bulk_create(Try(play=each, **one) for each in plays)
        tracemalloc.start()
        try:
            run(out)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # what is loaded at a first use
    few, many = peak(100), peak(2000)
    assert len(rows(out)) == 2102
    assert many < 3 * few


def test_it_names_the_package_that_parquet_needs(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.import_module

    def without_arrow(name: str) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", without_arrow)
    with pytest.raises(CommandError, match="pip install pyarrow"):
        run(out.with_suffix(".parquet"))
    assert not out.with_suffix(".parquet").exists()


def test_it_writes_parquet_that_says_the_same(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    played(factories.make_puzzle(1), WRONG, ["red", "", "", ""], ANSWERS)
    run(tmp_path / "guesses.csv")
    run(tmp_path / "guesses.parquet")
    table = parquet.read_table(tmp_path / "guesses.parquet").to_pylist()
    assert [type(value) for value in table[0].values()] == [
        *(int, int, str, int, str, list, str, int, bool, bool, int)
    ]
    as_text = [{name: str(value) for name, value in row.items()} for row in table]
    for row, other in zip(as_text, rows(tmp_path / "guesses.csv"), strict=True):
        assert row | {"words": other["words"]} == other
        assert row["words"] == str(json.loads(other["words"]))


@pytest.mark.parametrize(
    ("name", "options", "want"),
    [
        ("guesses.xlsx", [], ".csv / .parquet"),
        ("guesses.csv", ["--format", "parquet"], ".parquet"),
        ("guesses.parquet", ["--format", "csv"], ".csv"),
    ],
)
def test_it_refuses_a_name_that_says_something_else(
    tmp_path: Path, name: str, options: list[str], want: str
) -> None:
    (tmp_path / name).write_text("before")
    with pytest.raises(CommandError, match=f"a name has to end in {want}"):
        run(tmp_path / name, *options)
    assert (tmp_path / name).read_text() == "before"


@pytest.mark.parametrize("name", ["guesses", "guesses.txt", "GUESSES.CSV"])
def test_it_writes_another_name_as_it_is_told(tmp_path: Path, name: str) -> None:
    played(factories.make_puzzle(1), WRONG)
    run(tmp_path / name, "--format", "csv")
    assert len(rows(tmp_path / name)) == 1

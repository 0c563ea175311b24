from datetime import date

import pytest

from game.editing import cells
from game.editing.rows import UnreadableError

HIDDEN = ("fox", "riding", "bicycle")


@pytest.mark.parametrize(
    "cell",
    [
        "2026-12-24",
        "24.12.2026",
        "24. 12. 2026",
        "2026\u201112\u201124",
        "2026–12–24",
        "2026-12-24 00:00:00",
        "2026-12-24T08:30:00.000",
        "24.12.2026 0:00",
        "“2026-12-24”",
    ],
)
def test_it_reads_a_day(cell: str) -> None:
    assert cells.read_day(cell) == date(2026, 12, 24)


@pytest.mark.parametrize(
    "cell", ["24/12/2026", "2026-13-01", "2026-02-30", "tomorrow", "1", "²", "2026-12-24 noon"]
)
def test_it_refuses_what_is_no_day(cell: str) -> None:
    with pytest.raises(UnreadableError, match="like 2026-12-24"):
        cells.read_day(cell)


@pytest.mark.parametrize(("cell", "level"), [("1", 1), ("5", 5), ("3.0", 3), ("4,00", 4)])
def test_it_reads_a_difficulty(cell: str, level: int) -> None:
    assert cells.read_difficulty(cell) == level


@pytest.mark.parametrize("cell", ["0", "6", "3.5", "hard", "-1", "33"])
def test_it_refuses_what_is_no_difficulty(cell: str) -> None:
    with pytest.raises(UnreadableError, match="from 1 to 5"):
        cells.read_difficulty(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "bicycle=bike, fox=red fox",
        "Bicycle = Bike; FOX=Red-Fox;",
        "bicycle=bike|fox=red fox|bicycle=bike",
        "bicycle＝bike, fox＝red fox",
    ],
)
def test_it_reads_accepted_answers(cell: str) -> None:
    assert cells.read_accepted(cell, HIDDEN) == [("bicycle", "bike"), ("fox", "red fox")]


@pytest.mark.parametrize(
    "cell",
    ["bike", "moon=lune", "fox=", "=bike", "fox=fox", "fox=a b c d", "fox=狐", "fox=" + "x" * 201],
)
def test_it_refuses_accepted_answers_that_answer_nothing(cell: str) -> None:
    with pytest.raises(UnreadableError, match="like bicycle=bike"):
        cells.read_accepted(f"bicycle=bike, {cell}", HIDDEN)


def test_it_reads_no_answers_out_of_an_empty_cell() -> None:
    assert cells.read_accepted(" , ;", HIDDEN) == []

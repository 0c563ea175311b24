"""Rooms that a newcomer can take in: few modules each, none long, and a sentence at each door."""

import ast
from pathlib import Path

import pytest

import generator

HERE = Path(generator.__file__).parent
MOST_MODULES, MOST_LINES = 12, 250
# It offers its names at the door, and holds more than a room should.
UNSETTLED = HERE / "world"
ROOMS = sorted({file.parent for file in HERE.rglob("*.py")} - {UNSETTLED})


def name(path: Path) -> str:
    return path.relative_to(HERE.parent).as_posix()


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_it_says_what_a_room_is_for_and_nothing_else(room: Path) -> None:
    [sentence] = ast.parse((room / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(sentence, ast.Expr)
    assert isinstance(sentence.value, ast.Constant)
    assert str(sentence.value.value).endswith(".")
    assert "\n" not in str(sentence.value.value)


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_it_keeps_rooms_and_modules_small(room: Path) -> None:
    modules = [file for file in room.glob("*.py") if file.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES
    lines = {name(file): len(file.read_text(encoding="utf-8").splitlines()) for file in modules}
    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}

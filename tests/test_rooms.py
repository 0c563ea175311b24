"""Rooms that a newcomer can take in: few modules each, none long, and a sentence at each door."""

import ast
from pathlib import Path

import pytest

import game
import generator

ROOTS = [Path(str(package.__file__)).parent for package in (game, generator)]
BASE = ROOTS[0].parent
MOST_MODULES, MOST_LINES = 12, 250
# One list of settings is easier to find one's way in than several; Django writes migrations.
LONG, WRITTEN = {"game/settings.py"}, {"game/migrations"}
# Celery looks for its app here, and Django for models and for what the admin has pages for.
LOADING = {"game", "game/models", "game/admin"}


def name(path: Path) -> str:
    return path.relative_to(BASE).as_posix()


ROOMS = sorted({file.parent for root in ROOTS for file in root.rglob("*.py")})
ROOMS = [room for room in ROOMS if name(room) not in WRITTEN]


def test_it_finds_the_rooms_of_both_packages() -> None:
    assert {"game/words", "game/admin/puzzle", "generator/networks"} <= set(map(name, ROOMS))


def test_it_puts_every_room_on_the_map() -> None:
    tree = (BASE / "README.md").read_text(encoding="utf-8")
    tree = tree.partition("## The tree")[2].partition("##")[0]
    floors = [room for room in ROOMS if room.parent in ROOTS]
    assert not {name(room) for room in floors if f" {room.name}/" not in tree}


@pytest.mark.parametrize("room", [room for room in ROOMS if name(room) not in LOADING], ids=name)
def test_it_says_what_a_room_is_for_and_nothing_else(room: Path) -> None:
    [sentence] = ast.parse((room / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(sentence, ast.Expr)
    assert isinstance(sentence.value, ast.Constant)
    assert str(sentence.value.value).endswith(".")
    assert "\n" not in str(sentence.value.value)


@pytest.mark.parametrize("room", [room for room in ROOMS if name(room) in LOADING], ids=name)
def test_it_says_what_a_room_is_for_before_it_loads_anything(room: Path) -> None:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert text is not None
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_it_keeps_rooms_and_modules_small(room: Path) -> None:
    modules = [file for file in room.glob("*.py") if file.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES
    lines = {name(file): len(file.read_text(encoding="utf-8").splitlines()) for file in modules}
    assert {
        file: count for file, count in lines.items() if count > MOST_LINES and file not in LONG
    } == {}

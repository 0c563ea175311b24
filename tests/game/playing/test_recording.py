"""Who writes plays and tries: everything else reads them."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings

WRITING = {"create", "bulk_create", "get_or_create", "update_or_create"}
WRITING |= {"save", "update", "bulk_update", "delete"}
SQL = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) game_(play|try)\b")
# By the names that the code has for them everywhere.
WRITTEN = {"Play", "Try", "play", "plays", "try", "tries", "one"}
WRITERS = {
    "game.playing.recording",
    # Makes what was recorded better.
    "game.playing.regrading",
    # They take a player's plays away, hand them over, or take out what was typed.
    "game.players.moving",
    "game.players.newcomers",
    "game.players.privacy",
}


def written_in(source: str) -> Iterator[int]:
    """The lines on which rows of plays or tries are written, or SQL writes them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant | ast.Call) and is_writing(node):
            yield node.lineno


def is_writing(node: ast.Constant | ast.Call) -> bool:
    if isinstance(node, ast.Constant):
        return bool(SQL.search(str(node.value)))
    made = node.func
    return isinstance(made, ast.Attribute) and made.attr in WRITING and owner(made.value) in WRITTEN


def owner(node: ast.expr) -> str:
    """What a chain of calls and attributes begins with, or is called on the way to its manager."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            if node.attr in WRITTEN:
                return node.attr
            node = node.value
        else:
            return node.id if isinstance(node, ast.Name) else ""


def test_it_knows_plays_and_tries_being_written() -> None:
    written = """
Play.objects.filter(player=own, puzzle__in=both).delete()
play.tries.all().update(score=0)
play.save()
cursor.execute("INSERT INTO game_play VALUES (1)")
Play.objects.filter(player=own).values("pk")
puzzle.save()
"""
    assert sorted(written_in(written)) == [2, 3, 4, 5]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_it_names_no_writer_in_vain(name: str) -> None:
    path = settings.BASE_DIR / f"{name.replace('.', '/')}.py"
    assert list(written_in(path.read_text()))


def test_it_has_plays_and_tries_written_nowhere_else() -> None:
    found = {
        ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        for path in (settings.BASE_DIR / "game").rglob("*.py")
        if "migrations" not in path.parts and any(written_in(path.read_text()))
    }
    assert found <= WRITERS

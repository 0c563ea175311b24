"""What `make quick` runs of the tests."""

import subprocess
from pathlib import Path

import pytest

from tests.changed import changed_files, find_tests


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("game/editing/bulk.py", "tests/game/editing"),
        ("game/admin/puzzle/puzzles.py", "tests/game/admin/puzzle"),
        ("generator/networks/bart.py", "tests/generator/networks"),
        ("generator/training/vqgan/stage.py", "tests/generator/training"),
        ("game/models/plays.py", "tests/game/test_models.py"),
        ("game/settings.py", "tests/game/test_settings.py"),
        ("templates/includes/try.html", "tests/game/pages"),
        ("static/js/play.js", "tests/game/pages"),
        ("locale/de/LC_MESSAGES/django.po", "tests/game/test_messages.py"),
        ("tests/game/pages/crawling.py", "tests/game/pages"),
        ("tests/game/rules/test_boards.py", "tests/game/rules/test_boards.py"),
        ("tests/factories.py", "tests/test_changed.py"),
        ("README.md", "tests/test_changed.py"),
    ],
)
def test_it_finds_the_find_tests_the_room_that_a_file_lies_in(file: str, tests: str) -> None:
    found = find_tests(Path(file))
    assert Path(tests) in found
    assert Path("tests") not in found


@pytest.mark.parametrize(
    "file", ["tests/browser/board.py", "tests/browser/test_play.py", "test_x.py"]
)
def test_it_leaves_out_browsers_and_what_is_gone(file: str) -> None:
    assert find_tests(Path(file)) == []


def test_it_finds_all_that_has_changed_since_the_branch_left_main(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@sixpix.example"]
        subprocess.run(["/usr/bin/env", "git", *who, *words], cwd=tmp_path, check=True)

    def commit(name: str) -> None:
        (tmp_path / name).write_text("x")
        git("add", name)
        git("commit", "--quiet", "--message", name)

    git("init", "--quiet", "--initial-branch", "main")
    commit("old.py")
    (tmp_path / "new.py").touch()
    assert changed_files(tmp_path) == [Path("new.py")]
    git("switch", "--quiet", "--create", "branch")
    commit("committed.py")
    (tmp_path / "old.py").write_text("y")
    names = {"committed.py", "old.py", "new.py"}
    assert set(changed_files(tmp_path)) == set(map(Path, names))

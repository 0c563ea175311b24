"""Says which tests `make quick` runs: those of the rooms in which something has changed.

Compared with where the branch left main; on main itself, with the last commit.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# What is shown has no room of its own in the tests.
ROOMS = {"templates": "game/pages", "static": "game/pages", "locale": "game"}


def changed_files(root: Path) -> list[Path]:
    """All that differ, relative to the root: committed, not committed, and not even added."""
    base = _git(root, "merge-base", "HEAD", "main") or ["HEAD"]
    names = [
        *_git(root, "diff", "--name-only", *base),
        *_git(root, "ls-files", "--others", "--exclude-standard"),
    ]
    return [Path(name) for name in names]


def _git(root: Path, *words: str) -> list[str]:
    """The lines of the answer; none if git refuses, as where there is no branch main."""
    command = ["/usr/bin/env", "git", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def find_tests(file: Path) -> list[Path]:
    """Where a file's tests lie: in the room of its name, or in the nearest around that.

    Of the game, the generator and the tests, that is only what lies at their root; and no test in
    a browser is quick.
    """
    if file.parts[:2] == ("tests", "browser"):
        return []
    if file.name.startswith("test_"):
        return [file] if (ROOT / file).exists() else []
    first, *rest = file.parent.parts or ("",)
    room = file.parent if first == "tests" else Path("tests", ROOMS.get(first, first), *rest)
    while not (ROOT / room).is_dir():
        room = room.parent
    if len(room.parts) > 2:
        return [room]
    return [path.relative_to(ROOT) for path in (ROOT / room).glob("test_*.py")]


def main() -> int:
    found = {test for file in changed_files(ROOT) for test in find_tests(file)}
    if not found:
        print("Nothing has changed that has quick tests.", file=sys.stderr)
        return 1
    print(*sorted(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What `python -m game.words.freeze` says when it can't begin; what it writes is tested as read."""

import re
import subprocess
import sys
from pathlib import Path

from game.words import freezing
from tests.installed import ROOT, environment


def test_it_names_the_command_that_installs_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "game.words.freeze", "--wordnet", str(tmp_path)],
        cwd=ROOT,
        env=environment(tmp_path, "studio"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("freeze: wordfreq is not installed: ")
    assert line.endswith("-m pip install -c constraints.txt --group words")


def test_it_has_the_lists_that_freezing_reads() -> None:
    room = Path(str(freezing.__file__)).parent
    named = {
        room / name
        for module in room.glob("*.py")
        for name in re.findall(r'with_name\("(.+?)"\)', module.read_text(encoding="utf-8"))
    }
    assert named
    assert not {file.name for file in named if not file.is_file()}

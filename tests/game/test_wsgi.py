"""A web process as it starts, before any request."""

import os
import subprocess
import sys

from game.running.places import BASE_DIR

MOST_KILOBYTES = 150_000
# What opens a file after the start would keep a player waiting.
MARK_A_TRY = """
import sys
from pathlib import Path
import game.wsgi
from django.urls import resolve
from game.rules.scoring.marks import Answer, mark
from game.rules.warmth import Table
from game.words import vocabulary

status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmRSS"].split()[0]))

def refuse(event, arguments):
    if event == "open":
        sys.exit(f"opened late: {arguments[0]}")

sys.addaudithook(refuse)
resolve("/puzzle/1/tries/")
table = Table(bytes(len(vocabulary.words())))
answers = [Answer(word, table=table) for word in ("grey", "bicycle", "foxes")]
print([each.kind.value for each in mark(answers, ["gray", "bicylce", "geese"], {})])
"""


def test_it_has_read_all_that_a_try_needs_when_it_starts() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore:No directory", "-c", MARK_A_TRY],
        cwd=BASE_DIR,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    memory, kinds = ran.stdout.splitlines()
    assert kinds == "['form', 'form', 'cold']"
    assert int(memory) < MOST_KILOBYTES

"""Several Python commands with --help in one process: reads their words as JSON, says what each
answered as JSON. `python -m tests.explaining`, in an environment of tests.installed."""

import io
import json
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout


def explain(words: list[str]) -> tuple[object, str]:
    """What `python` followed by `words` ends with, and what it says."""
    said = io.StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):
            if words[0] == "-m":
                sys.argv = words[1:]
                # Another command may have used it.
                sys.modules.pop(words[1], None)
                runpy.run_module(words[1], run_name="__main__", alter_sys=True)
            else:
                sys.argv = words
                runpy.run_path(words[0], run_name="__main__")
    except SystemExit as end:
        return end.code, said.getvalue()
    except Exception as error:
        return repr(error), said.getvalue()
    return 0, said.getvalue()


if __name__ == "__main__":
    answers = [explain(words) for words in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)

"""Seconds to import the pipeline and to load the bundled model, in this fresh process: JSON."""

import json
import time


def main() -> None:
    started = time.perf_counter()
    from generator.drawing.pipeline import Generator  # late, because it is what is timed

    imported = time.perf_counter()
    Generator.load()
    loaded = time.perf_counter()
    print(json.dumps({"import": imported - started, "load": loaded - imported}))


if __name__ == "__main__":
    main()

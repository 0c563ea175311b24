#!/usr/bin/env python
import os
import sys

from django.apps import apps
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")
    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        if "--traceback" in sys.argv or not apps.ready:
            raise
        # It needs the settings.
        from game.nights import servers

        if line := servers.why(error):
            sys.exit(line)
        raise


if __name__ == "__main__":
    main()

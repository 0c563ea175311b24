"""`python -m game` is what `make run` runs."""

import os
import secrets
import sys

import django
from django.core.exceptions import ImproperlyConfigured

from game.running import places, preflight


def keep_secret_key() -> None:
    """One made once, so that nobody is logged out by a restart; settings.py finds it."""
    path = places.var_folder() / "secret-key"
    if os.environ.get("SECRET_KEY", "").strip() or path.exists():
        return
    half_made = path.with_suffix(".new")
    half_made.unlink(missing_ok=True)
    half_made.touch(mode=0o600)
    half_made.write_text(secrets.token_urlsafe(50))
    half_made.rename(path)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")
    try:
        preflight.check_space(places.var_folder())
        keep_secret_key()
        django.setup()
    except (preflight.Unfit, ImproperlyConfigured, OSError) as problem:
        sys.stderr.write(f"Sixpix cannot start. {problem}\n")
        return 1
    # Models can't be imported before Django is set up.
    from game.running import supervise

    return supervise.main()


if __name__ == "__main__":
    sys.exit(main())

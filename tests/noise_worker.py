"""A worker's application whose generator paints noise: celery --app tests.noise_worker worker."""

import time

import django

from game.celery import app

django.setup()

from game import studio, tables  # noqa: E402 - models can't be imported before the set-up
from tests.painter import Painter  # noqa: E402

__all__ = ["app"]

# Long enough to be killed in.
SECONDS = 1.0


def generator() -> Painter:
    painter = Painter()
    painter.while_drawing = lambda: time.sleep(SECONDS)
    return painter


studio.generator = generator  # type: ignore[assignment]
tables.warm_words = lambda puzzle: None
studio.visibility = Painter.visibility

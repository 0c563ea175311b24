"""A beat whose days last a second: celery --app tests.hasty_beat beat."""

from datetime import timedelta

from game.celery import app

__all__ = ["app"]

app.conf.beat_schedule = {
    entry: {"task": f"game.tasks.{task}", "schedule": timedelta(seconds=1)}
    for entry, task in {"night": "night", "report": "report_morning"}.items()
}

"""The Django project and its only app, in rooms: a daily game, its studio and its nights."""

from game.celery import app as celery_app

__all__ = ["celery_app"]

import os
import signal

from celery import Celery
from celery.signals import worker_process_init

from game.running import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")

app = Celery("game")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["game.nights"])


@worker_process_init.connect
def end_with_the_worker(**kwargs: object) -> None:
    """A killed worker's process would go on drawing, unseen, beside the worker that replaces it."""
    processes.die_with_parent(signal.SIGKILL, os.getppid())()

"""Beat's scheduler, which a clock that was fast for a while does not silence.

When a task was last sent, when it is due next and when the schedule was last read are kept as times
of the clock. Once that goes back, all of them lie in the future, and nothing would be sent before.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler

from game.drawing import claims
from game.nights import stray_times

logger = logging.getLogger(__name__)

# More than NTP takes back at a time without a step.
LEAST_STEP = timedelta(seconds=30)


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # untyped
    # Before the first tick any time lies in the past: what was written in the future before this
    # process began is found then.
    latest = datetime.max.replace(tzinfo=UTC)

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        now = timezone.now()
        if self.latest - now > LEAST_STEP:
            try:
                self.start_over()
            except claims.OUTAGES as error:
                logger.warning("Beat's times can't be looked at yet: %s", error)
                return self.max_interval
        self.latest = now
        return super().tick(*args, **kwargs)

    def start_over(self) -> None:
        """Put times back, and read and sort the schedule anew by the clock as it is."""
        self.sync()
        claims.drop_dead_connection()
        stray_times.put_back()
        now = timezone.now()
        # Beat counts by this host's clock.
        late = self.Model.objects.filter(last_run_at__gt=now)
        late.update(last_run_at=now)
        self._initial_read = True
        self._heap = None

"""What the log keeps of a request that was refused: a line, for whoever sends many of them."""

import logging
from http import HTTPStatus

SHORT = 500
REFUSALS = ("django.request", "django.security")


class Brief(logging.Filter):
    """Takes the traceback off a refusal: the fault is in the request, and the line names it."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if record.name.startswith(REFUSALS) and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = record.stack_info = None
            record.msg, record.args = record.getMessage()[:SHORT], None
        return True

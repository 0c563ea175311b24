"""What the log keeps of a request that was refused: a line, for whoever sends many of them, and one
that is what it seems."""

import logging
from http import HTTPStatus

SHORT = 500
# C0, DEL, C1, and what Unicode adds: ends of lines, and turns of the direction of writing.
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F))
_CONTROLS += tuple(range(0x2066, 0x206A))
_WRITTEN_OUT = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}
REFUSALS = ("django.request", "django.security")


class Brief(logging.Filter):
    """Takes the traceback off a refusal: the fault is in the request, and the line names it."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if record.name.startswith(REFUSALS) and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = record.stack_info = None
            record.msg, record.args = record.getMessage()[:SHORT], None
        return True


class Line(logging.Formatter):
    """Writes out what would end the line or steer a terminal: strangers choose of its words."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).translate(_WRITTEN_OUT)

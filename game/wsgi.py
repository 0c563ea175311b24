import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from game.words import vocabulary

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")


class Request(WSGIRequest):
    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """Python has encodings that are no text, which break a request with a query while it is
        made, before any handler of errors. BodyMiddleware refuses what is left of the name."""
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # not in its stubs
        except (LookupError, ValueError):
            pass


application = get_wsgi_application()
application.request_class = Request

# What would be read at the first request and at the first try is read before any: nobody waits for
# it, and where workers are forked from this process, they share it.
_routes = get_resolver().url_patterns
vocabulary.load()

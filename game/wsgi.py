import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from game.words import vocabulary

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "game.settings")

application = get_wsgi_application()

# What would be read at the first request and at the first try is read before any: nobody waits for
# it, and where workers are forked from this process, they share it.
_routes = get_resolver().url_patterns
vocabulary.load()

"""`{% fixed "includes/links.html" %}`: a part that says the same on every page, in each language.

Such a part takes nothing from the page. It is drawn once a process instead of once a request: half
of what a page costs is its templates.
"""

from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def fixed(name: str) -> SafeString:
    drawn = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return drawn(name, get_language())


@cache
def _drawn(name: str, language: str) -> SafeString:
    return render_to_string(name)

"""The editors' side of the site: Django's admin, with a studio on each puzzle's page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from game.admin.insight.figures import FiguresAdmin
from game.admin.insight.nights import BatchAdmin, StandInAdmin
from game.admin.people.devices import DeviceAdmin
from game.admin.people.plays import PlayAdmin, PlayerAdmin, TryAdmin
from game.admin.people.shares import ShareAdmin
from game.admin.puzzle.puzzles import PuzzleAdmin

__all__ = [
    "BatchAdmin",
    "DeviceAdmin",
    "FiguresAdmin",
    "PlayAdmin",
    "PlayerAdmin",
    "PuzzleAdmin",
    "ShareAdmin",
    "StandInAdmin",
    "TryAdmin",
]

admin.site.site_header = _("Sixpix studio")
admin.site.site_title = _("Sixpix studio")
admin.site.index_title = _("Studio")

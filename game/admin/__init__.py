"""The editors' side of the site: Django's admin, with a studio on each puzzle's page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from game.admin.devices import DeviceAdmin
from game.admin.figures import FiguresAdmin
from game.admin.nights import BatchAdmin, StandInAdmin
from game.admin.plays import PlayAdmin, PlayerAdmin, TryAdmin
from game.admin.puzzles import PuzzleAdmin

__all__ = [
    "BatchAdmin",
    "DeviceAdmin",
    "FiguresAdmin",
    "PlayAdmin",
    "PlayerAdmin",
    "PuzzleAdmin",
    "StandInAdmin",
    "TryAdmin",
]

admin.site.site_header = _("Sixpix studio")
admin.site.site_title = _("Sixpix studio")
admin.site.index_title = _("Studio")

"""`{% studio_links %}`: the row of links to all that an account may do in the studio."""

from typing import Any, NamedTuple

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from game.editing import access

register = template.Library()


class Link(NamedTuple):
    label: str | Promise
    view: str
    # Whoever has one of these may open it.
    permissions: tuple[str, ...]


LOOK = (access.VIEW, access.CHANGE, access.ADD)
LINKS = (
    Link(_("Calendar"), "admin:game_puzzle_calendar", LOOK),
    Link(_("Puzzles"), "admin:game_puzzle_changelist", LOOK),
    Link(_("Import"), "admin:game_puzzle_import", (access.ADD,)),
    Link(_("Suggestions"), "admin:game_puzzle_suggest", (access.ADD,)),
    Link(_("Plan days"), "admin:game_puzzle_plan", (access.PLAN,)),
    Link(_("Figures"), "admin:game_figures_changelist", ("game.view_figures",)),
    Link(_("Nights"), "admin:game_batch_changelist", ("game.view_batch",)),
)


@register.inclusion_tag("admin/game/studio_links.html", takes_context=True)
def studio_links(context: template.Context) -> dict[str, Any]:
    request = context["request"]
    allowed = [link for link in LINKS if any(map(request.user.has_perm, link.permissions))]
    addresses = [(link.label, reverse(link.view)) for link in allowed]
    return {"links": addresses, "here": request.path}

"""`{% runway %}`: one line that says how far the coming days are provided for."""

from django import template

from game.days.runway import Runway, ahead

register = template.Library()


@register.inclusion_tag("admin/game/puzzle/runway.html")
def runway() -> dict[str, Runway]:
    return {"runway": ahead()}

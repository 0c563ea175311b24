"""What players did, to look at only: game.play alone writes it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from game.models import Play, Player, Try

# Django's admin classes are generic for type checkers alone.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def short(player: Player | None) -> str:
    """Enough of the key to tell players apart; none of it once they asked to be forgotten."""
    return str(player.key)[:8] if player else "–"


@admin.register(Player)
class PlayerAdmin(ReadOnlyAdmin):
    list_display = ("key", "user", "created_at")
    search_fields = ("=key", "user__username")
    list_select_related = ("user",)


@admin.register(Play)
class PlayAdmin(ReadOnlyAdmin):
    list_display = ("puzzle", "who", "is_solved", "solved_in", "started_at", "finished_at")
    list_filter = ("is_solved", "is_hard")
    search_fields = ("puzzle__prompt", "=player__key")
    list_select_related = ("puzzle", "player")
    date_hierarchy = "started_at"

    @admin.display(description=_("player"))
    def who(self, play: Play) -> str:
        return short(play.player)


@admin.register(Try)
class TryAdmin(ReadOnlyAdmin):
    list_display = ("guess", "number", "score", "puzzle", "who", "created_at")
    search_fields = ("play__puzzle__prompt", "=play__player__key")
    list_select_related = ("play__player", "play__puzzle")
    date_hierarchy = "created_at"

    @admin.display(description=_("guess"))
    def guess(self, one: Try) -> str:
        return one.sentence or " ".join(word or "–" for word in one.words)

    @admin.display(description=_("puzzle"))
    def puzzle(self, one: Try) -> str:
        return one.play.puzzle.prompt

    @admin.display(description=_("player"))
    def who(self, one: Try) -> str:
        return short(one.play.player)

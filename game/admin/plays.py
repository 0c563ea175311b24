"""What players did, to look at only: game.play alone writes it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

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


@admin.register(Player)
class PlayerAdmin(ReadOnlyAdmin):
    list_display = ("key", "user", "created_at")
    search_fields = ("=key", "user__username")
    list_select_related = ("user",)


@admin.register(Play)
class PlayAdmin(ReadOnlyAdmin):
    list_display = ("puzzle", "player", "is_solved", "started_at", "finished_at")
    list_filter = ("is_solved",)
    search_fields = ("puzzle__prompt", "=player__key")
    list_select_related = ("puzzle", "player")
    date_hierarchy = "started_at"


@admin.register(Try)
class TryAdmin(ReadOnlyAdmin):
    list_display = ("play", "number", "words", "score", "created_at")
    search_fields = ("play__puzzle__prompt", "=play__player__key")
    list_select_related = ("play__player",)
    date_hierarchy = "created_at"

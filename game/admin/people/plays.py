"""What players did, to look at only: game.playing.play alone writes it."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from game.admin.read_only import ReadOnlyAdmin
from game.models import Play, Player, Try
from game.playing import telling
from game.rules import boards


@admin.register(Player)
class PlayerAdmin(ReadOnlyAdmin):
    list_display = ("key", "user", "created_at")
    fields = ("key", "user", "shares_guesses", "created_at")
    search_fields = ("=key", "user__username")
    list_select_related = ("user",)


@admin.register(Play)
class PlayAdmin(ReadOnlyAdmin):
    list_display = ("puzzle", "who", "solved_in", "started_at", "finished_at")
    fields = (
        *("puzzle", "player", "is_solved", "solved_in", "best_score", "is_hard", "hint"),
        *("guesses", "started_at", "finished_at"),
    )
    list_filter = ("is_solved", "is_hard")
    search_fields = ("puzzle__prompt", "=player__key")
    list_select_related = ("puzzle", "player")
    date_hierarchy = "started_at"

    @admin.display(description=_("player"))
    def who(self, play: Play) -> str:
        return short(play)

    @admin.display(description=_("hint"))
    def hint(self, play: Play) -> str:
        return "–" if play.hinted is None else boards.open_words(board(play))[play.hinted]

    @admin.display(description=_("tries"))
    def guesses(self, play: Play) -> str:
        told = (telling.describe_try(board(play), one) for one in play.tries.all())
        return format_html_join("", "<p>{}</p>", ((each["summary"],) for each in told)) or "–"


@admin.register(Try)
class TryAdmin(ReadOnlyAdmin):
    list_display = ("guess", "number", "score", "puzzle", "who", "created_at")
    fields = ("play", "number", "guess", "marked", "score", "created_at")
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
        return short(one.play)

    @admin.display(description=_("marks"))
    def marked(self, one: Try) -> SafeString:
        told = telling.describe_try(board(one.play), one)["marks"]
        rows = ((word or "–", mark["why"]) for word, mark in zip(one.words, told, strict=True))
        return format_html_join("", "<p>{}: {}</p>", rows)


def short(play: Play) -> str:
    """None of the player's key once they asked to be forgotten."""
    return play.player.short_key if play.player else "–"


def board(play: Play) -> tuple[boards.Word, ...]:
    return play.puzzle.board(play.is_hard)

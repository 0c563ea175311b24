"""Prompts that the bundled model's world suggests: editors tick some, the others are dropped."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from game.admin.pages import ModelAdmin, page
from game.admin.prompts.bulk import count_made, make_drafts, writer_of
from game.drawing.drawable import StudioError
from game.editing import bulk
from game.editing.rows import Row
from game.rules import difficulty

SHOWN = 12
# Prompts that a session remembers not to show again, and where.
DROPPED = "dropped_suggestions"
MOST_DROPPED = 1_000


class SuggestionsAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.suggest_view)
        return [path("suggest/", view, name="game_puzzle_suggest"), *super().get_urls()]

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        user = writer_of(request)
        if request.method == "POST":
            return self._take(request, user)
        seed = _read_seed(request.GET.get("seed", ""))
        context: dict[str, Any] = {"title": gettext("Suggestions"), "seed": seed}
        try:
            puzzles = bulk.suggest(SHOWN, seed, user, request.session.get(DROPPED, ()))
        except StudioError as error:
            context["refusal"] = str(error)
        else:
            context["suggestions"] = [(each, difficulty.estimate(each.prompt)) for each in puzzles]
        return page(self, request, "suggest.html", context)

    def _take(self, request: HttpRequest, user: User) -> HttpResponse:
        chosen = request.POST.getlist("prompt")[:SHOWN]
        if chosen:
            saved = make_drafts([Row(prompt) for prompt in chosen], user)
            self.message_user(request, count_made(saved), messages.SUCCESS)
            for draft in saved.refused:
                why = " ".join(problem.text for problem in draft.problems)
                self.message_user(request, f"{draft.puzzle.prompt}: {why}", messages.WARNING)
        dropped = [each for each in request.POST.getlist("shown")[:SHOWN] if each not in chosen]
        request.session[DROPPED] = [*request.session.get(DROPPED, ()), *dropped][-MOST_DROPPED:]
        seed = _read_seed(request.POST.get("seed", "")) + 1
        return redirect(f"{reverse('admin:game_puzzle_suggest')}?seed={seed}")


def _read_seed(text: str) -> int:
    is_seed = text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if is_seed else secrets.randbelow(10**8)

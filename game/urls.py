from django.contrib import admin
from django.urls import path, re_path

from game.views import files, health, puzzles

urlpatterns = [
    path("", puzzles.today, name="today"),
    path("puzzle/<int:number>/", puzzles.puzzle, name="puzzle"),
    path("puzzle/<int:number>/tries/", puzzles.tries, name="tries"),
    path("puzzle/<int:number>/hint/", puzzles.hint, name="hint"),
    re_path(r"^pictures/(?P<token>[0-9a-f]{32})\.webp$", files.picture, name="picture"),
    path("healthz", health.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

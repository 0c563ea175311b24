from django.contrib import admin
from django.urls import path, re_path

from game import views

urlpatterns = [
    path("", views.today, name="today"),
    path("puzzle/<int:number>/", views.puzzle, name="puzzle"),
    path("puzzle/<int:number>/tries/", views.tries, name="tries"),
    path("puzzle/<int:number>/hint/", views.hint, name="hint"),
    re_path(r"^pictures/(?P<token>[0-9a-f]{32})\.webp$", views.picture, name="picture"),
    path("healthz", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

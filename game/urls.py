from django.contrib import admin
from django.urls import path, re_path

from game.pages.easel import keeping, shared, watching, wishing
from game.pages.player import choices, privacy, record
from game.pages.puzzle import archive, cards, files, films, proofs, puzzles
from game.pages.site import about, app, health
from game.pages.staff import preview, second_factor

TOKEN, KEY = "(?P<token>[0-9a-f]{32})", "(?P<key>[0-9a-f]{32})"
CODE = "(?P<code>[a-z0-9]{10})"

urlpatterns = [
    path("", puzzles.today, name="today"),
    path("puzzle/<int:number>/", puzzles.puzzle, name="puzzle"),
    path("puzzle/<int:number>/tries/", puzzles.tries, name="tries"),
    path("puzzle/<int:number>/hint/", puzzles.hint, name="hint"),
    path("puzzle/<int:number>/proof/", proofs.proof, name="proof"),
    path("puzzle/<int:number>/card.jpg", cards.card, name="card"),
    path("puzzle/<int:number>/sheet.jpg", cards.sheet, name="sheet"),
    path("archive/", archive.archive, name="archive"),
    path("archive/next/", archive.next_unplayed, name="next_unplayed"),
    path("puzzle/<int:number>/reveal/", films.reveal_of, name="reveal"),
    path("puzzle/<int:number>/record/", record.after, name="record_after"),
    path("record/", record.own, name="record"),
    path("record/code/", record.code, name="move_code"),
    path("record/move/", record.move, name="move"),
    re_path(r"^pictures/(?P<token>[0-9a-f]{32})\.webp$", files.picture, name="picture"),
    re_path(r"^films/(?P<token>[0-9a-f]{32})\.webp$", films.film, name="film"),
    re_path(r"^films/(?P<token>[0-9a-f]{32})/still\.webp$", films.still, name="still"),
    path("easel/", wishing.easel, name="easel"),
    path("easel/own/", keeping.own_orders, name="own_orders"),
    path("easel/status/", keeping.status, name="easel_status"),
    re_path(rf"^easel/pictures/{TOKEN}\.webp$", keeping.picture, name="order_picture"),
    re_path(rf"^easel/pictures/{TOKEN}\.png$", keeping.download, name="order_png"),
    re_path(rf"^easel/{KEY}/$", watching.order, name="order"),
    re_path(rf"^easel/{KEY}/now/$", watching.now, name="order_now"),
    re_path(rf"^easel/{KEY}/glimpse\.webp$", watching.glimpse, name="glimpse"),
    re_path(rf"^easel/{KEY}/cancel/$", watching.cancel, name="cancel_order"),
    re_path(rf"^easel/{KEY}/delete/$", watching.delete, name="delete_order"),
    re_path(rf"^easel/{KEY}/(?P<rank>[1-9])/$", watching.picture, name="order_large"),
    re_path(rf"^easel/{KEY}/share/$", shared.share, name="share"),
    re_path(rf"^p/{CODE}/$", shared.page, name="shared"),
    re_path(rf"^p/{CODE}/card\.jpg$", shared.card, name="shared_card"),
    re_path(rf"^p/{CODE}/(?P<rank>[1-9])\.webp$", shared.picture, name="shared_picture"),
    re_path(rf"^p/{CODE}/report/$", shared.report, name="report"),
    path("choices/", choices.choices, name="choices"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/sharing/", privacy.sharing, name="sharing"),
    path("privacy/forget/", privacy.forget, name="forget"),
    path("privacy/forgotten/", privacy.forgotten, name="forgotten"),
    path("about/", about.about, name="about"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("worker.js", app.worker, name="worker"),
    path("offline/", app.offline, name="offline"),
    path("robots.txt", app.robots, name="robots"),
    path("favicon.ico", app.icon, {"name": "icon-192.png"}, name="favicon"),
    re_path(
        r"^apple-touch-icon(?:-precomposed)?\.png$",
        app.icon,
        {"name": "apple-touch-icon.png"},
        name="touch_icon",
    ),
    path("healthz", health.healthz, name="healthz"),
    path("admin/second-factor/", second_factor.manage, name="second_factor"),
    path("admin/second-factor/check/", second_factor.check, name="second_factor_check"),
    path("admin/game/puzzle/<int:pk>/preview/", preview.preview, name="preview"),
    path("admin/", admin.site.urls),
]

handler400 = "game.pages.refusals.bad_request"
handler403 = "game.pages.refusals.forbidden"
handler404 = "game.pages.refusals.not_found"
handler500 = "game.pages.refusals.broken"

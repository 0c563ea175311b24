"""Every address of the admin, for every role: who may look, who may act, and who is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_celery_beat import models as beat
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from game.models import Batch, Figures, Play, Puzzle, StandIn, Try
from game.nights import tasks
from tests import factories
from tests.game.admin.editing import coming, drawn
from tests.game.pages.policy import inline_code
from tests.roles import ROLES, make_staff

pytestmark = pytest.mark.django_db
LOGIN = reverse("admin:login")
STAFF, SUPERUSER = "staff", "superuser"
PEOPLE = (STAFF, *ROLES, SUPERUSER)
# Whom a rule lets in, by their letters: staff without a role, writers, editors, operators,
# superusers.
LETTERS = dict(zip("-weos", (STAFF, "writer", "editor", "operator", SUPERUSER), strict=True))
ALL = "-weos"


@dataclass(frozen=True)
class Rule:
    get: str
    post: str

    def lets_in(self, who: str, method: str) -> bool:
        return who in {LETTERS[letter] for letter in getattr(self, method)}


def both(letters: str) -> Rule:
    return Rule(letters, letters)


def model(
    name: str, look: str, add: str = "", change: str = "", delete: str = ""
) -> dict[str, Rule]:
    """What Django's admin has for each model."""
    return {
        f"{name}_changelist": both(look),
        f"{name}_history": both(look),
        f"{name}_change": Rule(look, change),
        f"{name}_add": both(add),
        f"{name}_delete": both(delete),
    }


# Puzzles and their pictures are somebody else's here, and not public.
RULES: dict[str, Rule] = {
    **{
        name: both(ALL)
        for name in (
            "app_list",
            "index",
            "jsi18n",
            "login",
            "logout",
            "password_change",
            "password_change_done",
            "second_factor",
            "second_factor_check",
            "view_on_site",
        )
    },
    **model("auth_group", "s", "s", "s", "s"),
    **model("auth_user", "s", "s", "s", "s"),
    "auth_user_password_change": both("s"),
    **model("axes_accessattempt", "os", change="s", delete="os"),
    **model("django_celery_beat_clockedschedule", "os", "os", "os", "os"),
    **model("django_celery_beat_crontabschedule", "os", "os", "os", "os"),
    **model("django_celery_beat_intervalschedule", "os", "os", "os", "os"),
    **model("django_celery_beat_periodictask", "os", "os", "os", "os"),
    **model("django_celery_beat_solarschedule", "os", "os", "os", "os"),
    **model("otp_static_staticdevice", "s", delete="s"),
    **model("otp_totp_totpdevice", "s", delete="s"),
    **model("game_batch", "eos"),
    **model("game_figures", "eos"),
    "game_figures_accept": both("es"),
    **model("game_play", "eos"),
    **model("game_player", "eos"),
    **model("game_share", "es"),
    "game_share_decide": Rule("", "es"),
    **model("game_standin", "eos"),
    **model("game_try", "eos"),
    **model("game_puzzle", "eos", "wes", "es", "es"),
    "game_puzzle_changelist": both("weos"),
    # Whoever posts is told that it only answers.
    "autocomplete": Rule("weos", ALL),
    "game_puzzle_calendar": both("weos"),
    "game_puzzle_calendar_progress": both("weos"),
    "game_puzzle_move": both("es"),
    "game_puzzle_unplan": both("es"),
    "game_puzzle_plan": both("es"),
    "game_puzzle_import": both("wes"),
    "game_puzzle_suggest": both("wes"),
    "game_puzzle_progress": both("eos"),
    "game_candidate_image": both("eos"),
    "preview": both("eos"),
    "game_puzzle_want": both("es"),
    "game_puzzle_redraw": both("es"),
    "game_puzzle_redraw_unchosen": both("es"),
    "game_puzzle_send_back": both("es"),
    "game_puzzle_choose": both("es"),
    "game_puzzle_approve": both("es"),
}


def admin_patterns() -> Iterator[URLPattern]:
    def walk(patterns: list[Any], prefix: str) -> Iterator[URLPattern]:
        for each in patterns:
            address = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, address)
            elif address.startswith("admin/"):
                yield each

    return walk(get_resolver().url_patterns, "")


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> dict[str, Model]:
    """A row for every address that shows one."""
    monkeypatch.setattr(tasks.draw_puzzle, "delay", lambda *args: None)
    monkeypatch.setattr(tasks.regrade_puzzle, "delay", lambda *args: None)
    factories.take_guesses(
        factories.make_player(), factories.make_puzzle(None, play_on=coming(-1)), factories.WRONG
    )
    play = Play.objects.get()
    user = User.objects.create_user("somebody")
    interval = beat.IntervalSchedule.objects.create(every=1, period=beat.DAYS)
    made: list[Model] = [
        drawn(created_by=user),
        play,
        *([play.player] if play.player else []),
        Try.objects.get(),
        Figures.objects.create(puzzle=play.puzzle, wrong=[["cat", "dog", 1, 50]]),
        Batch.objects.create(asked=1),
        StandIn.objects.create(day=coming(-1), puzzle=play.puzzle),
        factories.make_share(),
        user,
        Group.objects.create(name="some"),
        AccessAttempt.objects.create(username="x", failures_since_start=1),
        interval,
        beat.ClockedSchedule.objects.create(clocked_time=timezone.now()),
        beat.CrontabSchedule.objects.create(),
        beat.SolarSchedule.objects.create(event="sunset", latitude=0, longitude=0),
        beat.PeriodicTask.objects.create(name="x", task="x", interval=interval),
        StaticDevice.objects.create(user=user, name="x"),
        TOTPDevice.objects.create(user=user, name="x"),
    ]
    return {each._meta.label_lower.replace(".", "_"): each for each in made}


def address(name: str, rows: dict[str, Model]) -> str:
    if name.startswith("second_factor"):
        return reverse(name)
    if name == "preview":
        return reverse(name, args=[rows["game_puzzle"].pk])
    if name == "app_list":
        return reverse("admin:app_list", kwargs={"app_label": "game"})
    if name == "autocomplete":
        return reverse("admin:autocomplete") + "?app_label=game&model_name=play&field_name=puzzle"
    if name == "view_on_site":
        of = ContentType.objects.get_for_model(Puzzle)
        return reverse("admin:view_on_site", args=[of.pk, rows["game_puzzle"].pk])
    if name == "game_candidate_image":
        candidate = Puzzle.objects.get(pk=rows["game_puzzle"].pk).candidates.get(rank=1)
        return reverse(f"admin:{name}", args=[candidate.pk])
    [pattern] = [each for each in admin_patterns() if each.name == name]
    row = next((rows[label] for label in rows if name.startswith(f"{label}_")), None)
    takes = pattern.pattern.regex.groups
    return reverse(f"admin:{name}", args=[row.pk] if takes and row else [])


def crafted(rows: dict[str, Model]) -> dict[str, Any]:
    """A form that would do something at every address, were it taken."""
    puzzle = Puzzle.objects.get(pk=rows["game_puzzle"].pk)
    places = {f"place-{each.pk}": each.rank for each in puzzle.candidates.filter(rank__lte=6)}
    return places | {
        "post": "yes",
        "action": "delete_selected",
        "_selected_action": str(puzzle.pk),
        "prompt": "a cat on a boat",
        "text": "a cat on a boat",
        "puzzle": puzzle.pk,
        "day": coming(9),
        "plan": f"{puzzle.pk} {coming(9)}",
        "seen": puzzle.play_on,
        "word": "cat",
        "guess": "dog",
        "name": "taken over",
        "username": "taken over",
        "note": "no",
    }


def log_in(client: Client, who: str) -> User:
    user = (
        User.objects.create_superuser(who)
        if who == SUPERUSER
        else make_staff(None if who == STAFF else who, who)
    )
    client.force_login(user)
    return user


def everything() -> dict[str, list[Any]]:
    # Logging in writes to these.
    passing = ("sessions.session",)
    return {
        each._meta.label: list(each._default_manager.order_by("pk").values())
        for each in apps.get_models()
        if each._meta.label_lower not in passing and each._meta.label != "auth.User"
    }


def send(client: Client, method: str, to: str, rows: dict[str, Model]) -> Any:
    post: Callable[..., Any] = client.post
    return client.get(to) if method == "get" else post(to, crafted(rows))


def test_it_has_a_rule_for_every_address() -> None:
    names = {pattern.name for pattern in admin_patterns() if pattern.name}
    assert names == set(RULES)


def test_it_has_nothing_behind_an_address_without_a_name() -> None:
    unnamed = {str(pattern.pattern) for pattern in admin_patterns() if not pattern.name}
    # Django's redirect of an old address to the page of today, and its page that isn't there.
    assert unnamed == {"<path:object_id>/", "(?P<url>.*)$"}


@pytest.mark.parametrize("who", PEOPLE)
def test_it_refuses_whom_it_does_not_let_in_and_changes_nothing(
    client: Client, rows: dict[str, Model], who: str
) -> None:
    log_in(client, who)
    before = everything()
    wrong = {}
    for name, rule in RULES.items():
        for method in ("get", "post"):
            if rule.lets_in(who, method):
                continue
            status = send(client, method, address(name, rows), rows).status_code
            # An address that only acts says so to whoever looks at it.
            if status != 403 and (method, status) != ("get", 405):
                wrong[name, method] = status
    assert wrong == {}
    assert everything() == before


@pytest.mark.parametrize("who", PEOPLE)
def test_it_lets_in_whom_the_rules_name_without_inline_code(
    client: Client, rows: dict[str, Model], who: str
) -> None:
    user = log_in(client, who)
    wrong: dict[str, Any] = {}
    for name, rule in RULES.items():
        if rule.lets_in(who, "get"):
            response = client.get(address(name, rows))
            if response.status_code == 403 or response.status_code >= 500:
                wrong[name] = response.status_code
            elif not response.streaming and (inline := inline_code(response.content.decode())):
                wrong[name] = inline
            client.force_login(user)
    assert wrong == {}


@pytest.mark.parametrize("is_player", [False, True])
def test_it_sends_everybody_else_to_the_login(
    client: Client, rows: dict[str, Model], is_player: bool
) -> None:
    if is_player:
        client.force_login(User.objects.create_user("player"))
    before = everything()
    for name in RULES.keys() - {"login"}:
        for method in ("get", "post"):
            response = send(client, method, address(name, rows), rows)
            # Whoever logs out goes by the start page.
            to = reverse("admin:index") if name == "logout" else LOGIN
            assert (response.status_code, response["Location"].split("?")[0]) == (302, to), name
    assert everything() == before

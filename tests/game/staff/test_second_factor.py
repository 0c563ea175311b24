"""The second factor: an app that is set up, asked for, and taken away."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django.fixtures import Settings

from game.staff import second_factor
from tests.game.pages.policy import inline_code

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")
LOGIN = reverse("admin:login")
MANAGE = reverse("second_factor")
CHECK = reverse("second_factor_check")
BEGIN = {"begin": "1"}
PASSWORD = "correct horse battery"


@pytest.fixture
def staff() -> User:
    return User.objects.create_user("ada", password=PASSWORD, is_staff=True)


@pytest.fixture
def app(staff: User) -> TOTPDevice:
    """Ada's app, set up a while ago."""
    return TOTPDevice.objects.create(user=staff, name="app")


def code(device: TOTPDevice) -> str:
    """What the app shows, as people read it to themselves."""
    shown = f"{totp(device.bin_key):06d}"
    return f"{shown[:3]} {shown[3:]}"


def wrong(device: TOTPDevice) -> str:
    return f"{(totp(device.bin_key) + 500_000) % 1_000_000:06d}"


def log_in(client: Client, **query: str) -> Any:
    posted = {"username": "ada", "password": PASSWORD, "next": INDEX} | query
    return client.post(LOGIN, posted, follow=True)


def address(response: Any) -> str:
    return str(response.request["PATH_INFO"])


def text(response: Any) -> str:
    return str(response.content.decode())


def test_it_asks_for_no_code_before_one_is_set_up(client: Client, staff: User) -> None:
    assert address(log_in(client)) == INDEX


def test_it_sets_an_app_up_with_the_secret_of_the_qr_code(client: Client, staff: User) -> None:
    client.force_login(staff)
    assert 'name="begin"' in text(client.get(MANAGE))
    page = client.post(MANAGE, BEGIN)
    device = TOTPDevice.objects.get()
    assert not device.confirmed
    assert 'class="qr-code"' in text(page)
    shown = re.search(r'class="secret">([A-Z2-7 ]+)<', text(page))
    assert shown is not None
    assert f"secret={shown[1].replace(' ', '')}" in device.config_url
    done = client.post(MANAGE, {"code": code(device)})
    codes = re.findall(r"<li><code>([a-z2-7]{8})</code>", text(done))
    assert len(set(codes)) == second_factor.BACKUP_CODES
    assert client.get(INDEX).status_code == 200
    assert second_factor.is_set_up(staff)


def test_it_makes_and_shows_nothing_when_it_is_looked_at(client: Client, staff: User) -> None:
    client.force_login(staff)
    client.post(MANAGE, BEGIN)
    begun = TOTPDevice.objects.get()
    page = text(client.get(MANAGE))
    assert 'class="secret"' not in page
    assert "qr-code" not in page
    assert TOTPDevice.objects.get() == begun
    client.head(MANAGE)
    TOTPDevice.objects.all().delete()
    client.get(MANAGE)
    assert not TOTPDevice.objects.exists()


def test_it_makes_a_new_secret_each_time(client: Client, staff: User) -> None:
    """Somebody who has the password begins first, and notes the secret."""
    thief = Client()
    thief.force_login(staff)
    thief.post(MANAGE, BEGIN)
    noted = TOTPDevice.objects.get()
    client.force_login(staff)
    client.post(MANAGE, BEGIN)
    own = TOTPDevice.objects.get()
    assert own.key != noted.key
    assert "Begin anew" in text(thief.post(MANAGE, {"code": code(noted)}))
    assert "no longer good" in text(thief.post(MANAGE, {"code": code(own)}))
    assert "<li><code>" in text(client.post(MANAGE, {"code": code(own)}))
    assert TOTPDevice.objects.get().key == own.key


def test_it_takes_no_code_for_what_was_begun_long_ago(client: Client, staff: User) -> None:
    client.force_login(staff)
    client.post(MANAGE, BEGIN)
    begun = TOTPDevice.objects.get()
    TOTPDevice.objects.update(created_at=timezone.now() - second_factor.TIME_TO_SET_UP)
    assert "no longer good" in text(client.post(MANAGE, {"code": code(begun)}))
    other = User.objects.create_user("eve", is_staff=True)
    second_factor.begin(other)
    assert [device.user for device in TOTPDevice.objects.all()] == [other]


def test_it_ends_the_sessions_of_before_when_a_factor_is_new_or_changed(
    client: Client, staff: User
) -> None:
    def is_in(browser: Client) -> bool:
        return "_auth_user_id" in browser.session

    def old_session() -> Client:
        browser = Client()
        browser.force_login(staff)
        return browser

    bystander = Client()
    bystander.force_login(User.objects.create_superuser("root"))
    client.force_login(staff)
    before = old_session()
    client.post(MANAGE, BEGIN)
    client.post(MANAGE, {"code": code(TOTPDevice.objects.get())})
    assert (is_in(client), is_in(before), is_in(bystander)) == (True, False, True)
    for change in ("renew", "remove"):
        before = old_session()
        own = second_factor.new_backup_codes(staff)[0]
        client.post(MANAGE, {"code": own, change: "1"})
        assert (is_in(client), is_in(before), is_in(bystander)) == (True, False, True)
    for is_action in (False, True):
        device = TOTPDevice.objects.create(user=staff, name="app")
        before = old_session()
        if is_action:
            posted = {"action": "delete_selected", "_selected_action": device.pk, "post": "yes"}
            bystander.post(reverse("admin:otp_totp_totpdevice_changelist"), posted)
        else:
            address = reverse("admin:otp_totp_totpdevice_delete", args=[device.pk])
            bystander.post(address, {"post": "yes"})
        assert not TOTPDevice.objects.filter(pk=device.pk).exists()
        assert (is_in(before), is_in(bystander)) == (False, True)


def test_it_tells_no_secret_by_what_a_list_leaves_out(
    admin_client: Client, app: TOTPDevice
) -> None:
    devices = reverse("admin:otp_totp_totpdevice_changelist")
    for lookup in (f"key__startswith={app.key[0]}", "key__gte=8", "drift=0"):
        answer = admin_client.get(f"{devices}?{lookup}")
        assert answer.status_code == 400
        assert "ada" not in text(answer)


def test_it_sets_nothing_up_with_a_wrong_code(client: Client, staff: User) -> None:
    client.force_login(staff)
    client.post(MANAGE, BEGIN)
    answer = client.post(MANAGE, {"code": wrong(TOTPDevice.objects.get())})
    assert "That code isn’t right." in text(answer)
    assert 'class="secret"' not in text(answer)
    assert "qr-code" not in text(answer)
    assert not second_factor.is_set_up(staff)
    assert not StaticDevice.objects.exists()


def test_it_lets_nobody_in_by_password_alone(client: Client, app: TOTPDevice) -> None:
    page = log_in(client)
    assert address(page) == CHECK
    for inside in (INDEX, reverse("admin:password_change"), reverse("admin:auth_user_changelist")):
        assert client.get(inside).status_code == 302
    assert address(client.get(MANAGE, follow=True)) == CHECK


def test_it_goes_on_to_the_wanted_page_after_the_code(client: Client, app: TOTPDevice) -> None:
    wanted = reverse("admin:password_change")
    page = client.get(wanted, follow=True)
    page = log_in(client, next=wanted)
    assert address(page) == CHECK
    posted = {"code": code(app), "next": page.context["next"]}
    assert address(client.post(CHECK, posted, follow=True)) == wanted


def test_it_goes_nowhere_else_after_the_code(client: Client, app: TOTPDevice) -> None:
    log_in(client)
    answer = client.post(CHECK, {"code": code(app), "next": "https://elsewhere.example/"})
    assert answer["Location"] == INDEX


def test_it_gives_the_session_a_new_key_with_the_code(client: Client, app: TOTPDevice) -> None:
    log_in(client)
    before = client.session.session_key
    client.post(CHECK, {"code": code(app)})
    assert client.session.session_key != before


def test_it_takes_no_code_twice(client: Client, app: TOTPDevice) -> None:
    shown = code(app)
    log_in(client)
    assert client.post(CHECK, {"code": shown}).status_code == 302
    other = Client()
    log_in(other)
    assert "That code isn’t right." in text(other.post(CHECK, {"code": shown}))


def test_it_makes_people_wait_after_a_wrong_code(client: Client, app: TOTPDevice) -> None:
    log_in(client)
    assert "That code isn’t right." in text(client.post(CHECK, {"code": wrong(app)}))
    # Also for the right one, and longer each time.
    assert "Try again in 1" in text(client.post(CHECK, {"code": code(app)}))
    assert client.get(INDEX).status_code == 302
    app.refresh_from_db()
    assert app.throttling_failure_count == 1


@pytest.mark.parametrize("is_on_paper", [False, True])
@pytest.mark.parametrize(("minutes", "is_over"), [(16, False), (18, True)])
def test_it_makes_nobody_wait_for_hours_after_many_wrong_codes(
    staff: User, app: TOTPDevice, is_on_paper: bool, minutes: int, is_over: bool
) -> None:
    right = second_factor.new_backup_codes(staff)[0] if is_on_paper else code(app)
    failed_at = timezone.now() - timedelta(minutes=minutes)
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_count=50, throttling_failure_timestamp=failed_at)
    if is_over:
        assert second_factor.check(staff, right).throttling_failure_count == 0
        return
    with pytest.raises(second_factor.WrongCode, match=r"Try again in [12]\xa0minutes?"):
        second_factor.check(staff, right)


def test_it_lengthens_the_wait_with_each_wrong_code_up_to_a_quarter_of_an_hour(
    staff: User, app: TOTPDevice
) -> None:
    waits = []
    for _each in range(14):
        TOTPDevice.objects.update(throttling_failure_timestamp=None)
        with pytest.raises(second_factor.WrongCode, match="isn’t right"):
            second_factor.check(staff, wrong(app))
        with pytest.raises(second_factor.WrongCode, match="too soon") as soon:
            second_factor.check(staff, code(app))
        waits.append(str(soon.value))
    assert len(set(waits[4:11])) > 4
    assert "17" in waits[-1] or "18" in waits[-1]
    assert waits[-1] == waits[-2] == waits[-3]


def test_it_takes_a_code_of_another_account_for_wrong(client: Client, app: TOTPDevice) -> None:
    other = User.objects.create_user("eve", is_staff=True)
    theirs = TOTPDevice.objects.create(user=other, name="app")
    log_in(client)
    assert "That code isn’t right." in text(client.post(CHECK, {"code": code(theirs)}))


def test_it_takes_each_backup_code_once(client: Client, staff: User, app: TOTPDevice) -> None:
    codes = second_factor.new_backup_codes(staff)
    log_in(client)
    assert client.post(CHECK, {"code": f" {codes[0].upper()} "}).status_code == 302
    assert client.get(INDEX).status_code == 200
    other = Client()
    log_in(other)
    assert "That code isn’t right." in text(other.post(CHECK, {"code": codes[0]}))
    assert second_factor.count_backup_codes(staff) == second_factor.BACKUP_CODES - 1


def test_it_makes_people_wait_after_a_wrong_backup_code(
    client: Client, staff: User, app: TOTPDevice
) -> None:
    codes = second_factor.new_backup_codes(staff)
    log_in(client)
    assert "That code isn’t right." in text(client.post(CHECK, {"code": "nonsense"}))
    assert "Try again in 1" in text(client.post(CHECK, {"code": codes[0]}))
    assert second_factor.count_backup_codes(staff) == second_factor.BACKUP_CODES


def test_it_renews_backup_codes_for_a_code(client: Client, staff: User, app: TOTPDevice) -> None:
    old = second_factor.new_backup_codes(staff)
    log_in(client)
    client.post(CHECK, {"code": old[0]})
    page = text(client.post(MANAGE, {"code": old[1], "renew": "1"}))
    assert old[2] not in page
    assert "<li><code>" in page
    # Whoever came in by a code of the old list stays in.
    assert client.get(INDEX).status_code == 200
    assert not StaticDevice.objects.get().token_set.filter(token__in=old).exists()


def test_it_switches_off_for_a_code_alone(client: Client, staff: User, app: TOTPDevice) -> None:
    codes = second_factor.new_backup_codes(staff)
    log_in(client)
    client.post(CHECK, {"code": codes[0]})
    client.post(MANAGE, {"code": "", "remove": "1"})
    assert second_factor.is_set_up(staff)
    assert address(client.post(MANAGE, {"code": code(app), "remove": "1"}, follow=True)) == INDEX
    assert not second_factor.is_set_up(staff)
    assert not StaticDevice.objects.exists()


def test_it_lets_people_leave_without_a_code(client: Client, app: TOTPDevice) -> None:
    log_in(client)
    assert address(client.post(CHECK, {"leave": "1"}, follow=True)) == LOGIN
    assert "_auth_user_id" not in client.session


def test_it_is_demanded_of_all_staff_when_the_setting_says_so(
    client: Client, staff: User, settings: Settings
) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    page = log_in(client)
    assert address(page) == MANAGE
    assert "asks everyone on staff" in text(page)
    assert client.get(INDEX).status_code == 302
    client.post(MANAGE, BEGIN)
    client.post(MANAGE, {"code": code(TOTPDevice.objects.get())})
    assert client.get(INDEX).status_code == 200


def test_it_lets_nobody_in_once_the_setting_changes(
    client: Client, staff: User, settings: Settings
) -> None:
    log_in(client)
    settings.REQUIRE_TWO_FACTOR = True
    assert address(client.get(INDEX, follow=True)) == MANAGE


def test_it_is_no_business_of_players(client: Client) -> None:
    client.force_login(User.objects.create_user("player"))
    for page in (MANAGE, CHECK):
        assert address(client.get(page, follow=True)) == LOGIN
    assert not TOTPDevice.objects.exists()


def test_it_hides_secrets_from_other_staff(admin_client: Client, app: TOTPDevice) -> None:
    page = admin_client.get(reverse("admin:otp_totp_totpdevice_changelist"))
    assert "ada" in text(page)
    assert app.key not in text(page)
    assert admin_client.get(reverse("admin:otp_totp_totpdevice_add")).status_code == 403


def test_it_can_be_switched_off_for_somebody_who_lost_it(
    admin_client: Client, client: Client, app: TOTPDevice
) -> None:
    admin_client.post(reverse("admin:otp_totp_totpdevice_delete", args=[app.pk]), {"post": "yes"})
    assert address(log_in(Client())) == INDEX


@pytest.mark.parametrize("name", ["begin", "set_up", "codes", "manage", "check"])
def test_its_pages_keep_to_the_content_security_policy(
    client: Client, staff: User, name: str
) -> None:
    log_in(client)
    page = client.get(MANAGE)
    if name != "begin":
        page = client.post(MANAGE, BEGIN)
    if name not in ("begin", "set_up"):
        page = client.post(MANAGE, {"code": code(TOTPDevice.objects.get())})
    if name == "manage":
        page = client.get(MANAGE)
    if name == "check":
        page = log_in(Client())
    assert page.templates[0].name == f"admin/second_factor/{name}.html"
    assert inline_code(text(page)) == []
    assert "no-store" in page["Cache-Control"]


def test_it_forgives_a_clock_that_is_half_a_minute_off(client: Client, app: TOTPDevice) -> None:
    log_in(client)
    assert client.post(CHECK, {"code": f"{totp(app.bin_key, t0=30):06d}"}).status_code == 302

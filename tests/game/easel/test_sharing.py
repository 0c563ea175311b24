"""Shared orders, reports of them, and what editors decide."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from game.easel import orders, sharing, worker
from game.easel.errors import EaselError
from game.guarding.limits import Limit
from game.models import Order, Report, Share
from tests.game.easel.ordering import PROMPT, easel
from tests.painter import painter, raising
from tests.roles import make_staff

__all__ = ["easel", "painter"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("easel")]

State = Share.State


@pytest.fixture
def painted(client: Client) -> Order:
    client.post("/easel/", {"prompt": PROMPT})
    worker.paint_next()
    return Order.objects.get()


@pytest.fixture
def shared(client: Client, painted: Order) -> Share:
    assert client.post(f"/easel/{painted.key}/share/").status_code == 302
    return Share.objects.get()


def report(share: Share, address: str, **fields: str) -> Any:
    told = {"reason": "violent", "text": "a knife"} | fields
    return Client(REMOTE_ADDR=address).post(f"/p/{share.code}/report/", told)


def addresses(share: Share) -> list[str]:
    return [f"/p/{share.code}/", f"/p/{share.code}/card.jpg", f"/p/{share.code}/1.webp"]


def statuses(share: Share) -> set[int]:
    return {Client().get(url).status_code for url in addresses(share)}


def test_it_shows_nine_to_whoever_has_the_address(client: Client, shared: Share) -> None:
    assert re.fullmatch("[b-z2-9]{10}", shared.code)
    response = Client().get(f"/p/{shared.code}/")
    shown = response.content.decode()
    assert PROMPT in shown
    assert len(set(re.findall(rf"/p/{shared.code}/[1-9]\.webp", shown))) == 9
    assert response["X-Robots-Tag"] == "noindex"
    # Neither the order's own address nor its pictures' are told.
    assert shared.order.key not in shown
    assert not [each for each in shared.order.pictures.all() if each.token in shown]
    assert f"/p/{shared.code}/" in client.get(f"/easel/{shared.order.key}/").content.decode()


def test_it_has_a_card_as_large_as_sites_ask_for(shared: Share) -> None:
    response = Client().get(f"/p/{shared.code}/card.jpg")
    with Image.open(io.BytesIO(response.content)) as card:
        assert (card.format, card.size) == ("JPEG", (1200, 630))
    assert len(response.content) < 300_000


def test_it_shows_one_of_them_alone_when_that_was_chosen(client: Client, painted: Order) -> None:
    client.post(f"/easel/{painted.key}/share/", {"rank": "3"})
    share = Share.objects.get()
    assert Client().get(f"/p/{share.code}/3.webp").status_code == 200
    assert Client().get(f"/p/{share.code}/1.webp").status_code == 404
    assert "Number <strong>3</strong>" in Client().get(f"/p/{share.code}/").content.decode()
    client.post(f"/easel/{painted.key}/share/")
    assert Share.objects.get().code == share.code
    assert Client().get(f"/p/{share.code}/1.webp").status_code == 200


def test_it_lets_nobody_share_what_is_not_theirs_or_not_painted(
    client: Client, painted: Order
) -> None:
    assert Client().post(f"/easel/{painted.key}/share/").status_code == 404
    client.post("/easel/", {"prompt": "an owl"})
    waiting = Order.objects.get(state=Order.State.WANTED)
    assert client.post(f"/easel/{waiting.key}/share/").status_code == 422
    assert not Share.objects.exists()


def test_it_tells_no_address_when_the_card_cannot_be_made(
    painted: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_open", lambda picture: raising(OSError("gone"))())
    with pytest.raises(EaselError, match="painted again"):
        sharing.share(painted, None)
    assert not Share.objects.exists()


@pytest.mark.parametrize("how", ["stop", "delete", "forget"])
def test_it_kills_page_card_and_files_when_its_person_wants(
    client: Client, shared: Share, how: str
) -> None:
    assert statuses(shared) == {200}
    key = shared.order.key
    if how == "stop":
        client.post(f"/easel/{key}/share/", {"stop": "1"})
    elif how == "delete":
        client.post(f"/easel/{key}/delete/")
    else:
        client.post("/privacy/forget/")
    assert statuses(shared) == {404}


def test_it_keeps_what_is_shared(shared: Share) -> None:
    Order.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert orders.thin() == 0
    sharing.stop(shared.order)
    assert orders.thin() == 1


def test_it_hides_what_three_people_report_until_an_editor_decides(
    client: Client, shared: Share
) -> None:
    for address in ("198.51.100.1", "198.51.100.2", "198.51.100.2"):
        assert report(shared, address).status_code == 200
    assert statuses(shared) == {200}
    report(shared, "198.51.100.3", reason="sexual")
    assert statuses(shared) == {404}
    assert "reported it" in client.get(f"/easel/{shared.order.key}/").content.decode()
    sharing.decide(shared, is_kept=True)
    assert statuses(shared) == {200}
    report(shared, "198.51.100.4")
    assert statuses(shared) == {200}


def test_it_tells_its_person_why_it_was_removed(client: Client, shared: Share) -> None:
    report(shared, "198.51.100.1")
    sharing.decide(shared, is_kept=False)
    assert statuses(shared) == {404}
    shown = client.get(f"/easel/{shared.order.key}/").content.decode()
    assert "An editor removed it" in shown
    assert "Violent" in shown
    assert client.post(f"/easel/{shared.order.key}/share/").status_code == 422
    client.post(f"/easel/{shared.order.key}/share/", {"stop": "1"})
    assert client.post(f"/easel/{shared.order.key}/share/").status_code == 422


def test_it_counts_an_ipv6_network_as_one_person(shared: Share) -> None:
    for number in range(4):
        report(shared, f"2001:db8::{number + 1}")
    assert Report.objects.count() == 1


def test_it_asks_for_a_reason_and_for_patience(
    shared: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = report(shared, "198.51.100.1", reason="nonsense")
    assert response.status_code == 422
    assert "Choose a reason" in response.content.decode()
    monkeypatch.setattr(sharing, "REPORTS", Limit(1, timedelta(hours=1)))
    assert report(shared, "198.51.100.1").status_code == 200
    assert report(shared, "198.51.100.1").status_code == 429
    assert report(shared, "198.51.100.9", text="\x00" + "x" * 600).status_code == 200
    assert [len(each.text) for each in Report.objects.all()] == [7, 500]


@pytest.mark.parametrize(("verdict", "status"), [("keep", 200), ("remove", 404)])
def test_an_editor_decides_with_one_click(shared: Share, verdict: str, status: int) -> None:
    report(shared, "198.51.100.1")
    editor = Client()
    editor.force_login(make_staff("editor"))
    listed = editor.get(reverse("admin:game_share_changelist")).content.decode()
    decide = reverse("admin:game_share_decide", args=[shared.pk])
    assert PROMPT in listed
    assert listed.count(f'formaction="{decide}"') == 2
    detail = editor.get(reverse("admin:game_share_change", args=[shared.pk])).content.decode()
    assert "Violent: a knife" in detail
    assert editor.post(decide, {"verdict": verdict}).status_code == 302
    assert statuses(shared) == {status}


@pytest.mark.parametrize("role", ["writer", "operator", None])
def test_nobody_else_decides(shared: Share, role: str | None) -> None:
    staff = Client()
    staff.force_login(make_staff(role))
    decide = reverse("admin:game_share_decide", args=[shared.pk])
    assert staff.post(decide, {"verdict": "remove"}).status_code == 403
    assert staff.get(reverse("admin:game_share_changelist")).status_code == 403
    assert statuses(shared) == {200}

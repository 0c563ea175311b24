"""The pages of the easel as a browser asks for them, without scripts."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image

from game.easel import line, orders, worker
from game.guarding import limits
from game.guarding.limits import Limit
from game.models import Candidate, Order, OrderPicture, Player, Puzzle
from tests import factories
from tests.game.easel.ordering import PROMPT, easel
from tests.painter import painter

__all__ = ["easel", "painter"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("easel")]

MOST_QUERIES = 6


def ask(client: Client, prompt: str = PROMPT, **fields: str) -> Any:
    return client.post("/easel/", {"prompt": prompt} | fields)


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return str(response.content.decode())


def placed(client: Client, **fields: str) -> str:
    response = ask(client, **fields)
    assert response.status_code == 302
    return str(response["Location"])


def test_it_takes_an_order_and_shows_nine_ranked_pictures(client: Client) -> None:
    url = placed(client)
    waiting = page(client, url)
    assert "Your place: <strong>1</strong>" in waiting
    assert "isn’t known yet" in waiting
    assert '<meta http-equiv="refresh"' in waiting
    assert worker.paint_next()
    done = page(client, url)
    assert '<meta http-equiv="refresh"' not in done
    pictures = re.findall(r'src="(/easel/pictures/[0-9a-f]{32}\.webp)"', done)
    assert len(pictures) == 9
    ranked = [f"/easel/pictures/{each.token}.webp" for each in Order.objects.get().pictures.all()]
    assert pictures == ranked
    assert all(client.get(each).status_code == 200 for each in pictures)


def test_it_shows_one_large_with_rank_and_seed(client: Client) -> None:
    url = placed(client, seed="100")
    worker.paint_next()
    third = Order.objects.get().pictures.get(rank=3)
    shown = page(client, f"{url}3/")
    assert "Number <strong>3</strong> of 9" in shown
    assert f"seed <strong>{third.seed}</strong>" in shown
    assert 'rel="prev"' not in page(client, f"{url}1/")
    assert 'rel="next"' not in page(client, f"{url}9/")


@pytest.mark.parametrize("keeps_prompt", [True, False])
def test_it_says_in_the_file_how_it_was_made(client: Client, keeps_prompt: bool) -> None:
    prompt = "a fox & a <cat>"
    placed(client, prompt=prompt, anyway="1")
    worker.paint_next()
    picture = Order.objects.get().pictures.get(rank=1)
    url = f"/easel/pictures/{picture.token}.png" + ("" if keeps_prompt else "?prompt=no")
    response = client.get(url)
    assert response["Content-Disposition"] == f'attachment; filename="sixpix-{picture.seed}.png"'
    with Image.open(io.BytesIO(response.content)) as image:
        image.load()
        told = image.text  # type: ignore[attr-defined]  # of PNGs
    assert (told["seed"], told["model"]) == (str(picture.seed), "noise")
    assert "digitalsourcetype/trainedAlgorithmicMedia" in told["XML:com.adobe.xmp"]
    assert told.get("Description") == (prompt if keeps_prompt else None)
    assert ("a fox &amp; a &lt;cat&gt;" in told["XML:com.adobe.xmp"]) is keeps_prompt
    assert (b"fox" in response.content) is keeps_prompt


def test_it_has_no_picture_whose_file_is_gone_or_damaged(client: Client) -> None:
    url = placed(client)
    worker.paint_next()
    gone, damaged = Order.objects.get().pictures.all()[:2]
    Path(gone.file.path).unlink()
    Path(damaged.file.path).write_bytes(b"RIFF")
    for picture in (gone, damaged):
        assert client.get(f"/easel/pictures/{picture.token}.png").status_code == 404
    assert "painted again" in client.post(f"{url}share/").content.decode()
    assert client.get(url).status_code == 200


def test_it_shows_nobody_what_is_not_theirs(client: Client) -> None:
    url = placed(client)
    worker.paint_next()
    token = Order.objects.get().pictures.get(rank=1).token
    stranger, other = Client(), Client()
    placed(other, prompt="an owl")
    reads = [url, f"{url}now/", f"{url}1/", f"{url}delete/", f"{url}glimpse.webp"]
    reads += [f"/easel/pictures/{token}.webp", f"/easel/pictures/{token}.png"]
    for somebody in (stranger, other):
        assert [somebody.get(each).status_code for each in reads] == [404] * len(reads)
        assert somebody.post(f"{url}cancel/").status_code == 404
        assert somebody.post(f"{url}delete/").status_code == 404
        assert PROMPT not in page(somebody, "/easel/own/")
        assert "fox riding" not in page(somebody, "/easel/own/?words=fox")
    assert client.get(url).status_code == 200
    assert client.get(f"/easel/{'0' * 32}/").status_code == 404


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("", "Write what is to be painted"),
        ("\u202e\u0007", "Write what is to be painted"),
        ("🦊", "letters a to z"),
        ("лиса", "letters a to z"),
        ("fox " * 100, "at most 200"),
        ("a naked fox", "This is not drawn here: naked"),
    ],
)
def test_it_answers_bad_input_clearly(client: Client, prompt: str, told: str) -> None:
    response = ask(client, prompt)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert Order.objects.count() == Player.objects.count() == 0


def test_it_leaves_the_examples_beside_an_empty_field_alone(client: Client) -> None:
    assert "examples-to-paint" in ask(client, "").content.decode()
    assert "examples-to-paint" not in ask(client, "a naked fox").content.decode()


def test_it_refuses_ten_thousand_letters_and_a_seed_that_is_none(client: Client) -> None:
    assert ask(client, "x" * 10_000).status_code == 413
    for seed in ("-1", "1.5", "9" * 19, "٣", "seed"):
        assert ask(client, seed=seed).status_code == 422


def test_it_shows_html_as_it_was_typed(client: Client) -> None:
    url = placed(client, prompt="<script>alert(1)</script> fox", anyway="1")
    shown = page(client, url)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; fox" in shown


def test_it_names_unknown_words_and_offers_what_it_knows(client: Client) -> None:
    response = ask(client, "a foxx riding a bicycle")
    shown = response.content.decode()
    assert response.status_code == 422
    assert "foxx" in shown
    assert 'value="a fox riding a bicycle"' in shown
    assert (
        ask(client, "a foxx riding a bicycle", example="a fox riding a bicycle").status_code == 302
    )
    assert ask(client, "a foxx riding a bicycle", anyway="1").status_code == 302
    assert [each.prompt for each in Order.objects.order_by("pk")] == [
        "a fox riding a bicycle",
        "a foxx riding a bicycle",
    ]


def test_it_surprises_with_something_it_can_paint(client: Client) -> None:
    assert client.post("/easel/", {"prompt": "", "surprise": "1"}).status_code == 302
    assert Order.objects.get().prompt


def test_it_is_one_order_when_a_form_is_sent_twice(client: Client) -> None:
    placed(client, prompt="an owl")
    [key] = re.findall(r'name="key" value="([0-9a-f]{32})"', page(client, "/easel/"))
    assert {placed(client, key=key) for _ in range(3)} == {f"/easel/{key}/"}
    assert Order.objects.count() == 2


def test_it_cancels_and_deletes(client: Client) -> None:
    url = placed(client)
    assert client.post(f"{url}cancel/").status_code == 302
    assert "Cancelled" in page(client, url)
    assert "Its pictures go with it" in page(client, f"{url}delete/")
    assert client.post(f"{url}delete/").status_code == 302
    assert client.get(url).status_code == 404
    for prompt in ("an owl", "a red fox"):
        placed(client, prompt=prompt)
    assert "Delete all 2 orders" in page(client, "/easel/own/?delete")
    assert client.post("/easel/own/").status_code == 302
    assert Order.objects.count() == 0


def test_it_tells_what_is_left_and_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "LIMITS", (Limit(2, orders.HOUR), Limit(3, orders.HOUR)))
    response = ask(client, prompt="an owl")
    assert response["RateLimit-Policy"] == '"browser";q=2;w=3600, "address";q=3;w=3600'
    assert re.fullmatch(r'"browser";r=1;t=\d+, "address";r=2;t=\d+', response["RateLimit"])
    assert ask(client).status_code == 302
    response = ask(client)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "Order again in" in response.content.decode()
    # Refusals count for nothing, and for nobody else.
    assert ask(Client()).status_code == 302
    assert ask(Client()).status_code == 429


def test_it_takes_orders_without_redis(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits._redis.cache_clear()
    try:
        response = ask(client)
    finally:
        limits._redis.cache_clear()
    assert response.status_code == 302
    assert "RateLimit" not in response


def test_it_asks_for_patience_when_three_wait(client: Client) -> None:
    for _ in range(3):
        placed(client)
    response = ask(client)
    assert response.status_code == 429
    assert response["Retry-After"] == "10"
    assert "Three of your orders wait" in response.content.decode()


def test_it_shows_old_and_new_side_by_side_when_a_word_was_changed(client: Client) -> None:
    old = placed(client, seed="5")
    worker.paint_next()
    key = old.split("/")[2]
    new = placed(client, prompt="a blue fox riding a bicycle", seed="5", beside=key)
    assert new.endswith(f"/?beside={key}")
    worker.paint_next()
    shown = page(client, new)
    assert shown.count("/easel/pictures/") == 18
    assert Client().get(new).status_code == 404


def test_it_paints_again_with_the_next_seed(client: Client) -> None:
    placed(client, seed="5")
    worker.paint_next()
    shown = page(client, f"/easel/{Order.objects.get().key}/")
    assert 'name="seed" value="14"' in shown


def test_it_lists_ones_own_and_finds_by_word(client: Client) -> None:
    placed(client, prompt="an owl")
    placed(client, prompt="a red fox")
    assert "an owl" in page(client, "/easel/own/")
    found = page(client, "/easel/own/?words=OWL")
    assert "an owl" in found
    assert "a red fox" not in found
    assert "an owl" in page(client, "/easel/")
    for query in ("words=%00owl", "words=%ff", "page=x", "page=-1", "delete=%00"):
        page(client, f"/easel/own/?{query}")
    page(client, f"/easel/{Order.objects.all()[0].key}/?beside=%00")


def test_it_tells_how_it_goes(client: Client) -> None:
    assert "0 orders are waiting" in page(client, "/easel/status/")
    placed(client)
    worker.paint_next()
    Order.objects.update(loop_seconds=12.5, told_seconds=0)
    shown = page(client, "/easel/status/")
    assert "<td>1</td><td>12.5</td>" in shown
    assert "1 was told the right one" in shown


@pytest.mark.parametrize("state", ["new", "waiting", "claimed", "painted", "own"])
def test_it_asks_the_database_seldom(client: Client, state: str) -> None:
    other = placed(Client(), prompt="an owl")
    worker.paint_next()
    url = placed(client)
    beside = ""
    if state == "claimed":
        line.claim()
    if state == "painted":
        worker.paint_next()
        beside = f"?beside={url.split('/')[2]}"
        url = placed(client, prompt="a blue fox")
        worker.paint_next()
    url = {"new": "/easel/", "own": "/easel/own/"}.get(state, f"{url}{beside}")
    page(client, url)
    with CaptureQueriesContext(connection) as captured:
        page(client, url)
    assert 0 < len(captured) <= MOST_QUERIES, [each["sql"] for each in captured]
    assert other


def test_it_paints_todays_prompt_like_any_other(client: Client, settings: Any) -> None:
    """Nothing tells that a prompt is or will be a puzzle: the store knows orders alone."""
    settings.FIRST_DAY = timezone.localdate()
    for number in (1, 2):
        factories.make_puzzle(number, PROMPT if number == 1 else "an owl in a tree")
    for prompt in (PROMPT, "an owl in a tree", "a hen in a tree"):
        shown = page(client, placed(client, prompt=prompt, anyway="1"))
        assert "Your place" in shown
    puzzles = {each.token for each in Candidate.objects.all()}
    assert not {each.file.name for each in OrderPicture.objects.all()} & puzzles
    assert worker.paint_next()
    assert Puzzle.objects.count() == 2


def test_it_speaks_german() -> None:
    german = Client(headers={"accept-language": "de"})
    # A request leaves its language to its thread, and tests have one thread.
    with translation.override("en"):
        assert "Staffelei" in page(german, "/easel/")
        assert "Dein Platz" in page(german, placed(german))

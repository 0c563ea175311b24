"""A crawler that asks for everything an anonymous player can ask for, and keeps each byte."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLResolver, get_resolver

LINK = re.compile(rb"""(?:href|src|action)=["']([^"'\s>]+)|(?:from|import|url\()\s*["']([^"']+)""")
# Neither routes nor linked to.
UNROUTED = ["/media/", "/nowhere", "/puzzle/0/", "/puzzle/99/"]
JSON = "application/json"
TOKEN = "0" * 32
# Routes that know nothing of days.
TIMELESS = (
    {"choices", "privacy", "sharing", "forget", "forgotten", "about", "move_code", "move"}
    | {"robots", "favicon", "touch_icon"}
    | {"manifest", "worker", "offline", "healthz", "picture", "film", "still"}
    | {"second_factor", "second_factor_check", "preview"}
    | {"easel", "own_orders", "easel_status", "order_picture", "order_png", "order", "order_now"}
    | {"glimpse", "cancel_order", "delete_order", "order_large", "share"}
    | {"shared", "shared_card", "shared_picture", "report"}
)


@dataclass
class Received:
    """All bytes that came, by the request that brought them."""

    by_request: dict[str, bytes] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    statuses: set[int] = field(default_factory=set)

    def ask(self, client: Client, method: str, url: str, **options: object) -> bytes:
        response = getattr(client, method)(url, **options)
        body = b"".join(response) if response.streaming else response.content
        head = f"{response.status_code} {dict(response.headers)} {response.cookies.output()}"
        name = f"{method} {url} {options or ''}"
        self.by_request[name] = (head.encode() + body).lower()
        self.bodies[name] = body
        self.statuses.add(response.status_code)
        return body

    def who_has(self, needle: bytes) -> list[str]:
        return [name for name, content in self.by_request.items() if needle.lower() in content]

    @property
    def everything(self) -> bytes:
        return b"\n".join(self.by_request.values())


def routes() -> set[str | None]:
    """The names of all routes but the admin's, which are filled in without being known."""
    patterns = get_resolver().url_patterns
    return {each.name for each in patterns if not isinstance(each, URLResolver)}


def addresses(number: int) -> dict[str, list[str]]:
    """By the name of each route what to ask of it on the day of this number. It is for people to
    add what a new route needs: nothing else knows what its parameters may be."""
    numbers = (number - 1, number, number + 1)
    day = [f"/puzzle/{each}" for each in numbers if each > 0]
    return {
        "today": ["/", "/?mode=hard"],
        "puzzle": [f"{each}/" for each in day] + [f"/puzzle/{number}/?mode=hard"],
        "tries": [f"{each}/tries/" for each in day],
        "hint": [f"{each}/hint/" for each in day],
        "proof": [f"{each}/proof/{show}" for each in day[-2:] for show in ("", "?show")],
        "card": [f"{each}/card.jpg" for each in day],
        "sheet": [f"{each}/sheet.jpg" for each in day],
        "archive": ["/archive/", "/archive/?show=unplayed"],
        "next_unplayed": ["/archive/next/"],
        "reveal": [f"{each}/reveal/" for each in day],
        "record_after": [f"{each}/record/" for each in day],
        "record": ["/record/"],
        "move_code": ["/record/code/"],
        "move": ["/record/move/"],
        # Pictures are linked to; films and what they end with are not.
        "picture": [f"/pictures/{TOKEN}.webp"],
        "film": [f"/films/{TOKEN}.webp"],
        "still": [f"/films/{TOKEN}/still.webp"],
        # Orders are their person's alone.
        "easel": ["/easel/", "/easel/?prompt=a+fox&without=red&seed=1&beside=2"],
        "own_orders": ["/easel/own/", "/easel/own/?delete", "/easel/own/?words=fox"],
        "easel_status": ["/easel/status/"],
        "order": [f"/easel/{TOKEN}/"],
        "order_now": [f"/easel/{TOKEN}/now/"],
        "order_large": [f"/easel/{TOKEN}/1/"],
        "glimpse": [f"/easel/{TOKEN}/glimpse.webp"],
        "cancel_order": [f"/easel/{TOKEN}/cancel/"],
        "delete_order": [f"/easel/{TOKEN}/delete/"],
        "share": [f"/easel/{TOKEN}/share/"],
        "shared": [f"/p/{TOKEN[:10]}/"],
        "shared_card": [f"/p/{TOKEN[:10]}/card.jpg"],
        "shared_picture": [f"/p/{TOKEN[:10]}/1.webp"],
        "report": [f"/p/{TOKEN[:10]}/report/"],
        "order_picture": [f"/easel/pictures/{TOKEN}.webp"],
        "order_png": [f"/easel/pictures/{TOKEN}.png"],
        "choices": ["/choices/"],
        "privacy": ["/privacy/"],
        "sharing": ["/privacy/sharing/"],
        "forget": ["/privacy/forget/"],
        "forgotten": ["/privacy/forgotten/"],
        "about": ["/about/"],
        "manifest": ["/manifest.webmanifest"],
        "worker": ["/worker.js"],
        "offline": ["/offline/"],
        "robots": ["/robots.txt"],
        "favicon": ["/favicon.ico"],
        "touch_icon": ["/apple-touch-icon.png"],
        "healthz": ["/healthz"],
        "second_factor": ["/admin/second-factor/"],
        "second_factor_check": ["/admin/second-factor/check/"],
        "preview": ["/admin/game/puzzle/{pk}/preview/"],
    }


def admin_addresses(pk: int) -> list[str]:
    """Every address of the admin, with this number wherever one is needed."""
    _prefix, admin = get_resolver().namespace_dict["admin"]
    entries = itertools.chain.from_iterable(each for _name, each in admin.reverse_dict.lists())
    found = itertools.chain.from_iterable(possibilities for possibilities, *_rest in entries)
    return [f"/admin/{path % dict.fromkeys(names, pk)}" for path, names in found]


def static_addresses() -> list[str]:
    found = itertools.chain.from_iterable(finder.list([]) for finder in finders.get_finders())
    return [f"/{settings.STATIC_URL.strip('/')}/{path}" for path, _ in found if "admin" not in path]


def crawl(client: Client, number: int, pk: int) -> Received:
    """Everything there is on the day of this number; `pk` is the key of a puzzle to come."""
    urls = [url.format(pk=pk) for urls in addresses(number).values() for url in urls]
    received = follow(client, *urls, *UNROUTED, *static_addresses(), *admin_addresses(pk))
    for url in urls:
        for method in ("head", "options", "put", "delete"):
            received.ask(client, method, url)
        received.ask(client, "get", url, HTTP_ACCEPT=JSON)
        received.ask(client, "get", url, HTTP_HOST="elsewhere.example")
        # What has an effect has it on nobody.
        received.ask(Client(), "post", url)
        received.ask(Client(enforce_csrf_checks=True), "post", url)
    received.ask(client, "get", "/", HTTP_COOKIE="sixpix_tz=Asia/Tokyo")
    mistakes(client, received, number)
    return received


def of_the_day(number: int) -> list[str]:
    """What may differ from one day to the next."""
    told = [urls for name, urls in addresses(number).items() if name not in TIMELESS]
    return list(itertools.chain.from_iterable(told))


def follow(client: Client, *urls: str) -> Received:
    """These, and all that their answers link to: but other days are like this one, and static
    files the same every day, so they are only asked for when they are named."""
    received = Received()
    queue = list(urls)
    asked = {*queue, *static_addresses()}
    while queue:
        url = queue.pop()
        for link in links(received.ask(client, "get", url)):
            if link not in asked and not link.startswith("/puzzle/"):
                asked.add(link)
                queue.append(link)
    return received


def links(body: bytes) -> Iterator[str]:
    for one, other in LINK.findall(body):
        link = urlsplit((one or other).decode(errors="replace"))
        if not link.netloc and link.path.startswith("/"):
            yield link.path


def mistakes(client: Client, received: Received, number: int) -> None:
    """What goes wrong must not say more than what goes right."""
    for each in (number - 1, number, number + 1, 99):
        url = f"/puzzle/{each}/tries/"
        for body in (
            "{",
            "[]",
            '{"try": 9, "words": []}',
            '{"try": 1, "words": ["x"]}',
            '{"try": 1, "words": ["x", "x", "x", "x"]}',
            '{"try": 9, "words": ["xxxxxx", "", "", ""]}',
            '{"try": 9, "sentence": "xxxxxx"}',
            '{"try": 9, "sentence": "a"}',
        ):
            received.ask(client, "post", url, data=body, content_type=JSON)
        received.ask(client, "post", url, data={"try": "1", "word-0": "x", "word-1": "yy"})
        sentence = {"try": "9", "sentence": "xxxxxx", "mode": "hard"}
        received.ask(client, "post", url, data=sentence)
        received.ask(client, "post", f"/puzzle/{each}/hint/", data={"word": "2"})
        for content_type in (JSON, "text/plain"):
            received.ask(client, "post", url, data="x" * 20_000, content_type=content_type)
        received.ask(client, "post", url, data="x", content_type="text/plain")

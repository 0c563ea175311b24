"""What a player sees when a play has ended: how it was painted, and what everyone tried."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from game.models import Figures, Puzzle
from generator.drawing.film import animate
from tests import factories
from tests.browser.board import is_wider_than_screen, send, today, type_words
from tests.browser.conftest import PHONE, OpenPage, await_complaint

__all__ = ["today"]
pytestmark = pytest.mark.django_db(transaction=True)
SOLUTION = {0: "fox", 1: "riding", 2: "bicycle", 3: "moon"}


@pytest.fixture
def filmed(today: Puzzle) -> Puzzle:
    frames = [factories.noise_picture(seed) for seed in range(3)]
    best = today.candidates.get(rank=1)
    best.film.save("film.webp", ContentFile(animate(frames)))
    Figures.objects.create(
        puzzle=today, words=[["fox", 5], ["moon", 6]], wrong=[["fox", "dog", 12, 60, 12]]
    )
    return today


def test_it_reveals_how_it_was_painted_when_the_last_try_is_sent(
    open_page: OpenPage, filmed: Puzzle
) -> None:
    page = open_page(viewport=PHONE)
    expect(page.locator("#reveal")).to_have_count(0)
    type_words(page, SOLUTION)
    send(page)
    reveal = page.locator("#reveal")
    expect(reveal).to_contain_text("How it was painted")
    expect(reveal.locator(".painted img")).to_have_count(1)
    expect(reveal.locator(".ranked img")).to_have_count(5)
    expect(reveal.locator(".tried")).to_contain_text("dog")
    assert not is_wider_than_screen(page)
    page.get_by_role("link", name="How it was painted").click()
    expect(reveal).to_be_in_viewport()
    assert page.url.endswith("/#reveal")


def test_it_shows_the_film_when_it_is_asked_for(open_page: OpenPage, filmed: Puzzle) -> None:
    page = open_page()
    type_words(page, SOLUTION)
    send(page)
    expect(page.locator("#reveal")).to_be_visible()
    page.reload()
    screen = page.locator(".film img")
    still = screen.get_attribute("src")
    assert still is not None
    assert still.startswith("/pictures/")
    shown = []
    for _ in range(2):
        with page.expect_response(lambda response: "/films/" in response.url) as film:
            page.get_by_role("link", name="See it being painted").click()
        assert film.value.ok
        shown.append(screen.get_attribute("src"))
        # It stands where the picture stood, and nothing moves by it.
        assert screen.evaluate("image => image.decode().then(() => image.naturalWidth)") == 32
    assert len({still, *shown}) == 3


def test_it_leads_to_the_reveal_when_it_could_not_be_fetched(
    open_page: OpenPage, filmed: Puzzle, complaints: list[str]
) -> None:
    page = open_page()
    page.route("**/reveal/", lambda route: route.abort())
    type_words(page, SOLUTION)
    send(page)
    link = page.get_by_role("link", name="How it was painted")
    expect(link).to_be_visible()
    await_complaint(page, complaints, "ERR_FAILED")
    link.click()
    expect(page.locator("#reveal")).to_contain_text("Ranked 1 of 9")


def test_it_shows_all_of_it_without_scripts(open_page: OpenPage, filmed: Puzzle) -> None:
    page = open_page(java_script_enabled=False)
    for index, word in SOLUTION.items():
        page.locator(f"input[name=word-{index}]").fill(word)
    page.get_by_role("button", name="Send this try").click()
    expect(page.locator("#reveal")).to_contain_text("Ranked 1 of 9")
    address = page.get_by_role("link", name="See it being painted").get_attribute("href")
    assert address is not None
    assert page.request.get(address).headers["content-type"] == "image/webp"

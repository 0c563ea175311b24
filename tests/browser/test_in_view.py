"""A try is seen where it was made: measured on the smallest phones meant, and on a desk."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from game.models import Candidate, Puzzle
from tests import factories
from tests.browser.board import go_on, send, today, type_words, word
from tests.browser.conftest import OpenPage
from tests.game.rules.warmths import store_table

__all__ = ["today"]

PHONES = {"320": (320, 568), "360": (360, 640), "390 low": (390, 664), "390": (390, 844)}
SIZES = PHONES | {"1366": (1366, 768)}
# The longest starters, and one of each form that there is.
PROMPTS = [
    "a fox riding a bicycle on the moon",
    "a penguin playing an accordion in the living room",
    "an owl wearing a graduation cap in the library",
    "a dragon riding a skateboard in the city at night",
    "a firefighter riding a motorcycle in front of a castle",
    "a pumpkin on top of a television in the living room",
    "an alien wearing a helmet on mars",
]
# Of a box: whether all of it is seen, with nothing over it but its word's own field.
IS_SEEN = """node => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const corners = [[left + 2, top + 2], [right - 2, bottom - 2]];
    return corners.every(([x, y]) => {
        const seen = document.elementFromPoint(x, y);
        const isOwn = node.closest(".word")?.contains(seen);
        return seen && (node.contains(seen) || seen.contains(node) || isOwn);
    });
}"""


# Where boxes stand from left to right, once whatever moves them has come to rest.
PLACES = """nodes => Promise.all(nodes.flatMap(n => n.getAnimations()).map(a => a.finished))
    .then(() => nodes.map(n => n.getBoundingClientRect().x))"""


def options(size: tuple[int, int]) -> dict[str, Any]:
    is_phone = size[0] < 600
    return {
        "viewport": {"width": size[0], "height": size[1]},
        "has_touch": is_phone,
        "is_mobile": is_phone,
        "reduced_motion": "reduce",
    }


def unseen(page: Page, selector: str) -> list[str]:
    found = page.locator(selector)
    assert found.count() > 0, selector
    return [box.evaluate("n => n.outerHTML") for box in found.all() if not box.evaluate(IS_SEEN)]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_it_shows_the_whole_of_the_newest_try(
    open_page: OpenPage, size: tuple[int, int], prompt: str
) -> None:
    puzzle = factories.make_puzzle(2, prompt)
    hidden = [one.text for one in puzzle.board() if not one.is_given]
    for answer in hidden:
        store_table(answer, dog=71)
    # All letters of another word of its length: numbers are as good as words.
    guesses = {index: str(index + 1) * len(answer) for index, answer in enumerate(hidden)}
    puzzle.accepted.create(word=hidden[-1], text=guesses[len(hidden) - 1])
    page = open_page(**options(size))
    for turn in range(2):
        for index, letters in guesses.items():
            if word(page, index).count():
                word(page, index).focus()
                page.keyboard.type(letters if turn == 0 else letters.replace("1", "9"))
        send(page)
        expect(page.locator("#row.is-marked")).to_be_visible()
        assert unseen(page, "#row .word .tile") == []
        assert unseen(page, "#row .word .verdict") == []
        assert unseen(page, "#scored") == []
        assert unseen(page, ".picture") == []
        expect(page.locator("#tries li")).to_have_count(turn)
        go_on(page)
        expect(page.locator("#tries li")).to_have_count(turn + 1)


@pytest.mark.parametrize("size", PHONES.values(), ids=PHONES)
def test_it_reaches_the_earlier_tries_by_one_press_and_comes_back_by_a_key(
    open_page: OpenPage, today: Puzzle, size: tuple[int, int]
) -> None:
    page = open_page(**options(size))
    type_words(page, {0: "dog", 1: "eating", 3: "mars"})
    send(page)
    go_on(page)
    assert unseen(page, "#row .tile") == []
    if size[0] > 350:
        page.locator("#pips").tap()
    else:
        page.mouse.wheel(0, 200)
    expect(page.locator("#tries li .try-sheet")).to_be_in_viewport()
    page.locator("#keyboard").get_by_text("f", exact=True).tap()
    assert word(page, 0).input_value() == "f"
    assert unseen(page, "#row .tile") == []


def test_it_shows_every_earlier_try_at_a_glance_on_a_desk(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page(**options(SIZES["1366"]))
    for animal in ("dog", "cat", "cow", "pig"):
        type_words(page, {0: animal, 1: "eating", 2: "tractor", 3: "mars"})
        send(page)
        go_on(page)
    assert page.evaluate("scrollY") == 0
    assert unseen(page, "#tries .tile") == []
    assert unseen(page, "#row .tile") == []


def test_it_keeps_the_nearest_guess_under_its_word(open_page: OpenPage, today: Puzzle) -> None:
    store_table("fox", dog=71, cat=60)
    page = open_page(**options(SIZES["320"]))
    for animal in ("dog", "cat"):
        type_words(page, {0: animal})
        send(page)
        go_on(page)
    expect(page.locator("#row .verdict").first).to_have_text("dog 71")
    name = "Word 2, 3 letters, letter 2 is o, nearest so far dog, warmth 71"
    expect(word(page, 0)).to_have_attribute("aria-label", name)


def test_it_turns_the_tiles_one_after_another_where_they_were_typed(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page(**options(SIZES["390"]) | {"reduced_motion": "no-preference"})
    type_words(page, {0: "dog", 3: "mars"})
    before = page.locator("#row .tile.is-typed").evaluate_all(PLACES)
    send(page)
    expect(page.locator("#row.is-marked")).to_be_visible()
    turned = page.locator("#row .is-new .tile")
    delays = turned.evaluate_all("nodes => nodes.map(n => parseFloat(n.style.animationDelay))")
    assert delays == sorted(delays)
    assert len(set(delays)) == len(delays) == 7
    assert turned.evaluate_all(PLACES) == before


def test_it_leaves_the_pictures_in_sight_under_the_rules(
    open_page: OpenPage, today: Puzzle
) -> None:
    for size in PHONES.values():
        page = open_page(is_first_visit=True, **options(size))
        expect(page.get_by_role("button", name="Got it")).to_be_in_viewport(ratio=1)
        sheet = page.get_by_role("dialog").bounding_box()
        picture = page.locator(".picture").first.bounding_box()
        assert sheet is not None
        assert picture is not None
        assert picture["y"] + picture["height"] <= sheet["y"]
        page.get_by_role("button", name="Got it").click()
        assert page.evaluate("scrollY") == 0
        expect(page.locator("#row")).to_be_in_viewport()


def test_it_shows_descriptions_with_the_picture_enlarged(
    open_page: OpenPage, today: Puzzle
) -> None:
    Candidate.objects.filter(position=1).update(descriptions=["Night.", "Two wheels."])
    page = open_page(**options(SIZES["390"]))
    page.get_by_alt_text("Picture 1 of 6").click()
    dialog = page.locator("#viewer")
    dialog.get_by_text("Describe").click()
    expect(dialog.get_by_text("Night.")).to_be_visible()
    expect(dialog.get_by_text("Two wheels.")).to_be_hidden()
    page.get_by_role("button", name="Next picture").click()
    expect(dialog.get_by_text("Night.")).to_have_count(0)
    dialog.get_by_text("Describe").click()
    expect(dialog.get_by_text("An animal far from the earth.")).to_be_visible()

"""Ways to play beside the tiles: the free sentence, the hint, hard mode."""

import pytest
from playwright.sync_api import expect

from game.models import Puzzle
from tests.browser.board import (
    PROMPT,
    go_on,
    is_wider_than_screen,
    send,
    tiles,
    today,
    type_words,
    word,
)
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.game.rules.warmths import store_table

__all__ = ["today"]


def test_it_plays_a_sentence_without_scripts(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    sentence = page.get_by_label("The whole prompt, as one sentence")
    sentence.fill("two foxes on the moon")
    sentence.press("Enter")
    expect(page.locator(".try")).to_have_count(1)
    expect(page.locator(".try-note")).to_have_text(
        [
            "foxes: Same word, singular or plural: counts as “fox”.",
            "Left out, as nothing was free for it: two.",
        ]
    )
    page.get_by_text("One hint").click()
    page.get_by_label("First letter of").select_option("Word 5, 7 letters")
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_label("Word 5, 7 letters, letter 1 is b")).to_be_visible()
    sentence.fill("a fox riding a bicycle on the moon")
    sentence.press("Enter")
    expect(page.locator("blockquote")).to_have_text(PROMPT)


@pytest.mark.parametrize("viewport", [{"width": 320, "height": 568}, DESKTOP], ids=["320", "1280"])
def test_it_plays_a_sentence_instead_of_tiles(
    open_page: OpenPage, today: Puzzle, viewport: dict[str, int]
) -> None:
    store_table("riding", driving=88)
    page = open_page(viewport=viewport)
    page.get_by_role("button", name="As a sentence").click()
    field = page.get_by_label("The whole prompt, as one sentence")
    expect(field).to_be_focused()
    expect(page.locator("#keyboard")).to_be_hidden()
    long = "incomprehensible"
    page.keyboard.type(f"foxes driving {long} moon")
    page.reload()
    assert field.input_value() == f"foxes driving {long} moon"
    field.focus()
    send(page)
    expect(page.locator("#row .verdict")).to_have_text(["✓ other form", "88", "×", "✓"])
    page.locator("#row label").first.click()
    expect(page.locator(".try .verdict")).to_have_text(["✓ other form", "88", "×", "✓"])
    assert page.locator(".try meter.warmth").get_attribute("value") == "88"
    expect(page.locator("#told")).to_contain_text("driving: Another word, warmth 88 of 100.")
    assert field.input_value() == ""
    assert not is_wider_than_screen(page)
    shown = tiles(page, ".try")
    page.reload()
    assert page.locator(".try .verdict").all_text_contents() == ["✓ other form", "88", "×", "✓"]
    assert tiles(page, ".try") == shown
    assert page.locator(".try meter.warmth").get_attribute("value") == "88"
    page.get_by_role("button", name="As a sentence").click()
    page.keyboard.type("riding a bicycle")
    page.get_by_role("button", name="In letter boxes").click()
    type_words(page, {1: "riding", 2: "bicycle"})
    send(page)
    expect(page.locator("#result")).to_have_text("Solved on try 2 of 6")


def test_it_plays_in_hard_mode_with_a_hint(open_page: OpenPage, today: Puzzle) -> None:
    store_table("fox", dog=71)
    page = open_page(viewport=PHONE)
    page.get_by_role("link", name="Hard mode").click()
    expect(page.locator("#row input")).to_have_count(8)
    type_words(page, {0: "a", 1: "dog"})
    send(page)
    expect(page.locator("#row .verdict").nth(1)).to_have_text("×")
    expect(page.locator("#scored")).to_contain_text("×: hard mode tells no warmth")
    expect(page.get_by_role("link", name="normal mode")).to_have_count(0)
    page.get_by_role("button", name="Hint").click()
    word(page, 1).click()
    expect(page.get_by_label("Word 2, 3 letters, letter 1 is f")).to_be_visible()
    type_words(page, dict(enumerate(PROMPT.split()[1:], start=1)))
    send(page)
    expect(page.locator("#result")).to_be_focused()
    share = page.locator(".result-text").input_value()
    assert share.startswith("Sixpix #2 2/6 · hard mode · 1 hint\n")


def test_it_gives_the_hint_for_the_word_that_is_pressed(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE)
    type_words(page, {0: "dog"})
    send(page)
    go_on(page)
    type_words(page, {2: "tractor"})
    page.get_by_role("button", name="Hint").click()
    message = page.locator("#message")
    expect(message).to_contain_text("First letter of which word?")
    # In one line with what takes it back, or the row would shrink on a small phone.
    question, cancel = message.bounding_box(), message.get_by_role("button").bounding_box()
    assert question
    assert cancel
    assert question["height"] - cancel["height"] < cancel["height"] / 2
    page.get_by_role("button", name="Cancel").click()
    word(page, 3).click()
    expect(page.get_by_label("letter 1 is")).to_have_count(0)
    page.get_by_role("button", name="Hint").click()
    word(page, 2).click()
    expect(page.locator("#message")).to_have_text("It begins with B.")
    # What was typed stays, and doesn't hide the letter.
    assert word(page, 2).input_value() == "tractor"
    first = page.locator("label[data-index='2'] .tile").first
    expect(first).to_have_attribute("data-known", "b")
    expect(page.get_by_role("button", name="Hint")).to_have_count(0)


def test_it_tells_what_of_a_sentence_had_no_place(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE)
    page.get_by_role("button", name="As a sentence").click()
    page.keyboard.type("two foxes riding on the moon today")
    send(page)
    told = "Left out, as nothing was free for it: two, today."
    expect(page.locator("#scored")).to_contain_text(told)
    expect(page.locator("#told")).to_contain_text(told)
    page.reload()
    expect(page.locator(".try-note").last).to_have_text(told)

"""The tiles behave like a text field, whatever letters come in and however."""

import unicodedata

import pytest
from playwright.sync_api import Page, expect

from game.models import Puzzle, Try
from game.words.text import normalise
from tests.browser.board import go_on, send, today, type_words, word
from tests.browser.conftest import PHONE, OpenPage, await_complaint

__all__ = ["today"]


def shown(page: Page, index: int) -> str:
    tiles = page.locator(f"label[data-index='{index}'] .tile.is-typed")
    return "".join(tiles.all_text_contents())


def test_it_knows_home_end_and_the_arrows(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    type_words(page, {2: "peng"})
    page.keyboard.press("Home")
    page.keyboard.type("x")
    assert shown(page, 2) == "xpeng"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    assert shown(page, 2) == "xpen"
    page.keyboard.press("Control+a")
    expect(page.locator("label[data-index='2'] .is-selected")).to_have_count(4)
    page.keyboard.type("z")
    assert shown(page, 2) == "z"
    page.keyboard.press("Control+z")
    assert shown(page, 2) == "xpen"
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Backspace")
    assert shown(page, 2) == "en"


def test_it_types_over_a_letter_of_a_full_word(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(viewport=PHONE, has_touch=True)
    type_words(page, {0: "fix"})
    page.locator("label[data-index='0'] .tile").nth(1).tap(force=True)
    page.locator("#keyboard").get_by_text("o", exact=True).tap()
    assert shown(page, 0) == "fox"
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("a")
    assert shown(page, 0) == "fax"


def test_it_goes_on_in_the_next_word_behind_the_end_of_one(
    open_page: OpenPage, today: Puzzle
) -> None:
    page = open_page()
    page.keyboard.type("foxridingbike")
    assert [shown(page, index) for index in range(4)] == ["fox", "riding", "bike", ""]


def test_it_takes_pasted_words(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('Fox, riding bicycle/moon')")
    word(page, 0).focus()
    page.keyboard.press("Control+v")
    assert [shown(page, index) for index in range(2)] == ["fox", "riding"]
    page.keyboard.press("Control+z")
    page.evaluate("navigator.clipboard.writeText('ＴＲÁＣＴＯＲＳ')")
    word(page, 2).focus()
    page.keyboard.press("Control+v")
    assert shown(page, 2) == "tractor"


def test_it_doubles_no_letter_that_is_composed(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    word(page, 0).focus()
    session = page.context.new_cdp_session(page)
    for composing in ("ｆ", "ｆｏ", "ｆｏｘ"):
        session.send(
            "Input.imeSetComposition",
            {"text": composing, "selectionStart": len(composing), "selectionEnd": len(composing)},
        )
    assert shown(page, 0) == "fox"
    session.send("Input.insertText", {"text": "ｆｏｘ"})
    assert shown(page, 0) == "fox"
    assert word(page, 0).input_value() == "fox"
    send(page)
    assert Try.objects.get().words[0] == "fox"


def test_it_says_which_letters_it_cannot_take(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    word(page, 2).focus()
    page.keyboard.insert_text("ßıøæ")
    assert shown(page, 2) == "ssioae"
    page.keyboard.insert_text("ж")
    assert shown(page, 2) == "ssioae"
    expect(page.locator("#message")).to_contain_text("“ж” can’t be part of a word here")
    page.keyboard.type("n")
    expect(page.locator("#message")).to_be_empty()


def test_it_reads_letters_as_the_server_does(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page()
    # All that may be a letter of an alphabet like ours, as one writes it or as one copies it.
    blocks = [(0x21, 0x250), (0x1E00, 0x1F00), (0x2100, 0x2150), (0xFB00, 0xFB07), (0xFF01, 0xFF5F)]
    signs = [chr(code) for first, last in blocks for code in range(first, last)]
    signs = [sign for sign in signs if unicodedata.category(sign) != "Cn"]
    read = page.evaluate(
        """async signs => {
            const { plain } = await import("/static/js/letters.js");
            return signs.map(plain);
        }""",
        signs,
    )
    told = dict(zip(signs, read, strict=True))
    assert told == {sign: normalise(sign).replace(" ", "") for sign in signs}


@pytest.mark.parametrize("viewport", [PHONE, None], ids=["390", "1280"])
def test_it_types_nothing_under_the_rules(
    open_page: OpenPage, today: Puzzle, viewport: dict[str, int] | None
) -> None:
    sized = {"viewport": viewport} if viewport else {}
    page = open_page(is_first_visit=True, **sized)
    page.keyboard.type("fox")
    assert shown(page, 0) == ""
    page.keyboard.press("Escape")
    page.keyboard.type("fox")
    assert shown(page, 0) == "fox"
    assert not Try.objects.exists()


def test_it_asks_once_before_a_single_word_is_sent(open_page: OpenPage, today: Puzzle) -> None:
    page = open_page(is_first_visit=True)
    page.get_by_role("button", name="Got it").click()
    type_words(page, {0: "dog"})
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("Only one of 4 words is filled.")
    assert not Try.objects.exists()
    send(page)
    assert Try.objects.count() == 1
    go_on(page)
    type_words(page, {0: "cat"})
    send(page)
    assert Try.objects.count() == 2


def test_it_costs_nothing_to_say_the_same_again_or_what_is_no_word(
    open_page: OpenPage, today: Puzzle, complaints: list[str]
) -> None:
    page = open_page()
    type_words(page, {0: "dog"})
    send(page)
    go_on(page)
    type_words(page, {0: "dog"})
    send(page)
    expect(page.locator("#message")).to_contain_text("You have tried exactly that before.")
    assert shown(page, 0) == "dog"
    type_words(page, {0: "", 3: "qxzw"})
    send(page)
    expect(page.locator("#message")).to_have_text("“qxzw” is in no word list. Nothing was spent.")
    assert Try.objects.count() == 1
    expect(page.locator("#turn")).to_have_text("Try 2 of 6")
    for _refused in range(2):
        await_complaint(page, complaints, "422")

"""A play as the templates draw it: rows of phrases of words of tiles."""

from collections.abc import Sequence
from typing import Any

MARKS = {"c": "correct", "p": "present", "a": "absent"}


def marked_row(state: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    marked = zip(one["words"], one["marks"], strict=True)

    def cell(part: dict[str, Any]) -> dict[str, Any]:
        if "given" in part:
            return part
        word, mark = next(marked)
        tiles = [
            {"letter": letter, "mark": MARKS[code]}
            for letter, code in zip(word, mark["letters"], strict=True)
        ]
        empty = [{"letter": "", "mark": None}] * part["length"]
        return {**part, **mark, "word": word, "tiles": tiles or empty}

    return {**one, "phrases": phrases([cell(part) for part in state["shape"]])}


def open_row(state: dict[str, Any], words: Sequence[str] | None) -> list[list[dict[str, Any]]]:
    typed = words or [""] * len(state["found"])
    cells: list[dict[str, Any]] = []
    index = 0
    for place, part in enumerate(state["shape"], start=1):
        cell = {**part, "place": place, "index": index}
        if "length" in part:
            cell["found"] = state["found"][index]
            cell["known"] = known(state, index)
            cell["tiles"] = [cell["known"].get(at, "") for at in range(1, part["length"] + 1)]
            # What was typed may be anything; the field only holds what a word here can have.
            cell["typed"] = typed[index][: part["length"]] if index < len(typed) else ""
            index += 1
        cells.append(cell)
    return phrases(cells)


def known(state: dict[str, Any], index: int) -> dict[int, str]:
    """The letters of an open word that stand right, by their places in it, counted from 1."""
    hint = state["hint"]
    places = {1: hint["letter"]} if hint and hint["index"] == index else {}
    for one in state["tries"]:
        letters = zip(one["words"][index], one["marks"][index]["letters"], strict=True)
        places |= {at: letter for at, (letter, code) in enumerate(letters, 1) if code == "c"}
    return dict(sorted(places.items()))


def phrases(cells: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put given words together with the open word that they lead to."""
    phrases: list[list[dict[str, Any]]] = [[]]
    for cell in cells:
        phrases[-1].append(cell)
        if "length" in cell:
            phrases.append([])
    last = phrases.pop()
    phrases[-1] += last
    return phrases


def missing(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The open words that the hint may be for."""
    places = [(place, part) for place, part in enumerate(state["shape"], 1) if "length" in part]
    return [
        {"index": index, "place": place, "length": part["length"]}
        for index, (place, part) in enumerate(places)
        if not state["found"][index]
    ]

"""Boards and tries on them, made up or random, for tests of the rules."""

from hypothesis import assume
from hypothesis import strategies as st

from game.rules import boards
from game.rules.boards import Word

# Two letters and three lengths: repeated words and words that belong elsewhere come up often.
BOARDS = st.lists(st.text(st.sampled_from("xy"), min_size=1, max_size=3), min_size=1, max_size=6)
FOX = boards.board("a red fox and a big cat")


def board_of(words: list[str]) -> tuple[Word, ...]:
    return tuple(Word(word, is_given=False) for word in words)


@st.composite
def boards_with_tries(draw: st.DrawFn) -> tuple[tuple[Word, ...], list[str]]:
    words = draw(BOARDS)
    guesses = [
        draw(st.just("") | st.just(word) | st.text("xyz", min_size=len(word), max_size=len(word)))
        for word in words
    ]
    assume(any(guesses))
    return board_of(words), guesses


def letters_by_definition(guess: str, answer: str) -> str:
    """Say what each place means by itself, without state: slow and obvious."""
    marks = ""
    for place, letter in enumerate(guess):
        if answer[place] == letter:
            marks += "c"
            continue
        missed = sum(
            theirs == letter and guess[other] != theirs for other, theirs in enumerate(answer)
        )
        before = sum(guess[other] == letter and answer[other] != letter for other in range(place))
        marks += "p" if before < missed else "a"
    return marks

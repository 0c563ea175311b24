"""Answers and guesses for tests of the scoring: real words, made-up warmth."""

from hypothesis import strategies as st

from game.rules.scoring.marks import Answer
from game.rules.warmth import Table
from game.words import vocabulary

# Any table does, as long as words differ in it and some are cold.
TABLE = Table(bytes(number * 37 % 100 for number in range(len(vocabulary.words()))))
# Words that are forms of one another, near in their letters, or neither.
WORDS = ("cat", "cats", "act", "gray", "grey", "zebra", "bicycle", "bicylce", "bike", "qqq", "dog")
GUESSES = st.sampled_from(WORDS)
HIDDEN = ("cat", "cats", "act", "gray", "grey", "zebra", "bicycle", "dog")
ACCEPTED = {"bicycle": frozenset({"bike", "push bike"}), "dog": frozenset({"qqq"})}


def answer(word: str, table: Table | None) -> Answer:
    return Answer(word, ACCEPTED.get(word, frozenset()), table)


ANSWERS = st.lists(
    st.builds(answer, st.sampled_from(HIDDEN), st.sampled_from([None, TABLE])),
    min_size=1,
    max_size=5,
)


def answers_of(*words: str) -> list[Answer]:
    return [Answer(word, table=TABLE) for word in words]


def lengths_of(answers: list[Answer]) -> list[int]:
    return [len(answer.word) for answer in answers]

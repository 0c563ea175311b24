"""How hard a prompt is likely to be, from 1 (easy) to 5, before anybody has played it. Pure Python.

Every word to guess adds 7 minus its Zipf frequency: “cat” 2.2, “bicycle” 3.0, “accordion” 3.9. So
many words and rare words make a prompt hard. The sum is cut into five levels, such that the starter
prompts spread over all of them, the most in the middle.
"""

from bisect import bisect_right

from game.rules import boards
from game.words.frequency import zipf

LEVELS = (1, 2, 3, 4, 5)
FREQUENT = 7.0
# Where levels 2 to 5 begin.
STEPS = (8.0, 9.5, 11.0, 12.5)


def estimate(prompt: str) -> int:
    return LEVELS[bisect_right(STEPS, effort(prompt))]


def effort(prompt: str) -> float:
    words = boards.open_words(boards.board(prompt))
    return sum(max(FREQUENT - zipf(word), 0) for word in words)

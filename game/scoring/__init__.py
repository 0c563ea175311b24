"""How tries are marked and scored, word by word or as one free sentence.

Pure: nothing here knows of Django, the database or who is playing.
"""

from game.scoring.marks import Answer, Kind, Mark, judge, mark
from game.scoring.score import score
from game.scoring.sentence import Sentence, mark_sentence, read_answer, read_sentence
from game.scoring.sharing import Square, in_palette, share_text, square

__all__ = [
    "Answer",
    "Kind",
    "Mark",
    "Sentence",
    "Square",
    "in_palette",
    "judge",
    "mark",
    "mark_sentence",
    "read_answer",
    "read_sentence",
    "score",
    "share_text",
    "square",
]

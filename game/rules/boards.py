"""The game's rules: what a board is, what a guess may be, how its letters are marked.

Pure Python: nothing here knows of Django, the database or who is playing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from game.words.text import is_readable, normalise

TRIES = 6
PROMPT_WORDS = (2, 12)
PROMPT_LENGTH = 200
WORD_LENGTH = 16

# Words that hold a sentence together and that no picture shows. A relation that can be seen
# (under, behind, between) is worth a guess, so it is not here.
CONNECTING = frozenset(
    {"a", "an", "the", "and", "or", "as", "is", "are", "its", "his", "her", "their"}
    | {"of", "in", "on", "at", "to", "by", "with", "for", "from", "into", "onto"}
)
# Their middle words are no riddle once the words around them are given: “on ___ of” can only be
# “on top of”. Alone, as in “a spinning top”, the same words have to be guessed.
CONNECTING_PHRASES = (("next", "to"), ("on", "top", "of"), ("in", "front", "of"))


def gettext_noop(text: str) -> str:
    """Mark a text for translation; whoever shows it translates it."""
    return text


class RuleError(ValueError):
    """A mistake to be told to whoever made it: a translatable template and its numbers."""

    def __init__(self, code: str, template: str, **numbers: int) -> None:
        super().__init__(template % numbers)
        self.code = code
        self.template = template
        self.numbers = numbers


class PromptError(RuleError):
    pass


class GuessError(RuleError):
    pass


class Verdict(StrEnum):
    EXACT = "exact"
    ELSEWHERE = "elsewhere"
    WRONG = "wrong"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    is_given: bool


def _given_indices(words: Sequence[str]) -> set[int]:
    given = {index for index, word in enumerate(words) if word in CONNECTING}
    for phrase in CONNECTING_PHRASES:
        size = len(phrase)
        for start in range(len(words) - size + 1):
            if tuple(words[start : start + size]) == phrase:
                given.update(range(start, start + size))
    return given


def board(prompt: str, hides_given: bool = False) -> tuple[Word, ...]:
    words = normalise(prompt).split()
    given = set() if hides_given else _given_indices(words)
    return tuple(Word(word, index in given) for index, word in enumerate(words))


def open_words(board: Iterable[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in board if not word.is_given)


def shape(board: Iterable[Word]) -> list[dict[str, str | int]]:
    """What everyone may know of a board: its given words, and the lengths of the others."""
    return [{"given": word.text} if word.is_given else {"length": len(word.text)} for word in board]


def validate_prompt(prompt: str) -> None:
    fewest, most = PROMPT_WORDS
    words = normalise(prompt[: PROMPT_LENGTH + 1]).split()
    if len(prompt) > PROMPT_LENGTH:
        raise PromptError(
            "length",
            gettext_noop("A prompt may have at most %(most)d characters, this one has %(got)d."),
            most=PROMPT_LENGTH,
            got=len(prompt),
        )
    if not is_readable(prompt):
        raise PromptError(
            "letters",
            gettext_noop(
                "A prompt may hold only letters from a to z, digits, spaces and punctuation."
            ),
        )
    if len(words) < fewest:
        raise PromptError(
            "words",
            gettext_noop("A prompt needs at least %(fewest)d words, this one has %(got)d."),
            fewest=fewest,
            got=len(words),
        )
    if len(words) > most:
        raise PromptError(
            "words",
            gettext_noop("A prompt may have at most %(most)d words, this one has %(got)d."),
            most=most,
            got=len(words),
        )
    if (longest := max(map(len, words))) > WORD_LENGTH:
        raise PromptError(
            "word_length",
            gettext_noop("A word may have at most %(most)d letters, the longest here has %(got)d."),
            most=WORD_LENGTH,
            got=longest,
        )
    if not open_words(board(prompt)):
        raise PromptError(
            "connecting",
            gettext_noop("A prompt needs a word to guess, this one has only connecting words."),
        )


def mark_letters(guess: str, answer: str) -> str:
    """Mark each letter of a guess: “c” correct, “p” present elsewhere in the word, “a” absent.

    Two passes, so that a letter is never marked more often than the answer holds it: correct
    places first, then the letters left over, from the left.
    """
    if len(guess) != len(answer):
        raise ValueError(f"a guess of {len(guess)} letters for an answer of {len(answer)}")
    marks = ["c" if mine == theirs else "a" for mine, theirs in zip(guess, answer, strict=True)]
    left = Counter(theirs for theirs, mark in zip(answer, marks, strict=True) if mark == "a")
    for index, mine in enumerate(guess):
        if marks[index] == "a" and left[mine]:
            marks[index] = "p"
            left[mine] -= 1
    return "".join(marks)


def _read_word(place: int, guess: str, answer: str, is_found: bool) -> str:
    if not is_readable(guess):
        raise GuessError(
            "letters",
            gettext_noop("Word %(word)d may hold only letters from a to z and digits."),
            word=place,
        )
    word = normalise(guess)
    if is_found:
        if word not in ("", answer):
            raise GuessError(
                "found", gettext_noop("Word %(word)d is already found and stays."), word=place
            )
        return answer
    if " " in word:
        raise GuessError(
            "spaces", gettext_noop("Word %(word)d is a single word, without spaces."), word=place
        )
    if word and len(word) != len(answer):
        raise GuessError(
            "length",
            gettext_noop(
                "Word %(word)d has the wrong length: letters needed %(wanted)d, given %(got)d."
            ),
            word=place,
            wanted=len(answer),
            got=len(word),
        )
    return word


def read_guess(
    board: Sequence[Word], guesses: Sequence[str], found: Collection[int] = ()
) -> tuple[str, ...]:
    """Bring a try into its one written form: normalised, with the found words filled in.

    Args:
        guesses: one for each open word; "" for a word left empty.
        found: indices of the open words found in earlier tries. They stay, sent again or not.
    Raises:
        GuessError: the first thing that is wrong. A word is named by its place on the whole board.
    """
    answers = open_words(board)
    if len(guesses) != len(answers):
        raise GuessError(
            "count",
            gettext_noop(
                "The try has the wrong number of words: needed %(wanted)d, given %(got)d."
            ),
            wanted=len(answers),
            got=len(guesses),
        )
    places = [place for place, word in enumerate(board, start=1) if not word.is_given]
    words = tuple(
        _read_word(place, guess, answer, index in found)
        for index, (place, guess, answer) in enumerate(zip(places, guesses, answers, strict=True))
    )
    if not any(word for index, word in enumerate(words) if index not in found):
        raise GuessError("empty", gettext_noop("Fill in at least one word."))
    return words

"""What is said of marks, letters and endings, in words."""

from django.utils.translation import gettext_lazy

from game.rules.scoring.marks import Kind
from game.words.forms import Form
from game.words.reasons import Tie

WHY = {
    Kind.EXACT: gettext_lazy("Right."),
    Kind.FOUND: gettext_lazy("Found in an earlier try."),
    Kind.ACCEPTED: gettext_lazy("Accepted by the editors: counts as “%(answer)s”."),
    Kind.FORM: gettext_lazy("Same word, other form: counts as “%(answer)s”."),
    Kind.MOVED: gettext_lazy("Right word, in another order."),
    Kind.ELSEWHERE: gettext_lazy("Right word, wrong place."),
    Kind.WARM: gettext_lazy("Another word, warmth %(warmth)d of 100."),
    Kind.COLD: gettext_lazy("Another word, cold."),
    Kind.OTHER: gettext_lazy("Another word, with none of the same letters."),
    Kind.EMPTY: gettext_lazy("Left empty."),
}
WHY_LETTERS = gettext_lazy("Another word, with some of the same letters.")
WHY_LATER = gettext_lazy("Accepted later by the editors: counts as “%(answer)s”.")
WHY_FORM = {
    Form.PLURAL: gettext_lazy("Same word, singular or plural: counts as “%(answer)s”."),
    Form.INFLECTION: gettext_lazy("Same word, other form: counts as “%(answer)s”."),
    Form.SPELLING: gettext_lazy("Same word, spelt another way: counts as “%(answer)s”."),
    Form.TYPO: gettext_lazy("Same word with a slip: counts as “%(answer)s”."),
}
# After the warmth of a guess. What both are stands there in English, as the game's words do.
REASONS = {
    Tie.SAME: gettext_lazy("means much the same"),
    Tie.KIND: gettext_lazy("one kind of it"),
    Tie.KINDS: gettext_lazy("it is one kind of this"),
    Tie.BOTH: gettext_lazy("both are %(name)s"),
    Tie.WAYS: gettext_lazy("both are ways to %(name)s"),
    Tie.PART: gettext_lazy("a part of it"),
    Tie.WHOLE: gettext_lazy("it is a part of this"),
    Tie.TOLD: gettext_lazy("a dictionary explains one by the other"),
}
LABELS = {
    Kind.EXACT: "✓",
    Kind.FOUND: "✓",
    Kind.ACCEPTED: gettext_lazy("✓ accepted"),
    Kind.FORM: gettext_lazy("✓ other form"),
    Kind.MOVED: gettext_lazy("⇄ other order"),
    Kind.ELSEWHERE: gettext_lazy("⇄ elsewhere"),
    Kind.COLD: gettext_lazy("cold"),
    Kind.OTHER: "×",
    Kind.EMPTY: "",
}
# What the letters of a wrong word say, for those who don't see its tiles.
WHY_WHERE = {
    "c": gettext_lazy("In place: %(letters)s."),
    "p": gettext_lazy("Elsewhere in the word: %(letters)s."),
    "a": gettext_lazy("Not in it: %(letters)s."),
}
LEFT_OUT = gettext_lazy("Left out, as nothing was free for it: %(words)s.")
# By the number of tries.
WON = (
    gettext_lazy("Seen at first sight."),
    gettext_lazy("Two looks were enough."),
    gettext_lazy("Three tries: well seen."),
    gettext_lazy("Bit by bit, and then all at once."),
    gettext_lazy("It held out long, and you held out longer."),
    gettext_lazy("On the very last try."),
)

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from game.drawing import tables
from game.playing import telling
from game.rules.boards import GuessError
from game.rules.scoring.marks import Answer, Mark, judge
from game.rules.scoring.sentences import read_answer
from game.words.encoder import EncoderError


class Command(BaseCommand):
    help = "Tell how warm guesses are for an answer: 0 is cold, 100 the same, “–” unknown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("answer", help="a hidden word")
        parser.add_argument("guesses", nargs="+", metavar="guess")
        parser.add_argument(
            "--json", dest="as_json", action="store_true", help="one line: {guess: warmth}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        word = _read(options["answer"])
        guesses = {guess: _read(guess) for guess in options["guesses"]}
        try:
            [table] = tables.warmer().warm([word])
        except (EncoderError, OSError) as error:
            raise CommandError(str(error)) from error
        answer = Answer(word, table=table)
        marks = {guess: judge(read, answer) for guess, read in guesses.items()}
        warmths = {guess: _warmth(mark) for guess, mark in marks.items()}
        if options["as_json"]:
            self.stdout.write(json.dumps(warmths, ensure_ascii=False))
            return
        width = max(map(len, marks))
        for guess, mark in marks.items():
            warm = "–" if warmths[guess] is None else str(warmths[guess])
            reason = telling.reason(mark.reason) or ""
            self.stdout.write(f"{guess:{width}} {warm:>3}  {reason}".rstrip())


def _read(text: str) -> str:
    try:
        return read_answer(text)
    except GuessError as error:
        raise CommandError(f"“{text}”: {_(error.template) % error.numbers}") from error


def _warmth(mark: Mark) -> int | None:
    return 100 if mark.is_right else mark.warmth

"""Write what is frozen of English words: python -m game.words.freeze --wordnet FOLDER.

To be run when the world has new words. It writes

- words.txt.gz and frequencies.gz: the most frequent English words (wordfreq) that a dictionary
  knows (simplemma, WordNet), each reduced to its base form where that is in use itself (“unpaid”
  stays), and how often they are used. Words of the world come first, then rarer ones for what a
  picture can show. Words that were frozen before keep their numbers; new ones are added;
- dictionary.gz: what WordNet says of them (game.words.freezing.dictionary);
- points.npz: what they mean and where texts use them (game.words.freezing.points). Meanings that
  were embedded before are kept; all of them take some ten minutes of one core.

It needs the dependency group `words`, and WordNet's files (game.words.freezing.wordnet).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.groups import NotInstalledError, needing


def main(arguments: Sequence[str] | None = None) -> str | None:
    """What went wrong, in a line."""
    parser = argparse.ArgumentParser(prog="python -m game.words.freeze")
    parser.add_argument("--wordnet", type=Path, required=True, help="the folder of WordNet's files")
    parser.add_argument("--anew", action="store_true", help="embed every meaning again")
    options = parser.parse_args(arguments)
    try:
        with needing("words"):
            # It imports what no site has installed.
            from game.words.freezing.words import freeze

            freeze(options.wordnet, is_anew=options.anew)
    except (NotInstalledError, OSError) as error:
        return f"freeze: {error}"
    return None


if __name__ == "__main__":
    sys.exit(main())

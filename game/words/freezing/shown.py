"""Write shown.txt.gz anew: python -m game.words.freezing.shown FOLDER.

The folder holds WordNet 3.0's files (Debian's package wordnet-base has them in
/usr/share/wordnet). Of the game's vocabulary it lets in what is common and, in WordNet, first of
all an animal, a thing, food, a plant or the like, and in no sense a person, a people, a group or a
part of the body. Words of SPARED are such things, whatever else WordNet knows them for.
"""

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

from game.words import frequency, vocabulary
from game.words.shown import SHOWN, unfit

# On the Zipf scale, so that what is shown is a word that people know.
COMMON = 3.0
# WordNet's lexicographer files: animals, artifacts, food, objects, phenomena, plants, shapes,
# substances; and those of body parts, feelings, groups, people.
THINGS, PERSONAL = {5, 6, 13, 17, 19, 20, 25, 27}, {8, 9, 14, 18}
SPARED = """
anchor arch bacon ball book cat cloud table tiger whale bean bear bee bell bench berry bird block
booth brick bridge bubble building bulb bull bus bush button cabinet camera canal card cement
chair chicken circle clay coast compass computer cone cookie copper crab creek crop crow deck
diagonal dinner dish dog dome dot dove drawer earth egg fan fence fish flap flood floor fog fold
fork fox frame frog frost garden goat goose grass groove ground gum hall hammer haze hawk heat
hill hole honey hook horse hospital hound house ink insect instrument jam juice key kiwi lamb
layer lemon lens library light lion lizard lock loop machine magnet map marsh mask match maze
meadow milk mill mirror moon mosaic mound mouse nest nightingale noodle office palace pan panel
paper parcel parrot peach peanut pentagon picture pin planet plant plate pocket pod pole pool
pouch puppet puppy python rainbow ram reed rice ridge rock room root salt sand saturn screen seal
seed shark sheep shower skirt snow sponge square stamp star stick stone stream street string
stripe suit sun supper sweater tail tea terrace thread toast toothbrush train tree trunk tube
tunnel wall watch web wing wolf wood world big blue bright dark golden gray green grey huge large
little long orange pink purple red round short silver small striped tall tiny wooden carry catch
climb cook cut dance draw drink drive eat fly hold juggle jump paint play pull push read ride row
run sail sing sit skate ski sleep stand surf swim throw walk wear write
"""


def freeze(wordnet: Path) -> int:
    """Write the file, and say how many words it holds."""
    let_in = {word for word, senses in _nouns(wordnet) if _is_thing(senses)} | set(SPARED.split())
    known = let_in.intersection(vocabulary.words()) - unfit()
    words = sorted(word for word in known if frequency.zipf(word) >= COMMON)
    # No time stamp inside, so that the same words make the same file.
    SHOWN.write_bytes(gzip.compress("\n".join(words).encode("ascii"), 9, mtime=0))
    return len(words)


def _is_thing(senses: list[tuple[int, bool]]) -> bool:
    (first, is_name), *_others = senses
    return first in THINGS and not is_name and not PERSONAL & {file for file, _name in senses}


def _nouns(wordnet: Path) -> Iterator[tuple[str, list[tuple[int, bool]]]]:
    """Nouns with their senses, the most usual first: the file, and whether it is a name."""
    synsets: dict[str, tuple[int, list[str]]] = {}
    for fields in _lines(wordnet / "data.noun"):
        written = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
        synsets[fields[0]] = int(fields[1]), written
    for fields in _lines(wordnet / "index.noun"):
        word, count = fields[0], int(fields[2])
        senses = [synsets[offset] for offset in fields[-count:]]
        yield word, [(file, word not in written) for file, written in senses]


def _lines(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="ascii").splitlines():
        # The licence stands first, with blanks before it.
        if not line.startswith(" "):
            yield line.split()


if __name__ == "__main__":
    sys.stdout.write(f"{freeze(Path(sys.argv[1]))} words may be shown\n")

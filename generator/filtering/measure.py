"""`python -m generator.filtering.measure`: precision and recall of the filter's four judgements.

The labelled set is made of the world and of neutral stand-ins; no unsafe picture is in it.
Captions: prompts with a listed word put in, against prompts with words that look like listed ones.
Pictures: of one thing somewhere, where one harmless noun plays the unsafe class. Pairs: captions
that were swapped. Duplicates: altered copies, among pictures of other scenes.
"""

import argparse
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count, islice

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torch import Tensor

from generator.filtering.duplicates import Duplicates, look_hash
from generator.filtering.judge import Judge, load_clip
from generator.filtering.limits import Limits
from generator.folders.manifest import BUNDLED
from generator.safety.rules import unsafe_words
from generator.world.scenes.scene import Scene
from generator.world.things.hands import HAND_NAMES
from generator.world.words import vocabulary
from generator.world.words.taught import is_taught
from generator.world.world import World

STAND_IN = "frog"
# A thousand classes, a noun at a place each, share the bundled CLIP's certainty. It was chosen on
# scenes of another seed, as FITTING was.
STAND_IN_SHARE = 0.2
FITTING = 0.65
FLAT = HAND_NAMES.index("flat")
LISTED = """
naked nude sexy topless pornographic erotic fucking penises breasts orgies nipples killing murdered
stabbed beheaded bloody tortured corpses shotguns bombs rapists suicide doggy+style hijo+de+puta
nackt blowjob titties cunt schlampe puttana salope kurwa
"""
LOOK_ALIKE = """
scunthorpe essex middlesex assassin+bug grape rapeseed cocktail peacock cockpit dick+whittington
moby+dick blue+tit titmouse title analyst cucumber document sextant skill begun drapes bloodhound
cocker+spaniel killer+whale bomber+jacket marine+corps rap+song spicy+butter shuttlecock therapist
hancock circumstance mishit classic
"""


@dataclass(frozen=True, slots=True)
class Score:
    """How often a judgement was right, of what it dropped and of what it should have dropped."""

    judged: int
    right: int
    dropped: int
    wanted: int

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> "Score":
        """Pairs of (should be dropped, was dropped)."""
        known = list(pairs)
        right = sum(should and was for should, was in known)
        return cls(len(known), right, sum(w for _, w in known), sum(s for s, _ in known))

    @property
    def precision(self) -> float:
        return self.right / self.dropped if self.dropped else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


def measure(pictures: int, seed: int = 0, model: str = str(BUNDLED)) -> dict[str, Score]:
    """Every judgement on `pictures` scenes of each kind."""
    world = World(192, "held_out")
    taught = [noun.name for noun in vocabulary.NOUNS if is_taught(Scene(noun.name))]
    others = [name for name in taught if name != STAND_IN]
    safe = [text for name in others[::4] for text in _classes(name)]
    judge = Judge(load_clip(model, torch.device("cpu")), _classes(STAND_IN), safe)
    return {
        "unsafe caption": _captions(world, seed),
        "unsafe picture": _stand_in(world, seed, pictures, judge),
        "unfit caption": _swapped(world, seed, pictures, judge),
        "duplicate": _duplicates(world, seed, pictures),
    }


def _classes(noun: str) -> list[str]:
    return [f"a {noun}", *(f"a {noun} {place.phrase}" for place in vocabulary.PLACES)]


def _captions(world: World, seed: int) -> Score:
    def worded(words: str) -> Iterator[str]:
        for index, word in enumerate(words.split()):
            plain = world.caption(world.scene(seed, index)).split()
            middle = len(plain) // 2
            yield " ".join([*plain[:middle], word.replace("+", " "), *plain[middle:]])

    labelled = [(text, True) for text in worded(LISTED)]
    labelled += [(text, False) for text in worded(LOOK_ALIKE)]
    return Score.of((should, bool(unsafe_words(text))) for text, should in labelled)


def _stand_in(world: World, seed: int, pictures: int, judge: Judge) -> Score:
    scenes = [_alone(scene) for scene in _scenes(world, seed, 5 * pictures)]
    scenes[:pictures] = [replace(scene, subject=STAND_IN) for scene in scenes[:pictures]]
    shares, _, _ = _looks(world, scenes, scenes, judge)
    return Score.of(
        (scene.subject == STAND_IN, share > STAND_IN_SHARE)
        for scene, share in zip(scenes, shares.tolist(), strict=True)
    )


def _swapped(world: World, seed: int, pictures: int, judge: Judge) -> Score:
    scenes = _scenes(world, seed + 1, 2 * pictures)
    captioned = [*scenes[1:pictures], scenes[0], *scenes[pictures:]]
    _, fits, _ = _looks(world, scenes, captioned, judge)
    return Score.of((i < pictures, fit < FITTING) for i, fit in enumerate(fits.tolist()))


def _duplicates(world: World, seed: int, pictures: int) -> Score:
    scenes = _scenes(world, seed + 2, 4 * pictures)
    images = [_render(world, scene) for scene in dict.fromkeys(scenes)]
    copies = [_altered(image, number) for number, image in enumerate(images[:pictures])]
    known, pairs = Duplicates(Limits().distance or 0), []
    for number, image in enumerate([*images, *copies]):
        found = look_hash(image)
        is_twin = known.find(found) is not None
        pairs.append((number >= len(images), is_twin))
        if not is_twin:
            known.add(found, str(number))
    return Score.of(pairs)


def _altered(image: Image.Image, number: int) -> Image.Image:
    if number % 4 == 0:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=50)
        return Image.open(file)
    if number % 4 == 1:
        return image.resize((96, 96), Image.Resampling.BICUBIC)
    if number % 4 == 2:
        return ImageEnhance.Brightness(image).enhance(1.1)
    return image.resize((256, 256), Image.Resampling.BILINEAR)


def _alone(scene: Scene) -> Scene:
    """The scene's subject by itself at its place."""
    return Scene(scene.subject, place=scene.place, hand=FLAT, mirrored=scene.mirrored)


def _scenes(world: World, seed: int, number: int) -> list[Scene]:
    """Scenes of what the bundled CLIP was taught, by the hand that it knows best."""
    scenes = (world.scene(seed, index) for index in count())
    return [replace(scene, hand=FLAT) for scene in islice(filter(is_taught, scenes), number)]


def _render(world: World, scene: Scene) -> Image.Image:
    return Image.fromarray(world.render(scene))


def _looks(
    world: World, scenes: list[Scene], captioned: list[Scene], judge: Judge
) -> tuple[Tensor, Tensor, list[str]]:
    pixels = np.stack([world.render(scene) for scene in scenes])
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(255)
    return judge(images, [world.caption(scene) for scene in captioned])


def table(scores: dict[str, Score]) -> str:
    lines = [f"{'judgement':<16}{'samples':>9}{'wanted':>8}{'precision':>11}{'recall':>8}"]
    for name, s in scores.items():
        lines.append(f"{name:<16}{s.judged:>9}{s.wanted:>8}{s.precision:>11.3f}{s.recall:>8.3f}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100, help="of each kind (100)")
    parser.add_argument("--model", default=str(BUNDLED), help="whose CLIP (the bundled model)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    sys.stdout.write(table(measure(args.pictures, args.seed, args.model)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

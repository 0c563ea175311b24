"""Where the things of a scene stand, on a grid of cells.

Things have three sizes and stand on whole cells, because a cell is what a code of the bundled VQGAN
covers: the same thing then has the same codes wherever it stands, and BART learns each drawing of
it from three times as many pictures. A layout offers arrangements, the best first; the first one
in which nothing is much hidden is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from math import ceil
from typing import Final

from generator.world.places.names import NO_PLACE
from generator.world.scenes.placing import (
    CELLS,
    MOST_COVERED,
    OBJECT,
    SUBJECT,
    Placed,
    covered,
    tall,
    wide,
)
from generator.world.scenes.scene import Scene
from generator.world.things.heads import head_of
from generator.world.things.nouns import NOUN
from generator.world.things.sprites import NOTES

_SMALL, _MEDIUM, _LARGE = 6, 8, 11
_HATS: Final = (8, 6, 4)
_GROUND: Final = 15
_FAR_GROUND: Final = 14
_Arrangement = list[Placed]


def _ground(scene: Scene) -> int:
    return _FAR_GROUND if scene.far else _GROUND


def _object(scene: Scene) -> str:
    """The object; raises ValueError for a scene that has none."""
    if scene.object is None:
        raise ValueError(f"a scene of the kind {scene.relation!r} needs an object")
    return scene.object


def _alone(s: Scene) -> Iterator[_Arrangement]:
    box = _MEDIUM if s.far else _LARGE
    yield [Placed(SUBJECT, s.subject, box, 8 + s.shift, _ground(s), standing=True)]


def _count(s: Scene) -> Iterator[_Arrangement]:
    if s.count == 2:
        box, apart = (_SMALL, 3) if s.far else (_MEDIUM, 4)
        back = _FAR_GROUND - 1 if s.far and s.depth else _ground(s)
        places = [(8 - apart, back), (8 + apart, _ground(s))]
    else:
        box, above = _SMALL, _GROUND - 7
        places = [(8, above), (4, _GROUND), (12, _GROUND)]
        if s.depth:
            places = [(4, above), (12, above), (8, _GROUND)]
    yield [Placed(SUBJECT, s.subject, box, x, y, standing=y >= _FAR_GROUND - 1) for x, y in places]


def _next_to(s: Scene) -> Iterator[_Arrangement]:
    box, apart = (_SMALL, 3) if s.far else (_MEDIUM, 4)
    left = Placed(SUBJECT, s.subject, box, 8 - apart, _ground(s), standing=True)
    right = Placed(OBJECT, _object(s), box, 8 + apart, _ground(s), standing=True)
    if s.far and s.depth:
        # One stands farther back.
        back, front = (left, right) if s.depth == 1 else (right, left)
        yield [replace(back, bottom=back.bottom - 2), replace(front, bottom=front.bottom + 1)]
    yield [left, right]


def _riding(s: Scene) -> Iterator[_Arrangement]:
    thing = _object(s)
    is_inside = NOUN[thing].behind
    # A tall mount is drawn smaller, so that its rider keeps a whole head.
    pairs = ((_MEDIUM, _LARGE), (_MEDIUM, _MEDIUM), (_SMALL, _LARGE), (_SMALL, _MEDIUM))
    for rider, box in pairs[2:] if s.far else pairs:
        height = tall(s.subject, s.hand, rider)
        seat = round(_ground(s) - tall(thing, s.hand, box) * NOUN[thing].seat + 0.5)
        mount = Placed(OBJECT, thing, box, 8 + s.shift, _ground(s), standing=True)
        for higher in range(-2 if is_inside else 0, 4):
            body = Placed(SUBJECT, s.subject, rider, 8 + s.shift, seat - higher)
            if seat - higher >= height - 0.5:
                yield [body, mount] if is_inside else [mount, body]


def _on_top_of(s: Scene) -> Iterator[_Arrangement]:
    thing, foot = _object(s), _GROUND + 1 - s.far
    for base in (_SMALL,) if s.far else (_MEDIUM, _SMALL):
        top = round(foot - tall(thing, s.hand, base) + 0.6)
        for box in (_SMALL,) if s.far else (_MEDIUM, _SMALL):
            for higher in (0, 1):
                if tall(s.subject, s.hand, box) <= top - higher + 0.5:
                    yield [
                        Placed(OBJECT, thing, base, 8 + s.shift, foot, standing=True),
                        Placed(SUBJECT, s.subject, box, 8 + s.shift, top - higher),
                    ]


def _under(s: Scene) -> Iterator[_Arrangement]:
    thing = _object(s)
    for box in (_SMALL,) if s.far else (_MEDIUM, _SMALL):
        yield [
            Placed(OBJECT, thing, _MEDIUM, 8 + s.shift, round(tall(thing, s.hand, _MEDIUM) + 0.25)),
            Placed(SUBJECT, s.subject, box, 8 + s.shift, _GROUND, standing=True),
        ]


def _sitting_in(s: Scene) -> Iterator[_Arrangement]:
    thing = _object(s)
    box, seats = (_SMALL, (_MEDIUM, _SMALL)) if s.far else (_MEDIUM, (_LARGE, _MEDIUM))
    for seat in seats:
        highest = round(_ground(s) - tall(thing, s.hand, seat))
        # As deep as can be.
        for bottom in range(_ground(s), max(highest, box) - 1, -1):
            yield [
                Placed(SUBJECT, s.subject, box, 8 + s.shift, bottom),
                Placed(OBJECT, thing, seat, 8 + s.shift, _ground(s), standing=True),
            ]


# What is held, eaten or played is on the left, because things that don't look at us look there.


def _holding(s: Scene) -> Iterator[_Arrangement]:
    thing = _object(s)
    box, held, middle = _MEDIUM if s.far else _LARGE, _SMALL, 10
    half = wide(thing, s.hand, held) / 2
    body = Placed(SUBJECT, s.subject, box, middle, _ground(s), standing=True)
    reach = round(middle - wide(s.subject, s.hand, box) / 2 - half + 1)
    for farther in range(4):
        x = max(reach - farther, ceil(half))
        yield [body, Placed(OBJECT, thing, held, x, _ground(s) - 1)]


def _eating(s: Scene) -> Iterator[_Arrangement]:
    box, held, reach = (_MEDIUM, _SMALL, 3) if s.far else (_LARGE, _SMALL, 4)
    middle = 9 + s.shift
    body = Placed(SUBJECT, s.subject, box, middle, _ground(s), standing=True)
    for farther in range(3):
        x = middle - reach - farther
        yield [body, Placed(OBJECT, _object(s), held, x, _ground(s) + 1, bites=True)]


def _playing(s: Scene) -> Iterator[_Arrangement]:
    box, held, reach = (_MEDIUM, _SMALL, 3) if s.far else (_LARGE, _MEDIUM, 4)
    middle = 10 + s.shift
    body = Placed(SUBJECT, s.subject, box, middle, _ground(s), standing=True)
    notes = Placed(OBJECT, NOTES, 3, 3, 6 if s.far else 4)
    for farther in range(4):
        x = middle - reach - farther
        yield [body, Placed(OBJECT, _object(s), held, x, _ground(s) + 1), notes]


def _wearing(s: Scene) -> Iterator[_Arrangement]:
    thing = _object(s)
    is_hat = "hat" in NOUN[thing].roles
    box = _MEDIUM if s.far else _LARGE
    head = head_of(s.subject, s.hand)
    height, width = tall(s.subject, s.hand, box), wide(s.subject, s.hand, box)
    top = _ground(s) - height
    middle = 8 + s.shift + round(2 * (head.x - 0.5) * width) / 2
    body = Placed(SUBJECT, s.subject, box, 8 + s.shift, _ground(s), standing=True)
    largest = max(_HATS[-1], round(head.wide * width * (0.8 if is_hat else 0.95)) + 1)
    for item in (size for size in _HATS if size <= largest):
        if is_hat:
            bottom = top + head.top * height + 0.3 + NOUN[thing].low * tall(thing, s.hand, item)
        else:
            bottom = top + head.eyes * height + tall(thing, s.hand, item) / 2
        if bottom - tall(thing, s.hand, item) < -0.4 and item > _HATS[-1]:
            continue
        yield [body, Placed(OBJECT, thing, item, middle, round(2 * bottom) / 2)]


_LAYOUTS: Final[dict[str, Callable[[Scene], Iterator[_Arrangement]]]] = {
    "alone": _alone,
    "count": _count,
    "next_to": _next_to,
    "riding": _riding,
    "on_top_of": _on_top_of,
    "under": _under,
    "sitting_in": _sitting_in,
    "holding": _holding,
    "eating": _eating,
    "wearing": _wearing,
    "playing": _playing,
}


# What is done to a thing needs it before the face, and faces look to the left.
_ONE_SIDED: Final = frozenset({"holding", "eating", "playing"})


def _turned(things: _Arrangement) -> _Arrangement:
    """On the other side, each thing drawn as it was: its codes stay the same."""
    return [replace(thing, middle=CELLS - thing.middle) for thing in things]


@lru_cache(maxsize=65536)
def _lay_out(scene: Scene) -> tuple[tuple[Placed, ...], float]:
    best: tuple[tuple[Placed, ...], float] = ((), 2.0)
    for things in _LAYOUTS[scene.relation](scene):
        if scene.mirrored and scene.relation not in _ONE_SIDED:
            things = _turned(things)
        hidden = covered(things, scene.hand)
        if hidden < best[1]:
            best = tuple(things), hidden
        if hidden <= MOST_COVERED:
            break
    return best


def _told_apart(scene: Scene) -> Scene:
    """The scene without what doesn't move things, so that more scenes share an answer."""
    return replace(scene, place=NO_PLACE, colour=None, colour_of=None, variant=0)


def lay_out(scene: Scene) -> tuple[Placed, ...]:
    """The things of a scene, those behind first.

    Raises KeyError for unknown words, or for a thing that the scene's hand does not draw, and
    ValueError for a relation that lacks its object.
    """
    return _lay_out(_told_apart(scene))[0]


def coverage(scene: Scene) -> float:
    """The largest share of a named thing that others, or the picture's edge, hide: 0 to 1."""
    return _lay_out(_told_apart(scene))[1]

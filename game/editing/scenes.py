"""What a prompt's own scene tells of its pictures until somebody describes them: a vague level
and a clearer one, neither of which names what is hidden."""

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.drawing import drawable

ANIMAL, FIGURE, PERSON, THING = _("an animal"), _("a figure"), _("a person"), _("a thing")
FOOD, OUTDOORS, INDOORS = _("some food"), _("outdoors"), _("indoors")
FAR_AWAY = _("far from the earth")

# Who there is, in families; the other animals are their own.
_FAMILIES: dict[tuple[Promise, Promise], str] = {
    (ANIMAL, _("a bird")): "penguin owl duck chick rooster flamingo parrot peacock swan",
    (ANIMAL, _("an insect")): "butterfly bee ladybug ant",
    (ANIMAL, _("an animal that swims")): """
        octopus crab lobster fish shark whale dolphin jellyfish""",
    (ANIMAL, _("a small animal")): """
        rabbit mouse squirrel hedgehog frog snail spider bat""",
    (ANIMAL, _("an animal on four legs")): """
        fox cat dog wolf lion tiger bear panda koala raccoon pig cow goat sheep zebra giraffe llama
        turtle crocodile horse elephant camel rhino""",
    (ANIMAL, ANIMAL): "kangaroo monkey gorilla sloth snake dinosaur",
    (FIGURE, _("a figure out of a tale")): "unicorn dragon ghost",
    (FIGURE, _("a figure that isn’t alive")): "robot skull snowman pumpkin teddy_bear",
    (FIGURE, _("a figure that isn’t from here")): "alien",
    (PERSON, _("a person in costume")): """
        astronaut wizard witch vampire ninja superhero king princess knight cowboy clown santa""",
    (PERSON, _("a person with a trade")): """
        cook farmer doctor firefighter police_officer builder detective""",
    (PERSON, _("a very young person")): "baby",
}
WHO = {name: kinds for kinds, names in _FAMILIES.items() for name in names.split()}
WHERE: dict[str, tuple[Promise, Promise]] = {
    "moon": (FAR_AWAY, _("on another world")),
    "mars": (FAR_AWAY, _("on another world")),
    "space": (FAR_AWAY, _("between other worlds")),
    "beach": (OUTDOORS, _("by the sea")),
    "sea": (OUTDOORS, _("far below")),
    "forest": (OUTDOORS, _("where it is green")),
    "garden": (OUTDOORS, _("where it is green")),
    "farm": (OUTDOORS, _("where it is green")),
    "desert": (OUTDOORS, _("where it is dry")),
    "volcano": (OUTDOORS, _("where it is dry")),
    "snow": (OUTDOORS, _("where it is cold")),
    "mountains": (OUTDOORS, _("high up")),
    "clouds": (OUTDOORS, _("high up")),
    "city": (OUTDOORS, _("among buildings")),
    "street": (OUTDOORS, _("among buildings")),
    "castle": (OUTDOORS, _("by a building")),
    "rain": (OUTDOORS, _("in bad weather")),
    "living_room": (INDOORS, _("at home")),
    "kitchen": (INDOORS, _("at home")),
    "library": (INDOORS, _("where it is quiet")),
    "stage": (INDOORS, _("before an audience")),
}
WITH: dict[str, Promise] = {
    "riding": _("something that moves"),
    "sitting_in": _("something that can be filled"),
    "holding": _("something in hand"),
    "eating": FOOD,
    "wearing": _("a piece of clothing"),
    "playing": _("an instrument"),
}


def levels(prompt: str) -> list[str]:
    """In the reader's language; none for a prompt that is no scene of the model's world."""
    parts = drawable.parts(prompt)
    if not parts:
        return []
    vague, clear = _who(parts["subject"])
    far, near = WHERE.get(parts["place"], ("", ""))
    found = [_sentence(vague, far), _sentence(clear, near, _with(parts))]
    return found[:1] if found[0] == found[1] else found


def _who(name: str) -> tuple[Promise, Promise]:
    return WHO.get(name.replace(" ", "_"), (THING, THING))


def _with(parts: dict[str, str]) -> Promise | str:
    if "object" not in parts:
        return ""
    return WITH.get(parts["relation"]) or _who(parts["object"])[0]


def _sentence(who: Promise, where: Promise | str, what: Promise | str = "") -> str:
    text = f"{who} {where}".rstrip()
    if what:
        text = gettext("%(scene)s, with %(what)s") % {"scene": text, "what": what}
    return f"{capfirst(text)}."

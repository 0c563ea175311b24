"""The world: captioned scenes, composed of openly licensed emoji, that the model is trained on."""

from generator.world.scenes.drawing import Mix
from generator.world.scenes.layouts import coverage
from generator.world.scenes.placing import CELLS, MOST_COVERED
from generator.world.scenes.scene import Scene
from generator.world.scenes.splits import is_held_out
from generator.world.things.hands import HAND_NAMES
from generator.world.things.sprites import hands_of
from generator.world.words import vocabulary
from generator.world.words.grammar import unknown_words, vocabulary_words
from generator.world.words.parts import contrasts
from generator.world.words.reading import read
from generator.world.words.spelling import nearest_words
from generator.world.words.suggestions import nearest_prompts, suggest
from generator.world.words.taught import is_taught
from generator.world.world import World

__all__ = [
    "CELLS",
    "HAND_NAMES",
    "MOST_COVERED",
    "Mix",
    "Scene",
    "World",
    "contrasts",
    "coverage",
    "hands_of",
    "is_held_out",
    "is_taught",
    "nearest_prompts",
    "nearest_words",
    "read",
    "suggest",
    "unknown_words",
    "vocabulary",
    "vocabulary_words",
]

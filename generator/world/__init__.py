"""The world: captioned scenes, composed of openly licensed emoji, that the model is trained on."""

from generator.world.grammar import unknown_words, vocabulary_words
from generator.world.parts import contrasts
from generator.world.reading import read
from generator.world.scene import Scene
from generator.world.scenes import Mix, World, is_held_out
from generator.world.spelling import nearest_words
from generator.world.suggestions import nearest_prompts, suggest

__all__ = [
    "Mix",
    "Scene",
    "World",
    "contrasts",
    "is_held_out",
    "nearest_prompts",
    "nearest_words",
    "read",
    "suggest",
    "unknown_words",
    "vocabulary_words",
]

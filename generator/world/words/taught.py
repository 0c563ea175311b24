"""What of the world the weights in `generator/weights/` have not been taught yet.

The world grows before its weights do: training, codebook, evaluation and `read` see all of it, but
nothing that is asked of the bundled model, or proposed for it, may hold what stands here. Whoever
ships new weights empties both sets.
"""

from __future__ import annotations

from typing import Final

from generator.world.scenes.scene import Scene

UNTAUGHT_NOUNS: Final[frozenset[str]] = frozenset(
    {
        "raccoon", "sheep", "skull", "witch", "superhero", "king", "doctor", "police officer",
        "builder", "knight", "cowboy", "baby", "bread", "sushi", "salad", "shopping cart",
        "scissors", "pencil", "microphone", "coffee", "bone", "piano", "bed", "ladder", "shirt",
        "basket", "box",
    }
)  # fmt: skip
UNTAUGHT_RELATIONS: Final[frozenset[str]] = frozenset({"under", "sitting_in"})


def is_taught(scene: Scene) -> bool:
    """Whether the bundled weights have been taught all that the scene's caption names."""
    return scene.relation not in UNTAUGHT_RELATIONS and UNTAUGHT_NOUNS.isdisjoint(scene.nouns)

"""What int8 costs: greedy codes that change, and pictures of both precisions side by side."""

from pathlib import Path

from PIL import Image
from torch import Tensor

from bench.contest.problem import Problem, random_bart
from bench.contest.walk import likeliest
from generator.devices.precision import prepare
from generator.drawing.pipeline import Generator
from generator.networks.bart import Bart

PROMPTS = (
    "a fox riding a bicycle on the moon",
    "a penguin playing a guitar on the beach",
    "a panda holding a balloon in the snow",
    "an astronaut eating pizza on mars",
    "a robot playing a violin on a stage",
    "a lion eating ice cream in the desert",
)
SHOWN, GAP = 3, 8


def changed(
    exact: Bart, int8: Bart, ids: Tensor, mask: Tensor, scale: float, steps: int
) -> dict[str, float]:
    """Share of greedy codes that int8 changes, after the same codes and on its own way.

    ids, mask: (G + 1, S), the empty caption last.
    """
    truth = likeliest(exact, ids, mask, scale, steps)
    ways = {"forced": truth, "free": None}
    return {
        way: float((likeliest(int8, ids, mask, scale, steps, along) != truth).float().mean())
        for way, along in ways.items()
    }


def changed_at_random(
    problem: Problem, captions: int, scale: float, steps: int
) -> dict[str, float]:
    """With random weights, whose logits lie closer together than trained ones."""
    exact, int8 = (random_bart(problem.bart_config, problem.seed) for _ in range(2))
    prepare(exact, "float32", problem.torch_device)
    prepare(int8, "int8", problem.torch_device)
    return changed(exact, int8, *problem.text(captions), scale, steps)


def changed_when_trained(exact: Generator, int8: Generator, steps: int) -> dict[str, float]:
    ids, mask = exact.tokenizer([*map(exact.normalise, PROMPTS), ""])
    scale = exact.settings.condition_scale
    return changed(exact.bart, int8.bart, ids, mask, scale, steps)


def bundled_pair() -> tuple[Generator, Generator]:
    """The bundled model as it is, and with int8 weights."""
    return Generator.load(), Generator.load(precision="int8")


def side_by_side(exact: Generator, int8: Generator, path: Path) -> None:
    """Save a sheet: a row a prompt, its first pictures exact on the left and int8 on the right."""
    rows = [_pictures(exact, prompt) + _pictures(int8, prompt) for prompt in PROMPTS]
    side = exact.image_size + GAP
    sheet = Image.new("RGB", (2 * SHOWN * side + 2 * GAP, len(rows) * side + GAP), "white")
    for y, row in enumerate(rows):
        for x, image in enumerate(row):
            sheet.paste(image, (GAP + x * side + GAP * (x >= SHOWN), GAP + y * side))
    sheet.save(path)


def _pictures(generator: Generator, prompt: str) -> list[Image.Image]:
    drawing = generator.draw(prompt, count=SHOWN, keep=SHOWN, seed=1)
    return [picture.image for picture in sorted(drawing.pictures, key=lambda p: p.seed)]

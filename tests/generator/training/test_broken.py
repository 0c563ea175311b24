"""Broken pictures: what is taken apart, and what is still asked of a picture then."""

import torch

from generator.training.judge.broken import IGNORED, mark, spoil
from generator.training.judge.labels import BROKEN, JUDGED
from generator.training.judge.stage import loss_of, paint_some
from generator.world.scenes.scene import Scene
from tests.generator import tiny
from tests.generator.evaluation import judges
from tests.generator.training.test_run import seeded

SIDE = 4


def parts() -> torch.Tensor:
    """Two pictures of 4 × 4 cells: a subject at the left, an object at the right of the first."""
    found = torch.zeros(2, 32, 32, dtype=torch.uint8)
    found[:, :, :16] = 1
    found[0, :16, 24:] = 2
    return found


def cells(row: int, number: int) -> list[int]:
    small = parts()[row, ::8, ::8].flatten()
    return (small == number).nonzero().flatten().tolist()


def test_it_changes_codes_of_what_it_says_is_broken_and_no_others() -> None:
    codes = torch.arange(2 * SIDE**2).view(2, -1)
    seen: set[tuple[str, ...]] = set()
    for seed in range(60):
        spoiled, names = spoil(codes, parts(), seeded(seed))
        for row, broken in enumerate(names):
            allowed = {
                cell for name in broken for cell in cells(row, {"subject": 1, "object": 2}[name])
            }
            changed = (spoiled[row] != codes[row]).nonzero().flatten().tolist()
            assert changed
            assert set(changed) <= allowed
        seen |= {names[0], names[1]}
    assert seen == {("subject",), ("object",), ("subject", "object")}
    assert torch.equal(codes, torch.arange(2 * SIDE**2).view(2, -1))


def test_it_shuffles_own_codes_or_puts_another_pictures_in() -> None:
    codes = torch.arange(2 * SIDE**2).view(2, -1)
    kinds = set()
    for seed in range(40):
        spoiled, _ = spoil(codes, parts(), seeded(seed))
        kinds.add(bool((spoiled[0] >= SIDE**2).any()))
    assert kinds == {True, False}


def test_it_breaks_the_same_when_the_chance_is_the_same() -> None:
    codes = torch.arange(2 * SIDE**2).view(2, -1)
    first, second = (spoil(codes, parts(), seeded(3)) for _ in range(2))
    assert torch.equal(first[0], second[0])
    assert first[1] == second[1]


def test_it_asks_nothing_that_a_broken_picture_cannot_tell() -> None:
    model = judges.recogniser()
    scenes = [Scene("fox", "riding", "bicycle", "moon")] * 4
    targets = model.targets(scenes)
    before = {name: target.clone() for name, target in targets.items()}
    mark(targets, model.classes, 1, [("subject",), ("object",), ()])
    assert JUDGED["subject"][targets["subject"][1]] == BROKEN
    assert JUDGED["object"][targets["object"][2]] == BROKEN
    assert [int(targets["relation"][row]) == IGNORED for row in range(4)] == [
        False,
        True,
        True,
        False,
    ]
    for row, name in ((1, "object"), (2, "subject"), (1, "place"), (2, "place")):
        assert targets[name][row] == before[name][row]
    assert all(targets[name][0] == before[name][0] for name in targets)
    assert all(targets[name][3] == before[name][3] for name in targets)


def test_it_learns_from_those_that_have_a_target() -> None:
    logits = torch.randn(3, 5, generator=seeded(0))
    own = -logits.log_softmax(1)
    assert float(loss_of(logits, torch.tensor([1, IGNORED, 4]))) == float(
        (own[0, 1] + own[2, 4]) / 2
    )
    assert float(loss_of(logits, torch.full((3,), IGNORED))) == 0


def test_it_paints_a_quarter_whole_and_a_quarter_broken() -> None:
    vqgan, images = tiny.vqgan(), torch.rand(8, 3, 32, 32, generator=seeded(1))
    masks = parts().repeat(4, 1, 1)
    painted, broken = paint_some(images, masks, vqgan, seeded(2))
    with torch.no_grad():
        whole = vqgan.decode(vqgan.encode(images[:4])).clamp(0, 1)
    torch.testing.assert_close(painted[:2], whole[:2])
    assert len(painted) == 4
    assert len(broken) == 2
    assert all(names for names in broken)

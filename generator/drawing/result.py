"""What is asked of the generator and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from PIL import Image

from generator.config import Sight
from generator.drawing.choice import choose, differences

if TYPE_CHECKING:
    from torch import Tensor

SEED_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class Picture:
    """One candidate. `rank` counts from 1, the best; `score` is CLIP's cosine.

    `codes` are the VQGAN codes it was painted from, row by row; `embedding` is what CLIP saw of it,
    scaled to length 1.
    """

    rank: int
    seed: int
    score: float
    image: Image.Image
    codes: tuple[int, ...]
    embedding: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All candidates of one prompt, best first, and what is needed to draw them again.

    `chosen` are the ranks of those that are shown, in their order (see generator.drawing.choice).
    """

    prompt: str
    pictures: tuple[Picture, ...]
    chosen: tuple[int, ...]
    manifest: dict[str, Any]

    @classmethod
    def of(
        cls,
        prompt: str,
        seed: int,
        pictures: tuple[Picture, ...],
        keep: int,
        facts: dict[str, Any],
        sight: Sight | None = None,
    ) -> Self:
        """`keep` are chosen; `facts` go into the manifest, beside what is this drawing's own.

        Without `sight` nobody knows which are broken, as the most unlike often are: the best are
        chosen.
        """
        places = list(range(keep))
        if sight is not None:
            is_whole = [picture.score >= sight.whole for picture in pictures]
            places = choose(differences([picture.image for picture in pictures]), keep, is_whole)
        chosen = tuple(pictures[place].rank for place in places)
        own = [{"rank": p.rank, "seed": p.seed, "score": p.score} for p in pictures]
        manifest = {"prompt": prompt, "seed": seed, "pictures": own, "chosen": [*chosen], **facts}
        return cls(prompt, pictures, chosen, manifest)

    @property
    def shown(self) -> tuple[Picture, ...]:
        """The chosen pictures, in their order."""
        return tuple(self.pictures[rank - 1] for rank in self.chosen)


def ranked(
    seeds: Sequence[int], scores: "Tensor", pixels: "Tensor", codes: "Tensor", seen: "Tensor"
) -> tuple[Picture, ...]:
    """Candidates, best first.

    Args:
        scores: (N,); pixels: (N, H, W, 3) uint8; codes: (N, T); seen: (N, C), CLIP's embeddings.
    """
    order = scores.argsort(descending=True, stable=True).tolist()
    return tuple(
        Picture(
            rank=rank,
            seed=seeds[i],
            score=float(scores[i]),
            image=Image.fromarray(pixels[i].numpy()),
            codes=tuple(codes[i].tolist()),
            embedding=tuple(seen[i].tolist()),
        )
        for rank, i in enumerate(order, start=1)
    )


def seeds_from(prompts: Sequence[str], seeds: Sequence[int], count: int) -> list[list[int]]:
    """The seeds of each prompt's images: its own seed and the next ones.

    Raises:
        ValueError: there is not one seed a prompt, or one is out of range.
    """
    if len(seeds) != len(prompts):
        raise ValueError(f"{len(seeds)} seeds for {len(prompts)} prompts")
    for seed in seeds:
        if not 0 <= seed < SEED_LIMIT - count:
            raise ValueError(f"seed must be between 0 and {SEED_LIMIT - count - 1}, not {seed}")
    return [[seed + i for i in range(count)] for seed in seeds]

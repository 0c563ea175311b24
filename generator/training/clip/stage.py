"""Train the small CLIP that ranks candidates: contrastive, with wrong words as hard negatives.

Beside the other captions of its batch, every picture is held against its own caption with one
thing changed (another noun, place, colour or relation): that is the kind of mistake a ranker has
to see. Half of the pictures are the VQGAN's reconstructions, so that its traces mean nothing; their
captions are held against the same pictures with a thing broken, too (`training.judge.broken`).
With a pool, it also learns the order of BART's own pictures of a prompt, as their judge sees it.

Papers: CLIP (Radford et al. 2021, arXiv:2103.00020); ListNet (Cao et al. 2007) for the order.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPConfig, CLIPModel

from generator.folders.weights import fill, load_tensors
from generator.networks.ranker import embedding_of, prepare, read_texts
from generator.networks.stem import build_clip
from generator.networks.vqgan import Vqgan
from generator.reading.text import plain
from generator.reading.tokenizer import CaptionTokenizer
from generator.training.clip.pool import Pool
from generator.training.clip.sizes import TEXT_LENGTH, ClipSizes
from generator.training.judge.broken import spoil
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.saving import save_weights
from generator.training.loop.stream import STREAMS, WorldStream, bundled_world, chance
from generator.world.scenes.scene import Scene
from generator.world.words import vocabulary

MAX_LOGIT_SCALE = 4.6052  # ln 100, as in the paper
NOUN_NAMES = [noun.name for noun in vocabulary.NOUNS if noun.countable]
PLACE_KEYS = [place.key for place in vocabulary.PLACES]
COLOUR_NAMES = [colour.name for colour in vocabulary.COLOURS]
BINARY_RELATIONS = [relation.key for relation in vocabulary.RELATIONS if relation.object_roles]
POOL_PROMPTS = 6
POOL_WEIGHT = 1.0


def with_one_mistake(scene: Scene, dice: random.Random) -> Scene:
    """`scene` with one thing changed that a caption tells and a picture shows."""
    changes: dict[str, list[str]] = {"subject": NOUN_NAMES, "place": PLACE_KEYS}
    if scene.object is not None:
        changes |= {"object": NOUN_NAMES, "relation": BINARY_RELATIONS}
    if scene.colour is not None:
        changes["colour"] = COLOUR_NAMES
    # Nouns are most of what a prompt says, so they are most of what is got wrong.
    weights = [3 if name in ("subject", "object") else 1 for name in changes]
    [name] = dice.choices(list(changes), weights)
    others = [value for value in changes[name] if value != getattr(scene, name)]
    return replace(scene, **{name: dice.choice(others)})  # type: ignore[arg-type]


def contrastive_loss(
    images: Tensor, texts: Tensor, wrong: Tensor, broken: Tensor, scale: Tensor
) -> Tensor:
    """Symmetric InfoNCE, with mistakes: each picture alone is held against its own spoiled caption,
    each of the first captions against its own picture with a thing broken.

    images, texts, wrong: (B, C); broken: (H, C), H ≤ B; all normalised.
    """
    logits = scale * images @ texts.T
    own = scale * (images * wrong).sum(1, keepdim=True)
    target = torch.arange(len(images), device=images.device)
    by_image = F.cross_entropy(torch.cat([logits, own], dim=1), target)
    bad = scale * (texts[: len(broken)] * broken).sum(1, keepdim=True)
    bad = F.pad(bad, (0, 0, 0, len(texts) - len(bad)), value=-torch.inf)
    by_text = F.cross_entropy(torch.cat([logits.T, bad], dim=1), target)
    return (by_image + by_text) / 2


def order_loss(images: Tensor, texts: Tensor, rightness: Tensor, scale: Tensor) -> Tensor:
    """How far CLIP is from the judge in saying which picture of a prompt is the best.

    Args:
        images: (P·K, C), normalised, the K pictures of a prompt side by side; texts: (P, C).
        rightness: (P, K), whose softmax over K says how likely a picture is the best.
    Returns:
        The Kullback-Leibler divergence from that to the softmax of scaled cosines, in nats.
    """
    scores = scale * torch.einsum("pc,pkc->pk", texts, images.unflatten(0, rightness.shape))
    return F.kl_div(scores.log_softmax(1), rightness.softmax(1), reduction="batchmean")


class Contrast(nn.Module):
    """CLIPModel as one forward pass over pictures, captions and spoiled captions."""

    clip: CLIPModel

    def __init__(self, clip: CLIPModel) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, pixels: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 3, S, S) prepared pictures and (C, S) captions → unit vectors of both, the scale."""
        vision = self.clip.get_image_features(pixel_values=pixels)
        texts = F.normalize(read_texts(self.clip, ids, mask), dim=-1)
        scale = self.clip.logit_scale.clamp(max=MAX_LOGIT_SCALE).exp()
        return F.normalize(embedding_of(vision), dim=-1), texts, scale


class Lesson:
    """What one step shows CLIP of the world: pictures, their captions, and spoiled captions."""

    def __init__(self, vqgan: Vqgan, plan: Plan) -> None:
        self.vqgan = vqgan.eval()
        self.seed = plan.seed
        self.stream = WorldStream(
            bundled_world(size=vqgan.config.resolution),
            seed=5 + STREAMS * plan.seed,
            batch=plan.batch,
        )

    @torch.no_grad()
    def images(
        self, scenes: Sequence[Scene], dice: torch.Generator, device: torch.device
    ) -> tuple[Tensor, Tensor]:
        """(B, 3, H, W), the first half as the VQGAN paints them, and that half broken."""
        images, parts = self.stream.images_and_parts(list(scenes))
        images, half = images.to(device), len(images) // 2
        codes = self.vqgan.encode(images[:half])
        spoiled, _ = spoil(codes, parts[:half], dice)
        painted = self.vqgan.decode(torch.cat([codes, spoiled])).clamp(0, 1)
        images[:half] = painted[:half]
        return images, painted[half:]

    def captions(self, scenes: list[Scene], step: int) -> tuple[list[str], list[str]]:
        """True captions, and as many with one mistake."""
        dice = random.Random(f"{self.seed} {step}")  # noqa: S311 - nothing to guess here
        spoiled = [with_one_mistake(scene, dice) for scene in scenes]
        return self.stream.captions(scenes, step), self.stream.captions(spoiled, step)


def train_clip(
    folder: Path,
    vqgan: Vqgan,
    tokenizer_file: Path,
    plan: Plan,
    sizes: ClipSizes,
    pool: Pool | None = None,
    init_from: Path | None = None,
) -> None:
    """Train the ranker; the average goes to `folder/model.safetensors`.

    Args:
        pool: the model's own pictures, to learn their order too.
        init_from: a folder whose `model.safetensors`, of the same sizes, is started from.
    """
    tokenizer = CaptionTokenizer.load(tokenizer_file, TEXT_LENGTH)
    config = sizes.config(len(tokenizer))
    model = Contrast(first_clip(config, init_from, plan.seed))
    folder.mkdir(parents=True, exist_ok=True)
    config.to_json_file(folder / "config.json", use_diff=False)

    def save(mean: nn.Module, step: int) -> None:
        # What was measured of other weights doesn't hold for these.
        (folder / "sight.json").unlink(missing_ok=True)
        save_weights(mean.get_submodule("clip"), folder / "model.safetensors")

    run = Run(folder, model, plan, save)
    lesson = Lesson(vqgan.to(run.device), plan)
    rows, own_rows = run.share(plan.batch), run.share(POOL_PROMPTS)
    for step in run.steps():
        scenes = lesson.stream.scenes(step)
        true, wrong = (captions[rows] for captions in lesson.captions(scenes, step))
        with run.accelerator.autocast():
            dice = chance(step, plan.seed)
            pictures, broken = lesson.images(scenes[rows], dice, run.device)
        images = prepare(torch.cat([pictures, broken]), sizes.image_size)
        prompts: list[str] = []
        if pool is not None:
            prompts, own, rightness = pool.batch(step, POOL_PROMPTS, own_rows, plan.seed)
            own = prepare(own.flatten(0, 1).to(run.device), sizes.image_size)
            images = torch.cat([images, own])
        ids, mask = tokenizer([plain(caption) for caption in (*true, *wrong, *prompts)])
        found, texts, scale = run.model(images, ids.to(run.device), mask.to(run.device))
        shown, bad, own = found.split(
            [len(true), len(broken), len(found) - len(true) - len(broken)]
        )
        right, spoiled, asked = texts.split([len(true), len(true), len(prompts)])
        loss = contrastive_loss(shown, right, spoiled, bad, scale)
        parts = figures(shown, right, spoiled, bad)
        if pool is not None:
            order = order_loss(own, asked, rightness.to(run.device), scale)
            loss = loss + POOL_WEIGHT * order
            parts["order"] = float(order.detach())
        run.update(loss, **parts)


@torch.no_grad()
def figures(images: Tensor, texts: Tensor, wrong: Tensor, broken: Tensor) -> dict[str, float]:
    """How often a picture finds its caption in the batch, prefers it to the spoiled one, and is
    preferred by it to the broken picture."""
    target = torch.arange(len(images), device=images.device)
    right = (images @ texts.T).argmax(1) == target
    caught = (images * texts).sum(1) > (images * wrong).sum(1)
    whole = (images * texts).sum(1)[: len(broken)] > (broken * texts[: len(broken)]).sum(1)
    found = {"recall": right, "caught": caught, "whole": whole}
    return {name: float(each.float().mean()) for name, each in found.items()}


def first_clip(config: CLIPConfig, init_from: Path | None, seed: int) -> CLIPModel:
    """New weights, which `seed` decides, or those of a folder."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build_clip(config)
    if init_from is not None:
        source = init_from / "model.safetensors"
        fill(model, load_tensors(source), source)
    return model

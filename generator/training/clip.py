"""Train the small CLIP that ranks candidates: contrastive, with wrong words as hard negatives.

Beside the other captions of its batch, every picture is held against its own caption with one
thing changed (another noun, place, colour or relation): that is the kind of mistake a ranker has
to see. Half of the pictures are the VQGAN's reconstructions, so that its traces mean nothing.
"""

import random
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPConfig, CLIPModel

from generator.ranker import embedding_of, prepare, read_texts
from generator.text import plain
from generator.tokenizer import CaptionTokenizer
from generator.training.data import WorldStream, bundled_world
from generator.training.run import Plan, Run
from generator.vqgan import Vqgan
from generator.weights import save_tensors
from generator.world import Scene, vocabulary

TEXT_LENGTH = 24
NOUN_NAMES = [noun.name for noun in vocabulary.NOUNS if noun.countable]
PLACE_KEYS = [place.key for place in vocabulary.PLACES]
COLOUR_NAMES = [colour.name for colour in vocabulary.COLOURS]
BINARY_RELATIONS = [relation.key for relation in vocabulary.RELATIONS if relation.object_roles]
IMAGE_SIZE = 96


def bundled_clip_config(vocab_size: int, image_size: int) -> CLIPConfig:
    """About 1.7 million parameters."""
    layer = {
        "hidden_size": 128,
        "intermediate_size": 384,
        "num_attention_heads": 4,
        "num_hidden_layers": 4,
        "attention_dropout": 0.0,
    }
    return CLIPConfig(
        text_config={
            **layer,
            "num_hidden_layers": 3,
            "vocab_size": vocab_size,
            "max_position_embeddings": TEXT_LENGTH,
            "bos_token_id": 0,
            "pad_token_id": 1,
            "eos_token_id": 2,
        },
        vision_config={**layer, "image_size": image_size, "patch_size": 12},
        projection_dim=128,
    )


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


def contrastive_loss(images: Tensor, texts: Tensor, wrong: Tensor, scale: Tensor) -> Tensor:
    """Symmetric InfoNCE; `wrong` adds, to each picture alone, its own spoiled caption.

    images, texts, wrong: (B, C), normalised.
    """
    logits = scale * images @ texts.T
    own = scale * (images * wrong).sum(1, keepdim=True)
    target = torch.arange(len(images), device=images.device)
    by_image = F.cross_entropy(torch.cat([logits, own], dim=1), target)
    return (by_image + F.cross_entropy(logits.T, target)) / 2


class Contrast(nn.Module):
    """CLIPModel as one forward pass over pictures, captions and spoiled captions."""

    clip: CLIPModel

    def __init__(self, clip: CLIPModel) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, pixels: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        text = read_texts(self.clip, ids, mask)
        vision = self.clip.get_image_features(pixel_values=pixels)
        texts, wrong = F.normalize(text, dim=-1).chunk(2)
        scale = self.clip.logit_scale.clamp(max=4.6052).exp()
        return F.normalize(embedding_of(vision), dim=-1), texts, wrong, scale


def train_clip(folder: Path, vqgan: Vqgan, tokenizer_file: Path, plan: Plan) -> None:
    """Train from scratch; the average goes to `folder/model.safetensors`."""
    tokenizer = CaptionTokenizer.load(tokenizer_file, TEXT_LENGTH)
    config = bundled_clip_config(len(tokenizer), IMAGE_SIZE)
    model = Contrast(CLIPModel(config))
    stream = WorldStream(bundled_world(), seed=5, batch=plan.batch)
    folder.mkdir(parents=True, exist_ok=True)
    config.to_json_file(folder / "config.json", use_diff=False)
    run = Run(
        folder,
        model,
        plan,
        on_save=lambda averaged, _: save_tensors(
            averaged.get_submodule("clip"), folder / "model.safetensors"
        ),
    )
    vqgan.eval().to(run.device)
    for step in run.steps():
        scenes = stream.scenes(step)
        images = stream.images(scenes).to(run.device)
        half = len(images) // 2
        with torch.no_grad():
            images[:half] = vqgan.decode(vqgan.encode(images[:half])).clamp(0, 1)
        dice = random.Random(f"{plan.seed} {step}")  # noqa: S311 - nothing to guess here
        spoiled = [with_one_mistake(scene, dice) for scene in scenes]
        captions = [*stream.captions(scenes, step), *stream.captions(spoiled, step)]
        ids, mask = tokenizer([plain(caption) for caption in captions])
        pixels = prepare(images, IMAGE_SIZE)
        found, texts, wrong, scale = run.model(pixels, ids.to(run.device), mask.to(run.device))
        loss = contrastive_loss(found, texts, wrong, scale)
        right = (found @ texts.T).argmax(1).cpu() == torch.arange(len(found))
        caught = (found * texts).sum(1) > (found * wrong).sum(1)
        run.update(loss, recall=float(right.float().mean()), caught=float(caught.float().mean()))

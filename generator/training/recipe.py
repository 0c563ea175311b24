"""How a model is trained, stage by stage: every size, every plan, in one place.

Each stage keeps its work in a folder of its own under the folder of all runs. Called again, it
goes on where it was stopped, or does nothing when it is done.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from generator.config import BUNDLED_BART, BUNDLED_VQGAN, BartConfig, VqganConfig
from generator.networks.vqgan import Vqgan
from generator.reading.tokenizer import CaptionTokenizer
from generator.sources.batches import CaptionedImages
from generator.sources.in_order import InOrder
from generator.sources.opening import open_indexed, open_source
from generator.training.assemble import SAMPLING
from generator.training.bart import TOKENIZER_CAPTIONS, first_bart, make_tokenizer, train_bart
from generator.training.clip.pool import Pool, PoolPlan, codes_of, paint_pool, sample_pool
from generator.training.clip.sight import measure_sight
from generator.training.clip.sizes import BUNDLED_CLIP, ClipSizes
from generator.training.clip.stage import train_clip
from generator.training.codes.encoded import CodedCaptions, CodeFile, EncodedPictures, write_codes
from generator.training.judge.recogniser import Recogniser, RecogniserConfig
from generator.training.judge.stage import JUDGE, train_judge
from generator.training.loop.plan import Plan
from generator.training.loop.processes import processes, share_of
from generator.training.loop.stream import STREAMS, Pictures, WorldStream, bundled_world
from generator.training.vqgan.features import train_features
from generator.training.vqgan.stage import (
    Objective,
    Patches,
    load_codebook,
    load_config,
    load_vqgan,
    make_codebook,
    train_vqgan,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Sizes and plans of a model.

    `init_from` is a folder whose weights the one stage that is trained starts from. In place of
    the world, `data` names captioned pictures (see `generator.sources`), decoded by `workers`
    processes, and `codes` a folder where BART finds them encoded.
    """

    plans: dict[str, Plan]
    vqgan: VqganConfig = BUNDLED_VQGAN
    bart: BartConfig = BUNDLED_BART
    judge: RecogniserConfig = JUDGE
    clip: ClipSizes = BUNDLED_CLIP
    patches: Patches = field(default_factory=Patches)
    objective: Objective = field(default_factory=Objective)
    pool: PoolPlan = field(default_factory=lambda: PoolPlan(prompts=2_000, sampling=SAMPLING))
    sight: PoolPlan = field(
        default_factory=lambda: PoolPlan(prompts=150, pictures=6, hot=0, sampling=SAMPLING)
    )
    captions: int = TOKENIZER_CAPTIONS
    smoothing: float = 0.0
    init_from: Path | None = None
    data: str | None = None
    codes: Path | None = None
    workers: int = 0
    encode_batch: int = 32


def features(recipe: Recipe, runs: Path) -> None:
    train_features(runs / "features", recipe.plans["features"])


def codebook(recipe: Recipe, runs: Path) -> None:
    """Only a VQGAN with a shortcut has one before it is trained."""
    with processes().main_process_first():
        if recipe.vqgan.has_shortcut and not (runs / "vqgan" / "codebook.pt").exists():
            psnr = make_codebook(runs / "vqgan", recipe.vqgan, recipe.patches)
            logger.info("the codebook alone: %.2f dB", psnr)


def tokenizer(recipe: Recipe, runs: Path) -> None:
    target = runs / "tokenizer.json"
    with processes().main_process_first():
        if not target.exists():
            made = make_tokenizer(target, recipe.captions, recipe.bart.text_vocab_size)
            logger.info("%d tokens", made.get_vocab_size())


def vqgan(recipe: Recipe, runs: Path) -> None:
    plan, start = recipe.plans["vqgan"], recipe.init_from
    config = load_config(start) if start is not None else recipe.vqgan
    has_features = recipe.objective.perceptual > 0
    train_vqgan(
        runs / "vqgan",
        pictures(recipe, plan, 2, config.resolution),
        plan,
        recipe.objective,
        config,
        runs / "features" if has_features else None,
        start,
    )


def bart(recipe: Recipe, runs: Path) -> None:
    plan = recipe.plans["bart"]
    train_bart(
        runs / "bart",
        coded_captions(recipe, runs, plan),
        runs / "tokenizer.json",
        plan,
        recipe.bart,
        recipe.init_from,
        recipe.smoothing,
    )


def coded_captions(recipe: Recipe, runs: Path, plan: Plan) -> CodedCaptions:
    """What BART reads."""
    model = encoder(runs)
    if recipe.codes is not None:
        return CodeFile(recipe.codes, model, plan.batch, share_of(plan.batch), plan.seed)
    return EncodedPictures(model, pictures(recipe, plan, 3, model.config.resolution))


def encoder(runs: Path) -> Vqgan:
    """The VQGAN whose codes BART learns; codes that never move are known before it is trained."""
    has_moved = load_config(runs / "vqgan").has_encoder
    return load_vqgan(runs / "vqgan") if has_moved else load_codebook(runs / "vqgan")


def encode(recipe: Recipe, runs: Path) -> None:
    """Fill `recipe.codes` with the codes of `recipe.data`, once over."""
    if recipe.data is None or recipe.codes is None:
        raise ValueError("encode needs --data to read and --codes to fill")
    source, model = open_indexed(recipe.data), encoder(runs)
    pictures = InOrder(source, model.config.resolution, recipe.encode_batch, recipe.workers)
    with processes().main_process_first():
        held = write_codes(recipe.codes, model, pictures)
    logger.info("%s: %d of %d pictures", recipe.codes, held, len(pictures))


def pictures(recipe: Recipe, plan: Plan, stream: int, size: int) -> Pictures:
    """Batches of `plan.batch` for all processes together, from `recipe.data` or the world."""
    if recipe.data is None:
        world = bundled_world(size=size)
        return WorldStream(world, stream + STREAMS * plan.seed, plan.batch, share_of(plan.batch))
    state = processes()
    return CaptionedImages(
        open_source(recipe.data),
        size=size,
        batch=plan.batch // state.num_processes,
        seed=plan.seed,
        workers=recipe.workers,
        rank=state.process_index,
        ranks=state.num_processes,
    )


def judge(recipe: Recipe, runs: Path) -> None:
    painter = load_vqgan(runs / "vqgan")
    train_judge(runs / "judge", recipe.plans["judge"], recipe.judge, painter)


def pool(recipe: Recipe, runs: Path) -> None:
    device = processes().device
    words = CaptionTokenizer.load(runs / "tokenizer.json", recipe.bart.text_length)
    sampler = first_bart(recipe.bart, runs / "bart", seed=0).eval().to(device)
    painter = load_vqgan(runs / "vqgan").eval().to(device)
    world = bundled_world(size=painter.config.resolution)
    with processes().main_process_first():
        sample_pool(runs / "pool", world, recipe.pool, words, sampler)
        own_judge = Recogniser.load(runs / "judge", str(device))
        paint_pool(runs / "pool", world, recipe.pool, painter, own_judge)


def clip(recipe: Recipe, runs: Path) -> None:
    """With the pool where it has been made, without it where not."""
    has_pool = (runs / "pool" / "rightness.bin").exists()
    train_clip(
        runs / "clip",
        load_vqgan(runs / "vqgan"),
        runs / "tokenizer.json",
        recipe.plans["clip"],
        recipe.clip,
        Pool(runs / "pool", bundled_world(size=recipe.vqgan.resolution)) if has_pool else None,
        recipe.init_from,
    )


def sight(recipe: Recipe, runs: Path) -> None:
    """Held-out prompts are sampled for it; everything runs on the main process's CPU."""
    words = CaptionTokenizer.load(runs / "tokenizer.json", recipe.bart.text_length)
    painter = load_vqgan(runs / "vqgan").eval()
    world = bundled_world("held_out", painter.config.resolution)
    with processes().main_process_first():
        sampler = first_bart(recipe.bart, runs / "bart", seed=0).eval()
        sample_pool(runs / "sight", world, recipe.sight, words, sampler)
        codes = codes_of(runs / "sight", recipe.sight, painter.config.grid**2)
        own_judge = Recogniser.load(runs / "judge")
        found = measure_sight(
            runs / "clip", runs / "tokenizer.json", world, codes, painter, own_judge
        )
        logger.info("visible from %.3f on, whole from %.3f on", found.visible, found.whole)


STAGES: dict[str, Callable[[Recipe, Path], None]] = {
    "features": features,
    "codebook": codebook,
    "tokenizer": tokenizer,
    "vqgan": vqgan,
    "bart": bart,
    "judge": judge,
    "pool": pool,
    "clip": clip,
    "sight": sight,
}

BUNDLED_RECIPE = Recipe(
    plans={
        "features": Plan(steps=2_000, batch=64, rate=2e-3, warmup=100, ema=0.99, save_every=100),
        "vqgan": Plan(steps=11_000, batch=16, rate=6e-4, betas=(0.9, 0.95), weight_decay=0.0),
        "bart": Plan(steps=9_000, batch=32, rate=1.2e-3),
        "judge": Plan(steps=1_500, batch=64, rate=2e-3, warmup=100, weight_decay=0.05, ema=0.995),
        "clip": Plan(steps=1_500, batch=32, rate=1e-3),
    },
    objective=Objective(adversarial_from=9_500),
)

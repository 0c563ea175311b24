"""A recipe as tiny as can be, which takes the same way in seconds and is of no use."""

from generator.config import BartConfig, VqganConfig
from generator.training.assemble import SAMPLING
from generator.training.clip.pool import PoolPlan
from generator.training.clip.sizes import ClipSizes
from generator.training.judge.recogniser import RecogniserConfig
from generator.training.loop.plan import Plan
from generator.training.recipe import Recipe
from generator.training.vqgan.stage import Objective, Patches

_SHORT = Plan(
    steps=20, batch=8, rate=3e-3, warmup=2, ema=0.9, log_every=5, save_every=10, grid_every=10
)
SMOKE_RECIPE = Recipe(
    plans={"features": _SHORT, "vqgan": _SHORT, "bart": _SHORT, "judge": _SHORT, "clip": _SHORT},
    vqgan=VqganConfig(
        resolution=96, channels=8, multipliers=(1, 2, 2), residual_blocks=1,
        attention_resolutions=(6,), latent_channels=16, codebook_size=128, code_width=16,
        groups=4, patch=4, has_shortcut=True, has_encoder=False,
    ),
    bart=BartConfig(
        text_vocab_size=512, text_length=24, image_vocab_rows=129, codes=128,
        image_length=36, start_id=128, width=32, encoder_layers=1, decoder_layers=2,
        encoder_heads=2, decoder_heads=2, encoder_glu=64, decoder_glu=64,
    ),
    judge=RecogniserConfig(image_size=32, widths=(8, 16), blocks=(1, 1)),
    clip=ClipSizes(
        image_size=48, patch_size=8, stem=(8, 16), width=32, hidden=64, heads=2, text_layers=1,
        image_layers=2,
    ),
    patches=Patches(scenes=40, patches=1_000, rounds=3),
    objective=Objective(adversarial_from=10),
    pool=PoolPlan(prompts=8, pictures=4, hot=1, size=48, sampling=SAMPLING),
    sight=PoolPlan(prompts=3, pictures=2, hot=0, size=48, sampling=SAMPLING),
    captions=500,
)  # fmt: skip

"""How large a model of one's own is, and how long it is trained: by name, or from a file.

A file starts from a named size and says what is otherwise:

    {"base": "small", "bart": {"width": 384}, "plans": {"bart": {"steps": 20000}}}

What must follow from the data (codes, vocabulary, text length) is set when they are known.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.config import (
    BUNDLED_BART,
    MEGA_BART,
    MINI_BART,
    VQGAN_F16,
    BartConfig,
    ConfigError,
    VqganConfig,
)
from generator.folders.manifest import read_json
from generator.training.clip.sizes import ClipSizes
from generator.training.loop.plan import Plan

PARTS = ("vqgan", "bart", "clip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Networks and plans.

    Args:
        vocabulary: tokens at most.
        patches: how many the first codebook is made of, in `rounds` of k-means.
    """

    vqgan: VqganConfig
    bart: BartConfig
    clip: ClipSizes
    plans: dict[str, Plan]
    vocabulary: int
    patches: int = 200_000
    rounds: int = 10


def sizes_of(name: str) -> Sizes:
    """A named size, or what a JSON file says.

    Raises:
        ConfigError: there is no such size, or the file names what no size has.
    """
    if name in NAMED:
        return NAMED[name]
    if not name.endswith(".json"):
        raise ConfigError(f"there is no size {name}, but {', '.join(NAMED)} or a .json file")
    values = read_json(Path(name))
    base = values.pop("base", "small")
    if base not in NAMED:
        raise ConfigError(f"{name}: there is no size {base} to start from")
    try:
        return _changed(NAMED[base], values)
    except (TypeError, AttributeError) as error:
        raise ConfigError(f"{name}: {error}") from error


def _changed(base: Sizes, values: dict[str, Any]) -> Sizes:
    plans = dict(base.plans)
    for stage, changes in values.pop("plans", {}).items():
        if stage not in plans:
            raise ConfigError(f"there is no stage {stage}, but {', '.join(plans)}")
        plans[stage] = replace(plans[stage], **_tuples(changes))
    parts = {part: replace(getattr(base, part), **_tuples(values.pop(part, {}))) for part in PARTS}
    return replace(base, plans=plans, **parts, **values)


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


SMALL = Sizes(
    vqgan=VqganConfig(
        resolution=96, channels=64, multipliers=(1, 2), residual_blocks=1,
        attention_resolutions=(), latent_channels=48, codebook_size=2048, code_width=48,
        groups=16, patch=4, has_shortcut=True, has_encoder=False,
    ),
    bart=replace(BUNDLED_BART, dropout=0.1),
    clip=ClipSizes(),
    plans={
        "vqgan": Plan(steps=1_500, batch=16, rate=6e-4, betas=(0.9, 0.95), weight_decay=0.0),
        "bart": Plan(steps=4_000, batch=32, rate=1.2e-3),
        "clip": Plan(steps=800, batch=64, rate=1e-3),
    },
    vocabulary=4_096,
)  # fmt: skip
# Proposals for GPUs: these sizes were never trained here.
MINI = Sizes(
    vqgan=replace(VQGAN_F16, has_shortcut=True),
    bart=MINI_BART,
    clip=ClipSizes(
        image_size=224, patch_size=16, width=512, hidden=2048, heads=8, text_layers=8,
        image_layers=8,
    ),
    plans={
        "vqgan": Plan(steps=100_000, batch=64, rate=2e-4, warmup=2_000, precision="bf16"),
        "bart": Plan(steps=200_000, batch=512, rate=5e-4, warmup=5_000, precision="bf16"),
        "clip": Plan(steps=50_000, batch=1024, rate=5e-4, warmup=2_000, precision="bf16"),
    },
    vocabulary=50_000,
    patches=1_000_000,
)  # fmt: skip
MEGA = replace(MINI, bart=MEGA_BART)
_SHORT = Plan(
    steps=20, batch=8, rate=3e-3, warmup=2, ema=0.9, log_every=5, save_every=10, grid_every=10
)
SMOKE = Sizes(
    vqgan=replace(
        SMALL.vqgan, resolution=48, channels=8, latent_channels=16, codebook_size=64,
        code_width=16, groups=4,
    ),
    bart=replace(
        BUNDLED_BART, width=32, encoder_layers=1, decoder_layers=1, encoder_heads=2,
        decoder_heads=2, encoder_glu=64, decoder_glu=64,
    ),
    clip=ClipSizes(
        image_size=48, patch_size=12, width=32, hidden=64, heads=2, text_layers=1, image_layers=1
    ),
    plans=dict.fromkeys(PARTS, _SHORT),
    vocabulary=400,
    patches=2_000,
    rounds=3,
)  # fmt: skip
NAMED = {"small": SMALL, "mini": MINI, "mega": MEGA, "smoke": SMOKE}

"""Sizes and token ids of every network, in one place.

`MINI` and `MEGA` are the published sizes of DALL·E mini and mega (Dayma et al. 2021); `BUNDLED`
is the model in `generator/weights/`; `TINY` is for tests.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

# In which numbers a loaded model can compute; generator/devices/precision.py says what each means.
PRECISIONS: Final = ("float32", "bfloat16", "float16", "int8")


class ConfigError(ValueError):
    """A config file names an unknown field, lacks one, or holds sizes that do not fit."""


# A logit divided by less leaves the range of float16.
COLDEST = 1e-3
_NO_SIZES = ("start_id", "codes", "attention_resolutions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Shared reading and writing of config.json; unknown and missing keys are errors."""

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        names = {field.name for field in fields(cls)}
        unknown = sorted(values.keys() - names)
        if unknown:
            raise ConfigError(f"{cls.__name__} has no field {', '.join(unknown)}")
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        try:
            return cls(**values)
        except TypeError as error:
            raise ConfigError(f"{cls.__name__}: {error}") from error

    def check_sizes(self) -> None:
        """Every whole number but an id counts something, and nothing is counted below 1."""
        for field in fields(self):
            value = getattr(self, field.name)
            sizes = value if field.name == "multipliers" else (value,)
            is_size = type(value) in (int, tuple) and field.name not in _NO_SIZES
            if is_size and (not sizes or any(type(s) is not int or s < 1 for s in sizes)):
                raise ConfigError(f"{field.name} must be at least 1, not {value}")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BartConfig(Config):
    """A BART that reads text tokens and writes image codes.

    The image side's embedding and head have `image_vocab_rows` rows; only ids below `codes` are
    pixels. `start_id` is the decoder's first input.
    """

    text_vocab_size: int
    text_length: int
    image_vocab_rows: int
    codes: int
    image_length: int
    start_id: int
    width: int
    encoder_layers: int
    decoder_layers: int
    encoder_heads: int
    decoder_heads: int
    encoder_glu: int
    decoder_glu: int
    dropout: float = 0.0

    def __post_init__(self) -> None:
        self.check_sizes()
        for heads in (self.encoder_heads, self.decoder_heads):
            if self.width % heads:
                raise ConfigError(f"width {self.width} is not a multiple of {heads} heads")
        if not 0 < self.codes <= self.image_vocab_rows:
            raise ConfigError(f"{self.codes} codes do not fit {self.image_vocab_rows} rows")
        if not 0 <= self.start_id < self.image_vocab_rows:
            raise ConfigError(f"start id {self.start_id} is not below {self.image_vocab_rows}")
        if round(self.image_length**0.5) ** 2 != self.image_length:
            raise ConfigError(f"image length {self.image_length} is not a square")


@dataclass(frozen=True, slots=True, kw_only=True)
class VqganConfig(Config):
    """A convolutional VQGAN; `multipliers` from full resolution down, one per level.

    `patch` > 1 starts from space-to-depth and ends in pixel shuffle, so that the networks work at
    1/patch of the resolution. `has_shortcut` adds a linear map from whole code patches to latents
    and back, beside the convolutions. `has_encoder` False leaves the shortcut alone to encode;
    with neither, it only paints.
    """

    resolution: int
    channels: int
    multipliers: tuple[int, ...]
    residual_blocks: int
    attention_resolutions: tuple[int, ...]
    latent_channels: int
    codebook_size: int
    code_width: int
    groups: int = 32
    patch: int = 1
    has_shortcut: bool = False
    has_encoder: bool = True

    def __post_init__(self) -> None:
        self.check_sizes()
        if self.resolution % self.stride:
            raise ConfigError(f"resolution {self.resolution} is not a multiple of {self.stride}")
        for multiplier in self.multipliers:
            if self.channels * multiplier % self.groups:
                raise ConfigError(
                    f"{self.channels * multiplier} channels do not split into {self.groups} groups"
                )

    @property
    def stride(self) -> int:
        """Pixels a code, along one side."""
        return self.patch << (len(self.multipliers) - 1)

    @property
    def grid(self) -> int:
        """Codes along one side of a picture of `resolution`."""
        return self.resolution // self.stride


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling(Config):
    """How codes are drawn: guidance first, then temperature, top-k and top-p, in that order."""

    condition_scale: float = 10.0
    temperature: float = 1.0
    top_k: int | None = 50
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.condition_scale):
            raise ConfigError(f"condition_scale must be a number, not {self.condition_scale}")
        if not 0 < self.temperature < math.inf:
            raise ConfigError(f"temperature must be above 0, not {self.temperature}")
        if self.temperature < COLDEST:
            raise ConfigError(f"temperature must be at least {COLDEST}, not {self.temperature}")
        if self.top_k is not None and type(self.top_k) is not int:
            raise ConfigError(f"top_k must be a whole number, not {self.top_k}")
        if self.top_k is not None and self.top_k < 1:
            raise ConfigError(f"top_k must be at least 1, not {self.top_k}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ConfigError(f"top_p must be in (0, 1], not {self.top_p}")

    def changed(self, settings: "Settings | None") -> "Sampling":
        """Other settings whole, some of them by name, or these. Raises ConfigError."""
        if isinstance(settings, Sampling):
            return settings
        return Sampling.from_dict({**self.to_dict(), **settings}) if settings else self


# All of them, or by name those that are not the model's own.
Settings = Sampling | Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight(Config):
    """What the ranker's figures mean, measured against a judge of pictures (clip/sight.json).

    A picture shows a word that has at least the share `visible` of its alternatives, and is whole
    when its score is at least `whole`.
    """

    visible: float
    whole: float

    def __post_init__(self) -> None:
        if not 0 <= self.visible <= 1:
            raise ConfigError(f"visible must be in [0, 1], not {self.visible}")


MINI_BART = BartConfig(
    text_vocab_size=50264, text_length=64, image_vocab_rows=16385, codes=16384,
    image_length=256, start_id=16384, width=1024, encoder_layers=12, decoder_layers=12,
    encoder_heads=16, decoder_heads=16, encoder_glu=2730, decoder_glu=2730,
)  # fmt: skip
MEGA_BART = BartConfig(
    text_vocab_size=50272, text_length=64, image_vocab_rows=16416, codes=16384,
    image_length=256, start_id=16384, width=2048, encoder_layers=24, decoder_layers=24,
    encoder_heads=32, decoder_heads=32, encoder_glu=4096, decoder_glu=4096,
)  # fmt: skip
VQGAN_F16 = VqganConfig(
    resolution=256, channels=128, multipliers=(1, 1, 2, 2, 4), residual_blocks=2,
    attention_resolutions=(16,), latent_channels=256, codebook_size=16384, code_width=256,
)  # fmt: skip

BUNDLED_BART = BartConfig(
    text_vocab_size=1024, text_length=24, image_vocab_rows=8193, codes=8192,
    image_length=256, start_id=8192, width=256, encoder_layers=2, decoder_layers=4,
    encoder_heads=8, decoder_heads=8, encoder_glu=512, decoder_glu=512,
)  # fmt: skip
BUNDLED_VQGAN = VqganConfig(
    resolution=192, channels=96, multipliers=(1, 2), residual_blocks=1,
    attention_resolutions=(), latent_channels=64, codebook_size=8192, code_width=64,
    groups=16, patch=6, has_shortcut=True, has_encoder=False,
)  # fmt: skip

TINY_BART = BartConfig(
    text_vocab_size=300, text_length=16, image_vocab_rows=33, codes=32,
    image_length=16, start_id=32, width=32, encoder_layers=2, decoder_layers=2,
    encoder_heads=4, decoder_heads=2, encoder_glu=40, decoder_glu=48,
)  # fmt: skip
TINY_VQGAN = VqganConfig(
    resolution=32, channels=8, multipliers=(1, 2), residual_blocks=1,
    attention_resolutions=(4,), latent_channels=8, codebook_size=32, code_width=8,
    groups=4, patch=4, has_shortcut=True,
)  # fmt: skip

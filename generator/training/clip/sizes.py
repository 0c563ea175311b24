"""Sizes of the ranker."""

from dataclasses import dataclass

from transformers import CLIPConfig

TEXT_LENGTH = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSizes:
    """Sizes of a ranker, of 1.4 million parameters unless told otherwise; `transformers` has the
    rest.

    `stem` are the widths of convolutions before the vision transformer; without any it looks at
    patches of `patch_size` pixels as they are.
    """

    image_size: int = 96
    patch_size: int = 12
    stem: tuple[int, ...] = ()
    width: int = 128
    hidden: int = 384
    heads: int = 4
    text_layers: int = 3
    image_layers: int = 4

    def config(self, vocab_size: int) -> CLIPConfig:
        layer = {
            "hidden_size": self.width,
            "intermediate_size": self.hidden,
            "num_attention_heads": self.heads,
            "attention_dropout": 0.0,
        }
        return CLIPConfig(
            text_config={
                **layer,
                "num_hidden_layers": self.text_layers,
                "vocab_size": vocab_size,
                "max_position_embeddings": TEXT_LENGTH,
                "bos_token_id": 0,
                "pad_token_id": 1,
                "eos_token_id": 2,
            },
            vision_config={
                **layer,
                "num_hidden_layers": self.image_layers,
                "image_size": self.image_size,
                "patch_size": self.patch_size,
                **({"stem": list(self.stem)} if self.stem else {}),
            },
            projection_dim=self.width,
        )


# 2.1 million parameters.
BUNDLED_CLIP = ClipSizes(
    image_size=192,
    patch_size=16,
    stem=(32, 64, 128),
    width=160,
    hidden=448,
    heads=5,
    image_layers=3,
)

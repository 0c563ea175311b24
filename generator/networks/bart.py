"""A BART that turns a caption into the VQGAN codes of its image.

Papers: BART (Lewis et al. 2019, arXiv:1910.13461); DALL·E mini (Dayma et al. 2021,
doi:10.5281/zenodo.5146400); NormFormer (Shleifer et al. 2021, arXiv:2110.09456);
super-conditioning is classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598).

Differences from BART: learned positions without an offset; a norm before and after every
attention, and inside a gated feed-forward; no biases in linear maps; separate vocabularies for
text and image; a final norm; an untied head.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from generator.config import BartConfig
from generator.networks.layers import Attention, GatedLinear, Norm


class EncoderLayer(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.norm_in = Norm(width, has_scale=False)
        self.attention = Attention(width, heads)
        self.norm_out = Norm(width)
        self.glu = GatedLinear(width, hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = x + self.dropout(self.norm_out(self.attention(self.norm_in(x), mask)))
        return x + self.dropout(self.glu(x))


class DecoderLayer(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.norm_in = Norm(width, has_scale=False)
        self.attention = Attention(width, heads)
        self.norm_out = Norm(width)
        self.cross_norm_in = Norm(width, has_scale=False)
        self.cross_attention = Attention(width, heads)
        self.cross_norm_out = Norm(width)
        self.glu = GatedLinear(width, hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Teacher-forced pass over all positions at once: x (B, T, C), memory (B, S, C)."""
        x = x + self.dropout(self.norm_out(self.attention(self.norm_in(x), is_causal=True)))
        cross = self.cross_attention
        queries = cross.queries(self.cross_norm_in(x))
        mixed = cross.attend(queries, *cross.keys_values(memory), mask)
        x = x + self.dropout(self.cross_norm_out(mixed))
        return x + self.dropout(self.glu(x))

    def step(self, x: Tensor, position: int | Tensor, cache: "LayerCache") -> Tensor:
        """One position of every row: x (G, N, C), G captions with N images each."""
        G, N, C = x.size()
        x = x.to(cache.keys.device)  # where layers are spread over several devices
        row = self.norm_in(x).view(G * N, 1, C)
        queries, keys, values = self.attention.project(row)
        seen = cache.append(keys, values, position)
        x = x + self.norm_out(self.attention.attend(queries, *seen)).view(G, N, C)
        # The N images of a caption are N queries over one memory: nothing is repeated per image.
        queries = self.cross_attention.queries(self.cross_norm_in(x))
        mixed = self.cross_attention.attend(
            queries, cache.cross_keys, cache.cross_values, cache.mask
        )
        x = x + self.cross_norm_out(mixed)
        return x + self.glu(x)


@dataclass(slots=True)
class LayerCache:
    """What one decoder layer remembers while sampling G captions with N images each.

    keys, values: (G·N, H, T, D), preallocated, filled from the left.
    cross_keys, cross_values: (G, H, S, D), computed once. mask: (G, 1, 1, S) bool.
    """

    keys: Tensor
    values: Tensor
    cross_keys: Tensor
    cross_values: Tensor
    mask: Tensor

    def append(
        self, keys: Tensor, values: Tensor, position: int | Tensor
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Put in keys and values (G·N, H, 1, D) of one position.

        Returns:
            Keys and values up to it, and the mask that hides the rest of them. A position that
            is a tensor gives the same shapes at every step, as a recorded graph needs.
        """
        if isinstance(position, int):
            self.keys[:, :, position : position + 1] = keys
            self.values[:, :, position : position + 1] = values
            seen = slice(0, position + 1)
            return self.keys[:, :, seen], self.values[:, :, seen], None
        place = position.view(1)
        self.keys.index_copy_(2, place, keys.to(self.keys.dtype))
        self.values.index_copy_(2, place, values.to(self.values.dtype))
        places = torch.arange(self.keys.size(2), device=place.device)
        return self.keys, self.values, (places <= place)[None, None, None]


class Encoder(nn.Module):
    def __init__(self, config: BartConfig) -> None:
        super().__init__()
        width = config.width
        self.tokens = nn.Embedding(config.text_vocab_size, width)
        self.positions = nn.Embedding(config.text_length, width)
        self.norm_embedding = Norm(width)
        self.dropout = nn.Dropout(config.dropout)
        layers = nn.ModuleList(
            EncoderLayer(width, config.encoder_heads, config.encoder_glu, config.dropout)
            for _ in range(config.encoder_layers)
        )
        self.layers = cast("Sequence[EncoderLayer]", layers)
        self.norm_final = Norm(width, has_scale=False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        x = self.tokens(ids) + self.positions(torch.arange(ids.size(1), device=ids.device))
        x = self.dropout(self.norm_embedding(x))
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm_final(x)


class Decoder(nn.Module):
    def __init__(self, config: BartConfig) -> None:
        super().__init__()
        width = config.width
        self.tokens = nn.Embedding(config.image_vocab_rows, width)
        self.positions = nn.Embedding(config.image_length, width)
        self.norm_embedding = Norm(width)
        self.dropout = nn.Dropout(config.dropout)
        layers = nn.ModuleList(
            DecoderLayer(width, config.decoder_heads, config.decoder_glu, config.dropout)
            for _ in range(config.decoder_layers)
        )
        self.layers = cast("Sequence[DecoderLayer]", layers)
        self.norm_final = Norm(width, has_scale=False)

    def forward(self, ids: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        x = self.tokens(ids) + self.positions(torch.arange(ids.size(1), device=ids.device))
        x = self.dropout(self.norm_embedding(x))
        for layer in self.layers:
            x = layer(x, memory, mask)
        return self.norm_final(x)

    def step(self, ids: Tensor, position: int | Tensor, caches: list[LayerCache]) -> Tensor:
        place = torch.as_tensor(position, device=ids.device)
        x = self.norm_embedding(self.tokens(ids) + self.positions(place))
        for layer, cache in zip(self.layers, caches, strict=True):
            x = layer.step(x, position, cache)
        return self.norm_final(x)


class Bart(nn.Module):
    """Text tokens in, logits over image codes out."""

    def __init__(self, config: BartConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.head: nn.Module = nn.Linear(config.width, config.image_vocab_rows, bias=False)
        # In what keys and values are remembered while sampling; None is what they come in.
        self.cache_dtype: torch.dtype | None = None
        # Whether all of it is on one device, for good.
        self.is_whole = True
        self.apply(_initialise)

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Read captions.

        Args:
            ids: (B, S) int64 text token ids, S ≤ text_length.
            mask: (B, S) bool, True where a token counts.
        Returns:
            (B, S, C) hidden states; padded positions are well defined but never attended to.
        """
        return self.encoder(ids, mask[:, None, None, :])

    def decode(self, codes_in: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Teacher-forced logits: codes_in (B, T) → (B, T, image_vocab_rows)."""
        return self.head(self.decoder(codes_in, memory, mask[:, None, None, :]))

    def forward(
        self,
        ids: Tensor,
        mask: Tensor,
        codes: Tensor,
        head: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Logits that predict each of `codes` (B, T) from the caption and the codes before it.

        A `head` given takes the decoder's output (B, T, C) in the place of the model's own.
        """
        start = codes.new_full((codes.size(0), 1), self.config.start_id)
        codes_in = torch.cat([start, codes[:, :-1]], dim=1)
        memory = self.encode(ids, mask)
        return (head or self.head)(self.decoder(codes_in, memory, mask[:, None, None, :]))

    def new_caches(self, memory: Tensor, mask: Tensor, images: int) -> list[LayerCache]:
        """Room for sampling `images` pictures for each of the G rows of `memory` (G, S, C)."""
        config, G = self.config, memory.size(0)
        head = config.width // config.decoder_heads
        shape = (G * images, config.decoder_heads, config.image_length, head)
        caches = []
        for layer in self.decoder.layers:
            cross = layer.cross_attention.keys_values(memory)
            cross_keys, cross_values = (
                part.to(self.cache_dtype or part.dtype).contiguous() for part in cross
            )
            caches.append(
                LayerCache(
                    # Zeros, because a masked place counts nothing times what it holds.
                    keys=cross_keys.new_zeros(shape),
                    values=cross_keys.new_zeros(shape),
                    cross_keys=cross_keys,
                    cross_values=cross_values,
                    mask=mask[:, None, None, :].to(cross_keys.device),
                )
            )
        return caches

    def step(self, ids: Tensor, position: int | Tensor, caches: list[LayerCache]) -> Tensor:
        """Logits of pixels alone for the next position.

        Args:
            ids: (G, N) int64, the code at `position` - 1 (the start id at position 0).
            position: from 0 up; a 0-dimensional int64 tensor where shapes must not change.
        Returns:
            (G, N, codes): ids that are no pixels are never among them.
        """
        return self.head(self.decoder.step(ids, position, caches))[..., : self.config.codes]


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)

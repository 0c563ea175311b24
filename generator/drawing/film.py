"""A short film of a picture being painted: what the decoder makes of its first codes alone.

Codes are sampled row by row from the top left, so that the first n of a finished picture are what
had been sampled after n steps. A code that isn't there yet is stood for by the codebook's mean,
which says nothing of the picture: the decoder paints it as a bare ground.
"""

import io
from collections.abc import Iterator, Sequence

import torch
from PIL import Image
from torch import Tensor

from generator.devices.halving import Halving
from generator.networks.vqgan import Vqgan, to_uint8

FRAMES = 12
# The bare ground is looked at for a moment; the finished picture stays.
FIRST_MS, NEXT_MS = 400, 190
QUALITY = 80
# Slower methods save a twentieth of the bytes, at twice to three times the work.
METHOD = 2


def sampled(length: int, frames: int) -> Tensor:
    """How many codes each frame shows: (frames,) int64, from 0 to `length` in even steps."""
    if not 2 <= frames <= length + 1:
        raise ValueError(f"a film of {length} codes has 2 to {length + 1} frames, not {frames}")
    return torch.linspace(0, length, frames, dtype=torch.float64).round().to(torch.int64)


@torch.inference_mode()
def decode_unfinished(vqgan: Vqgan, codes: Tensor, counts: Tensor) -> Tensor:
    """Decode the first codes of one picture, for several numbers of them.

    Args:
        codes: (T,) int64 in [0, codebook_size), row-major, T = side².
        counts: (F,) int64 in [0, T].
    Returns:
        (F, 3, H, W) float32, nominally [0, 1] but not clamped; a row with count T is what
        `Vqgan.decode` makes of the codes.
    Raises:
        ValueError: the codes do not make a square, or a count is out of range.
    """
    T = codes.size(0)
    side = round(T**0.5)
    if side * side != T:
        raise ValueError(f"{T} codes do not make a square")
    if int(counts.min()) < 0 or int(counts.max()) > T:
        raise ValueError(f"counts must be between 0 and {T}, not {counts.tolist()}")
    codebook = vqgan.quantiser.codebook
    is_sampled = torch.arange(T, device=codes.device) < counts.to(codes.device).unsqueeze(1)
    ground = codebook.weight.mean(0)
    latents = torch.where(is_sampled.unsqueeze(-1), codebook(codes), ground)
    return vqgan.paint(latents.view(-1, side, side, latents.size(-1)))


def unfinished(
    vqgan: Vqgan, codes: Tensor, frames: int, painting: Halving
) -> Iterator[Image.Image]:
    """All frames of (T,) codes but the last, as many at once as `painting` has room for."""
    counts = sampled(len(codes), frames)[:-1]

    def decode(rows: slice, columns: slice) -> Tensor:
        return decode_unfinished(vqgan, codes, counts[columns]).cpu().unsqueeze(0)

    images = to_uint8(painting.run(decode, 1, frames - 1)[0])
    return (Image.fromarray(image.numpy()) for image in images)


def animate(frames: Sequence[Image.Image]) -> bytes:
    """An animated WebP that plays once and holds its last frame."""
    file = io.BytesIO()
    frames[0].save(
        file,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=[FIRST_MS] + [NEXT_MS] * (len(frames) - 1),
        loop=1,
        quality=QUALITY,
        method=METHOD,
    )
    return file.getvalue()

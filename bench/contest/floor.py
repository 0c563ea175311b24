"""The least time that one step of the decoder can take on a machine.

Its weights and caches have to be read once, and its multiplications have to be made.
"""

from dataclasses import dataclass

from generator.config import BartConfig


@dataclass(frozen=True, slots=True)
class StepCost:
    weight_bytes: float
    cache_bytes: float
    flops: float

    def reading(self, bandwidth: float) -> float:
        """Seconds at `bandwidth` bytes a second."""
        return (self.weight_bytes + self.cache_bytes) / bandwidth

    def computing(self, rate: float) -> float:
        """Seconds at `rate` operations a second."""
        return self.flops / rate

    def floor(self, bandwidth: float, rate: float) -> float:
        return max(self.reading(bandwidth), self.computing(rate))


def step_cost(
    config: BartConfig, images: int, text: int, *, weight_size: int, cache_size: int
) -> StepCost:
    """The mean step of a guided loop.

    Args:
        images: of one caption of `text` tokens; each takes two rows.
        weight_size, cache_size: bytes of one number.
    """
    rows = 2 * images
    weights = weights_read(config)
    seen = (config.image_length + 1) / 2  # the mean over all positions
    own, cross = seen * rows, text * 2  # a caption's images share its keys and values
    kept = 2 * config.decoder_layers * config.width
    mixing = 4 * config.decoder_layers * config.width * rows * (seen + text)
    return StepCost(
        weight_bytes=weights * weight_size,
        cache_bytes=kept * (own + cross) * cache_size,
        flops=2 * rows * weights + mixing,
    )


def weights_read(config: BartConfig) -> int:
    """Numbers in the matrices that a step multiplies with: cross keys and values are kept."""
    attention = 6 * config.width**2
    feed_forward = 3 * config.width * config.decoder_glu
    return config.decoder_layers * (attention + feed_forward) + config.codes * config.width


def cache_bytes(config: BartConfig, images: int, text: int, cache_size: int) -> int:
    """All that a guided loop has to remember when it ends."""
    kept = 2 * config.decoder_layers * config.width * cache_size
    return kept * (2 * images * config.image_length + 2 * text)

"""A BART of DALL·E mini in either of its formats: its sizes, its tensors and their names."""

from dataclasses import dataclass
from pathlib import Path

from generator.config import BartConfig, ConfigError
from generator.convert.errors import ConvertError
from generator.convert.formats.stored import Stored
from generator.convert.plan import Find, Plan, make_plan, shapes_of
from generator.networks.bart import Bart

MOST_LAYERS = 1000


@dataclass(frozen=True, slots=True)
class BartCheckpoint:
    """`sizes` are the fields of BartConfig that do not depend on the VQGAN.

    `start_id` None: the format does not say, and the released models' rule holds: the id after
    the last code.
    """

    source: Path
    sizes: dict[str, int]
    start_id: int | None
    has_normaliser: bool
    tensors: dict[str, Stored]
    find: Find

    def config(self, codes: int) -> BartConfig:
        start_id = codes if self.start_id is None else self.start_id
        if start_id != codes:
            raise ConvertError(
                f"{self.source}: start id {start_id} says that it writes {start_id} codes, but the "
                f"VQGAN has {codes}: they do not belong together"
            )
        try:
            return BartConfig(**self.sizes, codes=codes, start_id=start_id)
        except ConfigError as error:
            raise ConvertError(f"{self.source}: {error}") from error

    def plan(self, config: BartConfig) -> Plan:
        if max(config.encoder_layers, config.decoder_layers) > MOST_LAYERS:
            raise ConvertError(f"{self.source}: more than {MOST_LAYERS} layers")
        wanted = shapes_of(lambda: Bart(config), self.source)
        return make_plan(wanted, self.find, self.tensors, self.source)


def split(name: str) -> tuple[str, int | None, str, str]:
    """`encoder.layers.3.glu.gate.weight` → ("encoder", 3, "glu.gate", "weight")."""
    side, *middle, leaf = name.split(".")
    if middle[:1] == ["layers"]:
        return side, int(middle[1]), ".".join(middle[2:]), leaf
    return side, None, ".".join(middle), leaf


def join(parts: list[str], separator: str) -> str:
    return separator.join(part for part in parts if part)

"""Any CLIP that `transformers` loads, in the folder its authors published."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.convert.errors import ConvertError
from generator.convert.formats.files import read_config, read_weights
from generator.convert.formats.stored import Shape
from generator.convert.plan import Origin, Plan, make_plan, shapes_of


@dataclass(frozen=True, slots=True)
class ClipCheckpoint:
    """`config` is config.json with every default spelled out; `length` is its longest text."""

    source: Path
    config: str
    length: int
    plan: Plan


def read_clip(folder: Path) -> ClipCheckpoint:
    # Imported late: it takes seconds.
    from transformers import CLIPConfig, CLIPModel

    folder = folder if folder.is_dir() else folder.parent
    values = read_config(folder)
    if values.get("model_type", "clip") != "clip":
        raise ConvertError(f"{folder} is a {values['model_type']}, not a CLIP")
    try:
        config: Any = CLIPConfig(**values)
        text: str = config.to_json_string(use_diff=False)
        length = int(config.text_config.max_position_embeddings)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConvertError(f"{folder}/config.json is no CLIP config: {error}") from error
    wanted = shapes_of(lambda: CLIPModel(config), folder)
    tensors = {n: t for n, t in read_weights(folder).items() if not _is_counting(n)}
    return ClipCheckpoint(folder, text, length, make_plan(wanted, _same_name, tensors, folder))


def _same_name(name: str, shape: Shape) -> Origin:
    return Origin(name)


def _is_counting(name: str) -> bool:
    """Older files hold the numbers from 0 that index the positions."""
    return name.endswith(".position_ids")

"""Icons of an Iconify npm package as captioned pictures: `python bench/icons.py PACKAGE OUT`.

An icon's caption is its name. `npm pack @iconify-json/mdi@1.2.3` fetches a package, which
docs/own-pictures.md trains a model of.
"""

import argparse
import json
from pathlib import Path

import resvg_py

SIDE = 96


def write_icons(package: Path, out: Path, side: int = SIDE) -> int:
    """PNG files, black on white, and captions.jsonl in `out`; how many there are."""
    found = json.loads((package / "icons.json").read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, icon in found["icons"].items():
        if icon.get("hidden"):
            continue
        width = icon.get("width", found.get("width", 16))
        height = icon.get("height", found.get("height", 16))
        body = icon["body"].replace("currentColor", "black")
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{body}</svg>'
        png = resvg_py.svg_to_bytes(svg_string=svg, width=side, background="white")
        (out / f"{name}.png").write_bytes(bytes(png))
        lines.append(json.dumps({"file": f"{name}.png", "caption": name.replace("-", " ")}))
    (out / "captions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="where icons.json lies")
    parser.add_argument("out", type=Path, help="folder to fill")
    args = parser.parse_args()
    print(f"{write_icons(args.package, args.out)} icons are in {args.out}")

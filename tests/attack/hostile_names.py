"""Names that are programs to whoever takes them for a part of a page, and a lake that is full of them."""

from typing import Any, Final

from tests.lake_fixture import RUN, LakeWriter, epoch, readings, span

MARK: Final = "window.hit=1"
IMAGE: Final = f"<img src=x onerror={MARK}>"
NAMES: Final = {
    "image": IMAGE,
    "script": f"<script>{MARK}</script>",
    "svg": f"<svg/onload={MARK}>",
    "attribute": f'" onmouseover="{MARK}" x="',
    "link": f"[click](javascript:{MARK})",
    "anchor": f"<a href=javascript:{MARK}>click</a>",
    "frame": f'<iframe srcdoc="<script>parent.{MARK}</script>"></iframe>',
    "template": f"${{{MARK}}} {{{{{MARK}}}}} <%= {MARK} %> @{{{MARK}}}",
    "style": f"</style><img src=x onerror={MARK}>",
    "json": f"</script><script>{MARK}</script>",
    "picture": "![x](http://127.0.0.1:9/track.png)",
    "math": rf"$$\href{{javascript:{MARK}}}{{x}}$$",
    "entity": f"&lt;img src=x onerror={MARK}&gt;",
}  # fmt: skip
FOUND: Final = """() => {
  const found = window.hit ? ["the script ran"] : [];
  const walk = (root) => {
    for (const one of root.querySelectorAll("*")) {
      const attributes = [...one.attributes].filter(({name, value}) =>
        (/^on/i.test(name) && value.includes("hit")) || /^\\s*javascript:/i.test(value) ||
        (one.tagName === "IMG" && name === "src" && (value === "x" || value.includes("track.png"))));
      const runs = one.tagName === "SCRIPT" && !one.src && /^\\s*(parent|window)\\.hit/.test(one.textContent);
      if (attributes.length || runs) found.push(one.outerHTML.slice(0, 200));
      if (one.shadowRoot) walk(one.shadowRoot);
    }
  };
  walk(document);
  return found;
}"""
"""Script that tells which elements of a page, shadow roots with them, came out of a name."""


def run_id(place: int) -> str:
    """Id of the run whose texts are one of the names."""
    return f"{RUN[:-2]}{place:02d}"


def write_hostile_lake(lake: LakeWriter) -> None:
    """A run for each name, with that name wherever a run has a text."""
    lake.marker()
    for place, name in enumerate(NAMES.values()):
        facts: dict[str, Any] = {
            "name": name,
            "project": name,
            "user": name,
            "hosts": [name],
            "notes": name,
            "tags": [name],
            "region_id": name if place % 2 else "US-GA",
            "command": [name],
            "versions": {name: name},
            "scheduler": {name: name},
            "attribution": name,
            "hardware": [{"kind": "gpu", "model": name, "count": 1, "chip_id": name}],
            "devices": [{"kind": "gpu", "id": name, "model": name, "source": "counter", "note": name}],
        }
        lake.facts(run_id(place), **facts)
        rows = readings(run_id(place), [0.0] + [100.0] * 40, host=name, device_id=name, device_model=name)
        lake.segment(run_id(place), 0, [row | {"epoch": max(0, at - 1) // 20} for at, row in enumerate(rows)])
        metrics = {name: 0.5, "accuracy": 0.5}
        lake.epochs(
            run_id(place),
            [
                epoch(
                    run_id(place), index, 20.0 * index, 20.0 * (index + 1),
                    energy_gpu_j=2000.0, units=10.0, unit=name, metrics=metrics,
                )
                for index in range(2)
            ],
        )  # fmt: skip
        lake.spans(run_id(place), 0, [span(run_id(place), 1, name, 0, 20)])

"""docs/benchmarks.json and docs/benchmarks.md out of the raw samples."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import FIGURES, Figure, summary
from tests.bench.samples import FOLDER, Raw, read_all

METHODS = (Path(__file__).with_name("methods.md")).read_text("utf-8")


def entries(raws: Sequence[Raw]) -> list[dict[str, Any]]:
    """One entry for each figure that was measured."""
    return [made for figure in FIGURES if (made := _entry(figure, raws))]


def _entry(figure: Figure, raws: Sequence[Raw]) -> dict[str, Any] | None:
    own = [
        raw for raw in raws if raw.benchmark == figure.benchmark and raw.samples.get(figure.source)
    ]
    if not own:
        return None
    value, least, greatest = summary(figure, [raw.samples for raw in own])
    newest = max(own, key=lambda raw: raw.at)
    return {
        "name": figure.name,
        "text": figure.text,
        "value": round(value, 2),
        "unit": figure.unit,
        "target": figure.target,
        "direction": figure.direction,
        "met": figure.met(value),
        "runs": len(own),
        "spread": [round(least, 2), round(greatest, 2)],
        "samples": sum(len(raw.samples[figure.source]) for raw in own),
        "raw": [f"bench/{raw.file.name}" for raw in own],
        "commit": newest.commit,
        "date": newest.at,
        "machine": newest.machine,
    }


HEAD = """# Benchmarks

Computed by `python -m tests.bench report` from the raw samples in [bench/](bench/); measured by
`make bench`. Each value is the median of the runs; beside it the least and the greatest.

Machine: {machines}. Everything, callers and phones included, runs on it.

| figure | value | runs | target | |
| --- | ---: | ---: | ---: | --- |
"""


def page(found: Sequence[dict[str, Any]]) -> str:
    machines = sorted({_machine(entry["machine"]) for entry in found})
    head = HEAD.format(machines="; ".join(machines))
    return head + "\n".join(map(_row, found)) + "\n\n" + METHODS


def _row(entry: dict[str, Any]) -> str:
    least, greatest = entry["spread"]
    value = f"{entry['value']:g} {entry['unit']}".strip()
    sign = "≥" if entry["direction"] == "min" else "≤"
    target = (
        "–" if entry["target"] is None else f"{sign} {entry['target']:g} {entry['unit']}".strip()
    )
    verdict = {True: "met", False: "**not met**", None: ""}[entry["met"]]
    spread = f"{entry['runs']}: {least:g} – {greatest:g}"
    return f"| {entry['text']} | {value} | {spread} | {target} | {verdict} |"


def _machine(machine: dict[str, Any]) -> str:
    return (
        f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']},"
        f" Asterisk {machine['asterisk'].split('~')[0]}"
    )


def write(folder: Path = FOLDER) -> None:
    found = entries(read_all(folder))
    (folder.parent / "benchmarks.json").write_text(json.dumps(found, indent=1) + "\n")
    (folder.parent / "benchmarks.md").write_text(page(found), "utf-8")

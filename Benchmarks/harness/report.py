"""The table in Markdown."""

from datetime import datetime
from pathlib import Path

from .rows import Part

NOTES = Path(__file__).resolve().parents[1] / "notes"
HEADER = ["Measure", "Keyway", "Beside", "Its figure", "Ratio", "Reach", ""]


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def markdown(parts: list[Part], machine: dict[str, str], rounds: int, load: float) -> str:
    """The whole of RESULTS.md: how it was made, the machine, the table, and each part's notes."""
    rows = [row.cells() for part in parts for row in part.rows]
    facts = machine | {
        "Other work": f"load average {load:.1f} before the first measurement",
        "Measured": f"{datetime.now():%Y-%m-%d}, {rounds} rounds in turns; medians, with the smallest and largest figure",
    }
    notes = [path.read_text().strip() for part in parts if (path := NOTES / f"{part.name}.md").exists()]
    return "\n\n".join([
        "# Results",
        "Made by `make bench`, which measures Keyway and what stands beside it in turns, on one machine, with the load "
        "generator on the same machine. The ratios are what counts: absolute figures are those of this machine. The "
        "notes below the table are written by hand, in `Benchmarks/notes/`.",
        table(["Machine", ""], [[name, value] for name, value in facts.items()]),
        table(HEADER, rows),
        *notes,
    ]) + "\n"  # fmt: skip

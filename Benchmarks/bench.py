"""Measures Keyway beside its limits and writes RESULTS.md.

    make bench
    scripts/bench --quick --only reads,unlock     short rounds, some parts, and nothing written

Every figure comes from release builds on this machine, in turns with what it is compared with.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The servers of the tests from outside are those that are measured here.
sys.path.insert(0, str(ROOT / "Integration"))

from harness import machine, plan, report  # noqa: E402
from harness.parts import actions, growth, home_assistant, memory, reads  # noqa: E402

PARTS = {
    "reads": reads.measure,
    "unlock": actions.unlock,
    "store": actions.store,
    "latency": actions.latency,
    "growth": growth.measure,
    "memory": memory.measure,
    "home_assistant": home_assistant.measure,
}
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures Keyway beside its limits.")
    parser.add_argument("--quick", action="store_true", help="short rounds; prints, and leaves RESULTS.md as it is")
    parser.add_argument("--only", help=f"some of the parts, with commas between: {', '.join(PARTS)}")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(PARTS)
    if unknown := set(names) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    load = machine.load()
    measured = []
    with tempfile.TemporaryDirectory(prefix="keyway-bench-") as directory:
        how = (plan.quick if options.quick else plan.whole)(Path(directory))
        for name in names:
            print(f"→ {name}", file=sys.stderr, flush=True)
            measured.append(PARTS[name](how))
            for row in measured[-1].rows:
                print(f"  {' | '.join(cell for cell in row.cells() if cell)}", file=sys.stderr, flush=True)
        text = report.markdown(measured, machine.facts(how.directory), how.rounds, load)
    if options.quick or options.only:
        print(text)
    else:
        RESULTS.write_text(text)
        print(f"✔ Wrote {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

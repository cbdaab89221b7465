"""The command line: `python -m torture --kills 50 --provider all`, run in the folder Integration."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from support.server import BINARY

from .checks import check
from .damage import DAMAGES, undetected
from .report import report
from .run import PROVIDERS, Plan, Run

MOST_FINDINGS_SHOWN = 40


def say(line: str) -> None:
    print(line, flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/torture", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="how often the server is killed (default: 50)")
    parser.add_argument("--provider", choices=list(PROVIDERS), default="all")
    parser.add_argument("--seed", type=int, help="of all random choices (default: a new one)")
    parser.add_argument("--keep", action="store_true", help="keep the data directory and logs even if all is well")
    parser.add_argument("--self-test", action="store_true", help="also show that the checker finds every damage")
    options = parser.parse_args()
    if options.kills < 1:
        parser.error("--kills must be at least 1")
    return options


def main() -> int:
    options = parse()
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    plan = Plan(options.kills, options.provider, seed)
    directory = Path(tempfile.mkdtemp(prefix="keyway-torture-"))
    say(f"torture: {plan.kills} kills, provider {plan.provider}, seed {seed}")
    say(f"  binary {BINARY}, data and logs in {directory}")
    begun = time.monotonic()
    records = Run(plan, directory, say).perform()
    findings = check(records)
    say("\nReport")
    for line in report(records, findings, plan.kills):
        say(f"  {line}")
    missed: list[str] = []
    if options.self_test:
        say(f"\nSelf-test: {len(DAMAGES)} kinds of damage, each planted into a copy of these records")
        missed = undetected(records, say)
    for finding in findings[:MOST_FINDINGS_SHOWN]:
        say(f"  ✘ {finding.guarantee} {finding.what}: {finding.text}")
    if len(findings) > MOST_FINDINGS_SHOWN:
        say(f"  … and {len(findings) - MOST_FINDINGS_SHOWN} more")
    elapsed = time.monotonic() - begun
    if findings or missed or options.keep:
        records.save(directory / "records.json")
    if findings or missed:
        say(f"\nVerdict: FAILED after {elapsed:.0f} s: {len(findings)} findings, {len(missed)} damages not found.")
        say(f"  Repeat with --seed {seed}; the database, the logs and records.json are in {directory}.")
        return 1
    if not options.keep:
        for path in sorted(directory.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        directory.rmdir()
    say(f"\nVerdict: passed in {elapsed:.0f} s. Nothing lost, repeated, late, out of order or invented.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

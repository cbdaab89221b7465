"""Load from wrk, a process of its own."""

import json
import re
import subprocess
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "load"
SUMMARY = re.compile(r"^SUMMARY (.*)$", re.MULTILINE)


def run(script: Path, url: str, *arguments: str, connections: int, seconds: float) -> dict:
    """Runs a script for a while and returns its summary; every answer must have been 200."""
    command = ["wrk", "--threads", "2", "--connections", str(connections), "--duration", f"{seconds:g}s"]
    result = subprocess.run(
        [*command, "--timeout", "20s", "--script", str(script), url, "--", *arguments],
        capture_output=True, text=True, timeout=seconds + 60, check=False,
    )  # fmt: skip
    match = SUMMARY.search(result.stdout)
    assert match, f"wrk ended with {result.returncode}: {result.stdout}{result.stderr}"
    summary = json.loads(match[1])
    assert set(summary["statuses"]) == {"200"} and not summary["socket_errors"], f"not only 200: {summary}"
    summary["per_second"] = summary["statuses"]["200"] / summary["seconds"]
    return summary


def reads(url: str, key: str, *paths: str, seconds: float, connections: int = 32) -> float:
    """GET requests per second, for one path after the other."""
    return run(SCRIPTS / "get.lua", url, key, *paths, connections=connections, seconds=seconds)["per_second"]

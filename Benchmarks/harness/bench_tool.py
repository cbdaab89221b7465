"""`keyway-bench`: the limits that Keyway is measured beside."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".build/release/keyway-bench"


def measure(command: str, *options: object) -> dict[str, float]:
    """Runs a command that measures something by itself, and returns its figures."""
    result = subprocess.run(
        [str(TOOL), command, *map(str, options)], capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, f"keyway-bench {command} ended with {result.returncode}: {result.stderr}"
    return json.loads(result.stdout.splitlines()[-1])


@contextmanager
def bare_server(body: bytes, directory: Path) -> Iterator[str]:
    """A bare Hummingbird server that answers GET with these bytes; its URL."""
    file, output = directory / "body.json", directory / "bare.txt"
    file.write_bytes(body)
    with output.open("wb") as log:
        process = subprocess.Popen([str(TOOL), "serve", "--body", str(file)], stdout=log, stderr=log)
    try:
        listening = wait_until(lambda: re.search(r"listening on (\d+)", output.read_text()), "the bare server listens")
        yield f"http://127.0.0.1:{listening[1]}"
    finally:
        process.terminate()
        process.wait(timeout=10)

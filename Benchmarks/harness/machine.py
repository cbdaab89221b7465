"""What the figures were measured on."""

import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path


def first_line(*command: str) -> str:
    """The first line that a command prints, on whichever stream."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return next(iter((result.stdout + result.stderr).splitlines()), "unknown")


def facts(directory: Path) -> dict[str, str]:
    """The machine, by the names of the table's rows; `directory` is where the databases were."""
    processor = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = int(re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)[1])
    swift = re.search(r"Swift version \S+", first_line("swift", "--version"))
    return {
        "Processor": f"{processor[1] if processor else platform.machine()}, {os.cpu_count()} cores",
        "Memory": f"{memory / 1024**2:.0f} GiB",
        "File system": first_line("stat", "--file-system", "--format", "%T", str(directory)),
        "System": f"{platform.system()} {platform.release()}",
        "Built with": swift[0] if swift else "unknown",
        "SQLite": sqlite3.sqlite_version,
        "wrk": first_line("wrk", "--version").split(" Copyright")[0].removeprefix("wrk ").strip(),
    }


def load() -> float:
    """How many processes wanted to run in the last minute, on average."""
    return os.getloadavg()[0]

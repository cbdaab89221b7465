"""A few crashes under load, and the proof that the checker would have seen it; `make torture` does fifty."""

import subprocess
import sys
from pathlib import Path

import pytest


def torture(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torture", *options, "--self-test"]
    folder = Path(__file__).parent
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=220, check=False)


@pytest.mark.timeout(240)
def test_G1_to_G9_ten_kills_under_load(record_property):
    result = torture("--kills", "10", "--provider", "both")
    record_property("report", result.stdout)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.timeout(240)
def test_G1_to_G7_six_kills_with_locks_behind_an_mqtt_broker(record_property):
    result = torture("--kills", "6", "--provider", "mqtt")
    record_property("report", result.stdout)
    assert result.returncode == 0, result.stdout + result.stderr

"""Ten crashes under load, and the proof that the checker would have seen it; `make torture` does fifty."""

import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 10


@pytest.mark.timeout(240)
def test_G1_to_G9_ten_kills_under_load(record_property):
    command = [sys.executable, "-m", "torture", "--kills", str(KILLS), "--provider", "both", "--self-test"]
    folder = Path(__file__).parent
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=220, check=False)
    record_property("report", result.stdout)
    assert result.returncode == 0, result.stdout + result.stderr

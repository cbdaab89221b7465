"""Ten crashes under load, and the proof that the checker would have seen it; `make torture` does fifty."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.server import run_keyway

KILLS = 10


def has_device_cloud() -> bool:
    return run_keyway("accounts", "--help", check=False).returncode == 0


@pytest.mark.timeout(240)
def test_G1_to_G9_ten_kills_under_load(record_property):
    provider = "both" if has_device_cloud() else "sandbox"
    command = [sys.executable, "-m", "torture", "--kills", str(KILLS), "--provider", provider, "--self-test"]
    folder = Path(__file__).parent
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=220, check=False)
    record_property("report", result.stdout)
    assert result.returncode == 0, result.stdout + result.stderr

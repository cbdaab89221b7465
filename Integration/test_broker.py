"""The test's own broker is started often, and by runs that may be killed: none may be left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.broker import Broker, free_port
from support.waiting import wait_until

STARTS_A_BROKER = """
import sys, time
from pathlib import Path
from support.broker import Broker
Broker(Path(sys.argv[1])).start()
print("started", flush=True)
time.sleep(600)
"""


def brokers_of(directory: Path) -> list[int]:
    """The processes whose command line names the directory's configuration, but for their guards."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(directory / "mosquitto.conf").encode() in arguments and b"guard" not in arguments:
            found.append(int(entry.name))
    return found


def test_it_ends_when_it_is_killed_and_can_be_started_again(tmp_path):
    broker = Broker(tmp_path / "broker").start()
    [first] = brokers_of(broker.directory)
    broker.restart()
    [second] = brokers_of(broker.directory)
    broker.kill()
    assert first != second and brokers_of(broker.directory) == []
    assert broker.process.end_status == 128 + signal.SIGKILL


def test_it_does_not_outlive_a_test_run_that_is_killed(tmp_path):
    directory = tmp_path / "broker"
    command = [sys.executable, "-c", STARTS_A_BROKER, str(directory)]
    with subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "started\n"
        assert len(brokers_of(directory)) == 1
        os.kill(run.pid, signal.SIGKILL)
    wait_until(lambda: brokers_of(directory) == [], "the broker is gone", seconds=5)


def test_one_that_does_not_listen_in_time_is_ended(tmp_path):
    broker = Broker(tmp_path / "broker")
    broker.port = free_port()  # Not the one of its configuration.
    with pytest.raises(AssertionError, match="mosquitto listens"):
        broker.start(seconds=0.3)
    assert brokers_of(broker.directory) == []


def test_one_that_cannot_start_says_why(tmp_path):
    broker = Broker(tmp_path / "broker")
    (broker.directory / "mosquitto.conf").write_text("no such option\n")
    with pytest.raises(AssertionError, match="Unknown configuration variable"):
        broker.start()

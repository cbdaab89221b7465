"""Starts the scripted house and gives it orders."""

import json
import subprocess
import sys
from pathlib import Path

from .broker import Broker
from .waiting import wait_until


class MQTTHouseProcess:
    """A house in a process of its own, so that it outlives any Keyway; it ends with this process."""

    def __init__(self, broker: Broker, locks: int = 4, seed: int = 1) -> None:
        command = ["-m", "support.mqtt_house", "--port", str(broker.port), "--locks", str(locks), "--seed", str(seed)]
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self.lock_ids: list[str] = self._order("locks")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)

    def set_behavior(self, lock_id: str, name: str) -> None:
        self._order("behavior", lock_id=lock_id, name=name)

    def turn(self, lock_id: str) -> None:
        """Somebody at the door moves the bolt."""
        self._order("turn", lock_id=lock_id)

    def leave(self, lock_id: str, seconds: float) -> None:
        """Cuts the lock's connection, without a word, for a while."""
        self._order("leave", lock_id=lock_id, seconds=seconds)

    def record(self) -> dict[str, list[dict]]:
        """Its journal so far."""
        return self._order("record")

    def finish(self, seconds: float = 20) -> None:
        """Waits until every act is done and every report made."""
        wait_until(lambda: self._order("outstanding") == 0, "the house is done", seconds)

    def _order(self, order: str, **details: object) -> object:
        self.process.stdin.write(json.dumps({"order": order} | details) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the house ended with {self.process.wait(timeout=10)}"
        return json.loads(line)

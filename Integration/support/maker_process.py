"""Starts the scripted maker and talks to its control endpoints."""

import subprocess
import sys
from pathlib import Path

import httpx

from .waiting import wait_until


class MakerProcess:
    """A maker in a process of its own, so that it outlives any Keyway."""

    def __init__(self, locks: int = 4, token: str = "maker-token-for-tests", seed: int = 1) -> None:
        self.token = token
        command = ["-m", "support.maker", "--locks", str(locks), "--token", token, "--seed", str(seed)]
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), "the maker did not start"
        self.http = httpx.Client(base_url=f"{self.url}/control", timeout=30)

    def stop(self) -> None:
        self.http.close()
        self.process.kill()
        self.process.wait(timeout=10)

    def connect(self, keyway_url: str, connected_account_id: str, secret: str) -> None:
        """Tells the maker where its callbacks go and how to sign them."""
        url = f"{keyway_url}/providers/device_cloud/{connected_account_id}/events"
        self._post("/keyway", events_url=url, secret=secret)

    def set_behavior(self, lock_id: str, name: str, **options: object) -> None:
        self._post(f"/locks/{lock_id}/behavior", name=name, **options)

    def turn(self, lock_id: str, action: str, performed_via: str = "manual_turn") -> None:
        self._post(f"/locks/{lock_id}/turn", action=action, performed_via=performed_via)

    def set_online(self, lock_id: str, online: bool) -> None:
        self._post(f"/locks/{lock_id}/online", online=online)

    def emit(self, webhook_id: str | None = None, **event: object) -> None:
        """Sends any callback, signed and repeated like all others."""
        self._post("/events", event=event, webhook_id=webhook_id)

    def record(self) -> dict[str, list[dict]]:
        """Everything so far: commands, acts, reads and deliveries."""
        return self.http.get("/record").json()

    def commands(self, attempt_id: str) -> list[dict]:
        return [command for command in self.record()["commands"] if command["custom_id"] == attempt_id]

    def finish(self, seconds: float = 20) -> None:
        """Waits until every act is done and every callback delivered."""
        wait_until(lambda: self.http.get("/outstanding").json()["outstanding"] == 0, "the maker is done", seconds)

    def _post(self, path: str, **body: object) -> None:
        response = self.http.post(path, json=body)
        assert response.status_code == 200, f"the maker answered {response.status_code}: {response.text}"

"""A server with one device-cloud account at the scripted maker."""

import base64
import json
import time
import uuid
from pathlib import Path

import httpx

from .accounts import add_device_cloud_account
from .api import API
from .maker_process import MakerProcess
from .server import KeywayServer
from .signatures import signed_headers
from .waiting import wait_until

WRONG_SECRET = "whsec_" + base64.b64encode(b"not the secret of this account!!").decode()


class Cloud:
    """The server, the maker, and short ways to both."""

    def __init__(self, server: KeywayServer, maker: MakerProcess, locks: int) -> None:
        self.server, self.maker = server, maker
        self.account = add_device_cloud_account(server, maker)
        server.restart()
        maker.connect(server.url, self.account_id, self.secret)
        self.client = server.client()
        self.api = API(self.client)
        names = {f"Maker Lock {n}" for n in range(1, locks + 1)}
        wait_until(lambda: names <= self.api.locks().keys(), "the maker's locks are discovered", 20)

    @property
    def account_id(self) -> str:
        return self.account["connected_account_id"]

    @property
    def secret(self) -> str:
        return self.account["callback_secret"]

    # --- Callbacks that a test sends itself

    def call_back(self, event: dict, *, secret: str | None = None, age: float = 0, **headers: str) -> httpx.Response:
        """Posts a callback as the maker would, or as somebody else would."""
        body = json.dumps(event).encode()
        signed = signed_headers(secret or self.secret, f"msg_{uuid.uuid4()}", int(time.time() - age), body)
        url = f"{self.server.url}/providers/device_cloud/{self.account_id}/events"
        return httpx.post(url, content=body, headers=signed | headers)

    # --- Questions

    def device(self, name: str) -> dict:
        return self.api.get("/devices/get", device_id=self.api.lock(name))["device"]

    def is_locked(self, name: str) -> bool:
        return self.device(name)["properties"]["locked"]

    def events(self, name: str) -> list[dict]:
        return self.api.events(device_id=self.api.lock(name))

    def event_types(self, name: str) -> list[str]:
        return [event["event_type"] for event in self.events(name)]

    def wait_for_event(self, name: str, event_type: str, seconds: float = 10) -> dict:
        """The first event of a type about a lock."""

        def found() -> dict | None:
            return next((event for event in self.events(name) if event["event_type"] == event_type), None)

        return wait_until(found, f"{event_type} of {name}", seconds)

    def everything_written(self) -> str:
        """What the server printed and logged in all its lives."""
        directory = Path(self.server.directory)
        files = [*directory.glob("output-*.txt"), *directory.glob("log-*.txt")]
        return "\n".join(path.read_text(errors="replace") for path in files)

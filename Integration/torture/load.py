"""Clients that ask for doors to be opened and closed, whatever becomes of the server."""

import json
import random
import threading
import time
import uuid
from dataclasses import replace

import httpx
from support.server import KeywayServer

from .records import Call

ACTIONS = {"UNLOCK_DOOR": "/locks/unlock_door", "LOCK_DOOR": "/locks/lock_door"}
OVERLAPS = ["queue"] * 8 + ["join", "reject", "supersede"]
WHEN_OFFLINE = ["fail"] * 3 + ["wait"]


class Load:
    """Threads that post until told to stop; they note every call and how it ended."""

    def __init__(self, server: KeywayServer, device_ids: list[str], threads: int, seed: int) -> None:
        self.server_is_up = threading.Event()
        self.server_is_up.set()
        self._stop = threading.Event()
        self._clients = [_Client(self, server, device_ids, random.Random(f"{seed}/{n}")) for n in range(threads)]

    def start(self) -> None:
        for client in self._clients:
            client.start()

    def stop(self) -> None:
        self._stop.set()
        self.server_is_up.set()
        for client in self._clients:
            client.join(timeout=60)
        failures = [client.failure for client in self._clients if client.failure]
        if failures:
            raise failures[0]

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()

    @property
    def calls(self) -> list[Call]:
        return [call for client in self._clients for call in list(client.calls)]

    def pause(self, seconds: float) -> None:
        self._stop.wait(seconds)


class _Client(threading.Thread):
    def __init__(self, load: Load, server: KeywayServer, device_ids: list[str], choice: random.Random) -> None:
        super().__init__(daemon=True)
        self.calls: list[Call] = []
        self.failure: Exception | None = None
        self._load = load
        self._server = server
        self._devices = device_ids
        self._choice = choice
        self._mine: list[str] = []
        self._keyed: list[Call] = []

    def run(self) -> None:
        try:
            with self._server.client(timeout=20) as http:
                while not self._load.is_stopping:
                    self._step(http)
                    self._load.pause(self._choice.uniform(0.02, 0.12))
        except Exception as error:  # noqa: BLE001 - told to the main thread, which fails the run
            self.failure = error

    def _step(self, http: httpx.Client) -> None:
        dice = self._choice.random()
        if dice < 0.12 and self._keyed:
            self._act(http, _again(self._choice.choice(self._keyed[-40:])))
        elif dice < 0.14 and (used := [call for call in self._keyed[-40:] if call.status == 200]):
            self._act(http, self._other_body(self._choice.choice(used)))
        elif dice < 0.22 and self._mine:
            self._cancel(http, self._choice.choice(self._mine[-5:]))
        elif dice < 0.32 and self._mine:
            self._read(http, self._choice.choice(self._mine[-30:]))
        else:
            self._act(http, self._new_call())

    def _new_call(self) -> Call:
        body = {
            "device_id": self._choice.choice(self._devices),
            "deadline_seconds": round(self._choice.uniform(1, 5), 2),
            "overlap": self._choice.choice(OVERLAPS),
            "when_offline": self._choice.choice(WHEN_OFFLINE),
        }
        key = str(uuid.UUID(int=self._choice.getrandbits(128))) if self._choice.random() < 0.4 else None
        return Call(
            "act", time.time(), device_id=body["device_id"], action=self._choice.choice(list(ACTIONS)), key=key,
            body=json.dumps(body), overlap=body["overlap"],
        )  # fmt: skip

    def _other_body(self, used: Call) -> Call:
        body = json.loads(used.body)
        body["deadline_seconds"] += 1
        return replace(_again(used), kind="reuse", body=json.dumps(body))

    def _act(self, http: httpx.Client, call: Call) -> None:
        headers = {"idempotency-key": call.key} if call.key else {}
        answer = self._post(http, ACTIONS[call.action], call.body, call, headers)
        if answer and call.status == 200:
            call.attempt_id = answer["action_attempt"]["action_attempt_id"]
            self._mine.append(call.attempt_id)
        if call.key and call.kind == "act":
            self._keyed.append(call)

    def _cancel(self, http: httpx.Client, attempt_id: str) -> None:
        call = Call("cancel", time.time(), attempt_id=attempt_id)
        self._post(http, "/action_attempts/cancel", json.dumps({"action_attempt_id": attempt_id}), call)

    def _read(self, http: httpx.Client, attempt_id: str) -> None:
        call = Call("read", time.time(), attempt_id=attempt_id)
        answer = self._post(http, "/action_attempts/get", json.dumps({"action_attempt_id": attempt_id}), call)
        if answer and call.status == 200:
            call.seen = answer["action_attempt"]

    def _post(
        self, http: httpx.Client, path: str, body: str, call: Call, headers: dict[str, str] | None = None
    ) -> dict | None:
        """Makes the call and notes it; None if the server went away in the middle."""
        self.calls.append(call)
        try:
            response = http.post(path, content=body, headers={"content-type": "application/json"} | (headers or {}))
        except httpx.TransportError:
            self._load.pause(0.02)
            self._load.server_is_up.wait(timeout=30)
            return None
        call.status = response.status_code
        answer = response.json()
        call.error_type = (answer.get("error") or {}).get("type") if call.status != 200 else None
        return answer


def _again(call: Call) -> Call:
    """The same call, not made yet."""
    return replace(call, sent_at=time.time(), status=0, attempt_id=None, error_type=None)

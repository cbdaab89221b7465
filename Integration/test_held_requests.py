"""Nobody has to poll: the answer to a request can be held until the attempt has its outcome."""

import time
from collections.abc import Callable

import httpx
from seam import Seam
from support.api import API
from support.server import KeywayServer


def test_prefer_wait_holds_an_action_until_its_outcome(http: httpx.Client, lock: Callable[[str], str]) -> None:
    answer = http.post(
        "/locks/unlock_door", json={"device_id": lock("Back Door")}, headers={"Prefer": "wait=10"}
    )
    assert answer.json()["action_attempt"]["status"] == "success"
    assert answer.headers["preference-applied"] == "wait=10"


def test_prefer_wait_gives_up_when_its_time_is_over(http: httpx.Client, lock: Callable[[str], str]) -> None:
    started = time.monotonic()
    answer = http.post("/locks/unlock_door", json={"device_id": lock("Vault")}, headers={"Prefer": "wait=1"})
    assert 1 <= time.monotonic() - started < 5
    assert answer.json()["action_attempt"]["status"] == "pending"
    assert answer.headers["preference-applied"] == "wait=1"


def test_an_attempt_can_be_waited_for_later(http: httpx.Client, api: API, lock: Callable[[str], str]) -> None:
    attempt = http.post("/locks/unlock_door", json={"device_id": lock("Back Door")}).json()["action_attempt"]
    assert attempt["status"] == "pending"
    answer = http.get(
        "/action_attempts/get",
        params={"action_attempt_id": attempt["action_attempt_id"]},
        headers={"Prefer": "wait=10"},
    )
    assert answer.json()["action_attempt"]["status"] == "success"
    assert answer.headers["preference-applied"] == "wait=10"


def test_a_request_that_says_nothing_is_not_held(http: httpx.Client, lock: Callable[[str], str]) -> None:
    answer = http.post("/locks/unlock_door", json={"device_id": lock("Vault")})
    assert answer.json()["action_attempt"]["status"] == "pending"
    assert "preference-applied" not in answer.headers


def test_with_a_default_wait_an_unmodified_sdk_never_polls(start_server: Callable[..., KeywayServer]) -> None:
    server = start_server(KEYWAY_DEFAULT_WAIT_MS=5000)
    paths: list[str] = []

    class Recorder(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            paths.append(request.url.path)
            return super().handle_request(request)

    with Seam(api_key=server.first_key, endpoint=server.url) as seam:
        lobby = next(device for device in seam.locks.list() if device.display_name == "Lobby")
        seam.client._transport = Recorder()  # noqa: SLF001
        attempt = seam.locks.unlock_door(device_id=lobby.device_id, wait_for_action_attempt=True)
    assert attempt.status == "success"
    assert paths == ["/locks/unlock_door"]


def test_the_default_does_not_hold_a_request_that_prefers_not_to_wait(
    start_server: Callable[..., KeywayServer],
) -> None:
    server = start_server(KEYWAY_DEFAULT_WAIT_MS=60000)
    with server.client() as http:
        vault = next(d for d in http.get("/locks/list").json()["devices"] if d["display_name"] == "Vault")
        answer = http.post(
            "/locks/unlock_door", json={"device_id": vault["device_id"]}, headers={"Prefer": "wait=0"}
        )
    assert answer.json()["action_attempt"]["status"] == "pending"

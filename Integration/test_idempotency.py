"""A retry is safe (G9): one key and one body make one attempt, whatever happens in between."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.api import API
from support.waiting import wait_until


def ask(client: httpx.Client, key: str, action: str = "unlock_door", **body: object) -> httpx.Response:
    return client.post(f"/locks/{action}", json=body, headers={"idempotency-key": key})


def attempt_id(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return response.json()["action_attempt"]["action_attempt_id"]


def count(api: API) -> int:
    return len(api.post("/action_attempts/list")["action_attempts"])


def test_the_same_key_and_body_give_the_same_pending_attempt_G9(api):
    body = {"device_id": api.lock("Vault")}
    first, second = ask(api.client, "k", **body), ask(api.client, "k", **body)
    assert attempt_id(first) == attempt_id(second)
    assert second.json()["action_attempt"]["status"] == "pending"
    assert count(api) == 1


def test_after_the_end_the_key_gives_the_resolved_attempt_G9(api):
    body = {"device_id": api.lock("Lobby")}
    resolved = api.resolved(attempt_id(ask(api.client, "k", **body)))
    assert ask(api.client, "k", **body).json()["action_attempt"] == resolved
    assert count(api) == 1


def test_a_key_holds_across_a_crash_G9(server, api):
    body = {"device_id": api.lock("Vault")}
    first = attempt_id(ask(api.client, "k", **body))
    server.restart()
    with server.client() as http:
        assert attempt_id(ask(http, "k", **body)) == first


def test_50_concurrent_requests_with_one_key_make_one_attempt_G9(server, api):
    body = {"device_id": api.lock("Lobby")}
    with ThreadPoolExecutor(max_workers=50) as pool:
        responses = list(pool.map(lambda _: ask(api.client, "k", **body), range(50)))
    assert len({attempt_id(response) for response in responses}) == 1
    assert len(server.database.statuses()) == 1


@pytest.mark.parametrize(
    ("action", "other"),
    [
        ("unlock_door", {"deadline_seconds": 7}),
        ("unlock_door", {"device_id": "Lobby"}),
        ("lock_door", {}),
    ],
)
def test_the_same_key_with_something_else_is_refused_G9(api, action: str, other: dict):
    first = attempt_id(ask(api.client, "k", device_id=api.lock("Vault")))
    if "device_id" in other:
        other = {"device_id": api.lock(other["device_id"])}
    response = ask(api.client, "k", action, **({"device_id": api.lock("Vault")} | other))
    assert response.status_code == 422
    assert response.json()["error"]["type"] == "idempotency_key_reused"
    assert [a["action_attempt_id"] for a in api.post("/action_attempts/list")["action_attempts"]] == [first]


def test_the_same_request_written_differently_is_the_same_G9(api):
    device_id = api.lock("Vault")
    headers = {"idempotency-key": "k", "content-type": "application/json"}
    bodies = [
        f'{{"device_id":"{device_id}","deadline_seconds":9}}',
        f'{{ "deadline_seconds": 9.0, "overlap": "queue",\n "device_id": "{device_id}" }}',
    ]
    ids = {attempt_id(api.client.post("/locks/unlock_door", content=body, headers=headers)) for body in bodies}
    assert len(ids) == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(api, key: str):
    response = ask(api.client, key, device_id=api.lock("Lobby"))
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_input"
    assert count(api) == 0


def test_the_longest_key_is_taken(api):
    body = {"device_id": api.lock("Vault")}
    assert attempt_id(ask(api.client, "x" * 255, **body)) == attempt_id(ask(api.client, "x" * 255, **body))


def test_another_api_key_has_idempotency_keys_of_its_own_G11(server, api):
    body = {"device_id": api.lock("Vault")}
    first = attempt_id(ask(api.client, "k", **body))
    with server.client(server.create_key()["api_key"]) as other:
        assert attempt_id(ask(other, "k", **body)) != first


def test_a_refused_request_does_not_use_up_its_key_G9(api):
    held = api.unlock("Vault")["action_attempt_id"]
    body = {"device_id": api.lock("Vault"), "overlap": "reject"}
    assert ask(api.client, "k", **body).status_code == 409
    api.post("/action_attempts/simulate/resolve", action_attempt_id=held, status="success")
    assert attempt_id(ask(api.client, "k", **body)) != held


def test_a_key_of_a_joined_attempt_stays_with_it_G9(server, api):
    held = api.unlock("Vault")["action_attempt_id"]
    body = {"device_id": api.lock("Vault"), "overlap": "join"}
    assert attempt_id(ask(api.client, "k", **body)) == held
    api.post("/action_attempts/simulate/resolve", action_attempt_id=held, status="success")
    server.restart()
    with server.client() as http:
        again = ask(http, "k", **body)
    assert attempt_id(again) == held
    assert again.json()["action_attempt"]["status"] == "success"


def test_without_a_key_each_request_is_an_attempt_of_its_own(api):
    assert api.unlock("Vault")["action_attempt_id"] != api.unlock("Vault")["action_attempt_id"]
    wait_until(lambda: count(api) == 2, "two attempts")

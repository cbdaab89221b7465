"""Taking an attempt back: possible until its command may have left, and never after."""

import httpx
from support.api import API
from support.waiting import wait_until

UNKNOWN_ID = "11111111-1111-4111-8111-111111111111"


def cancel(api: API, attempt_id: str) -> httpx.Response:
    return api.client.post("/action_attempts/cancel", json={"action_attempt_id": attempt_id})


def error_type(response: httpx.Response) -> str:
    return response.json()["error"]["type"]


def held(api: API) -> str:
    """The id of an attempt that Vault holds; it has been sent."""
    attempt_id = api.unlock("Vault")["action_attempt_id"]
    wait_until(lambda: api.attempt(attempt_id)["dispatched_at"], "it is sent")
    return attempt_id


def test_an_attempt_that_waits_is_cancelled_and_never_sent_G3(server, api):
    held(api)
    waiting = api.unlock("Vault")["action_attempt_id"]
    response = cancel(api, waiting)
    assert response.status_code == 200
    answered = response.json()["action_attempt"]
    assert (answered["action_attempt_id"], answered["status"]) == (waiting, "error")
    assert (answered["error"]["type"], answered["dispatched_at"]) == ("cancelled", None)
    assert api.attempt(waiting) == answered, "the answer is the durable end"
    assert server.database.outcome_events()[waiting] == ["action_attempt.unlock_door.failed"]


def test_cancelling_again_gives_the_same_attempt(server, api):
    held(api)
    waiting = api.unlock("Vault")["action_attempt_id"]
    first, second = cancel(api, waiting), cancel(api, waiting)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["action_attempt"] == second.json()["action_attempt"]
    server.restart()
    with server.client() as http:
        again = cancel(API(http), waiting)
    assert (again.status_code, again.json()["action_attempt"]) == (200, first.json()["action_attempt"])
    assert len(server.database.outcome_events()[waiting]) == 1


def test_a_sent_attempt_cannot_be_cancelled(api):
    sent = held(api)
    response = cancel(api, sent)
    assert (response.status_code, error_type(response)) == (409, "action_attempt_already_sent")
    assert api.attempt(sent)["status"] == "pending"


def test_a_sent_attempt_cannot_be_cancelled_after_a_restart_either_G4(server, api):
    sent = held(api)
    server.restart()
    with server.client() as http:
        response = cancel(API(http), sent)
    assert (response.status_code, error_type(response)) == (409, "action_attempt_already_sent")


def test_a_resolved_attempt_cannot_be_cancelled_G2(api):
    resolved = api.resolved(api.unlock("Lobby"))
    response = cancel(api, resolved["action_attempt_id"])
    assert (response.status_code, error_type(response)) == (409, "action_attempt_already_resolved")
    assert api.attempt(resolved["action_attempt_id"]) == resolved


def test_an_attempt_that_waits_can_be_cancelled_after_a_restart(server, api):
    held(api)
    waiting = api.unlock("Vault")["action_attempt_id"]
    server.restart()
    with server.client() as http:
        response = cancel(API(http), waiting)
    assert response.status_code == 200
    assert response.json()["action_attempt"]["error"]["type"] == "cancelled"


def test_the_next_one_is_sent_when_the_one_before_is_cancelled(api):
    first = held(api)
    second, third = (api.unlock("Vault")["action_attempt_id"] for _ in range(2))
    assert cancel(api, second).status_code == 200
    api.post("/action_attempts/simulate/resolve", action_attempt_id=first, status="success")
    wait_until(lambda: api.attempt(third)["dispatched_at"], "the third is sent")


def test_an_unknown_attempt_is_not_found(api):
    response = cancel(api, UNKNOWN_ID)
    assert (response.status_code, error_type(response)) == (404, "action_attempt_not_found")


def test_without_an_id_it_is_refused(api):
    response = api.client.post("/action_attempts/cancel", json={})
    assert response.status_code == 400
    assert "action_attempt_id" in response.json()["error"]["validation_errors"]

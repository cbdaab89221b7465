"""What becomes of a request for a lock that has unresolved attempts (G5); Vault holds each until a tester ends it."""

import httpx
import pytest
from support.api import API
from support.waiting import wait_until


def settle(api: API, attempt_id: str) -> None:
    api.post("/action_attempts/simulate/resolve", action_attempt_id=attempt_id, status="success")


def ask(api: API, action: str = "unlock_door", **options: object) -> httpx.Response:
    return api.client.post(f"/locks/{action}", json={"device_id": api.lock("Vault"), **options})


def held(api: API) -> str:
    """The id of an attempt that Vault holds; it has been sent."""
    attempt_id = api.unlock("Vault")["action_attempt_id"]
    wait_until(lambda: api.attempt(attempt_id)["dispatched_at"], "it is sent")
    return attempt_id


@pytest.mark.parametrize("options", [{}, {"overlap": "queue"}])
def test_queue_is_the_default_and_waits_its_turn_G5(api, options: dict):
    first, second = held(api), api.unlock("Vault", **options)["action_attempt_id"]
    assert second != first
    assert api.attempt(second)["dispatched_at"] is None
    settle(api, first)
    wait_until(lambda: api.attempt(second)["dispatched_at"], "the second is sent")
    assert api.attempt(first)["resolved_at"] <= api.attempt(second)["dispatched_at"]


def test_queued_attempts_are_sent_in_the_order_of_acceptance_G5(api):
    ids = [held(api), *(api.unlock("Vault")["action_attempt_id"] for _ in range(4))]
    for attempt_id in ids:
        wait_until(lambda wanted=attempt_id: api.attempt(wanted)["dispatched_at"], "it is sent")
        settle(api, attempt_id)
    sent = [api.attempt(attempt_id)["dispatched_at"] for attempt_id in ids]
    assert sent == sorted(sent)


def test_join_shares_the_attempt_for_the_same_action_G5(api):
    first = held(api)
    joined = api.unlock("Vault", overlap="join")
    assert (joined["action_attempt_id"], joined["status"]) == (first, "pending")
    settle(api, first)
    assert api.resolved(first)["status"] == "success"
    assert len([event for event in api.events() if event.get("action_attempt_id") == first]) >= 1


def test_join_does_not_share_an_attempt_for_the_other_action_G5(api):
    first = held(api)
    other = api.relock("Vault", overlap="join")["action_attempt_id"]
    assert other != first
    assert api.relock("Vault", overlap="join")["action_attempt_id"] == other


def test_join_on_an_idle_lock_is_an_attempt_of_its_own(api):
    first = api.resolved(api.unlock("Lobby", overlap="join"))
    assert api.unlock("Lobby", overlap="join")["action_attempt_id"] != first["action_attempt_id"]


def test_reject_names_the_attempt_in_progress_G5(api):
    first = held(api)
    response = ask(api, overlap="reject")
    assert response.status_code == 409
    error = response.json()["error"]
    assert error["type"] == "action_attempt_in_progress"
    assert error["data"]["action_attempt_id"] == first
    assert len(api.post("/action_attempts/list")["action_attempts"]) == 1, "nothing was accepted"
    settle(api, first)
    assert ask(api, overlap="reject").status_code == 200


def test_supersede_ends_what_was_not_sent_and_waits_for_what_was_G5(api):
    first = held(api)
    waiting = [api.unlock("Vault")["action_attempt_id"], api.relock("Vault")["action_attempt_id"]]
    last = api.unlock("Vault", overlap="supersede")["action_attempt_id"]
    for attempt_id in waiting:
        ended = api.resolved(attempt_id, timeline=True)
        assert (ended["error"]["type"], ended["dispatched_at"]) == ("superseded", None)
        assert ended["error"]["is_retryable"] is False
        assert [entry["kind"] for entry in ended["timeline"]] == ["accepted", "resolved"]
    assert api.attempt(first)["status"] == "pending"
    settle(api, first)
    wait_until(lambda: api.attempt(last)["dispatched_at"], "the last is sent")
    failed = [event for event in api.events() if event["event_type"].endswith(".failed")]
    assert sorted(event["action_attempt_id"] for event in failed) == sorted(waiting)


def test_an_unknown_rule_is_refused(api):
    response = ask(api, overlap="whatever")
    assert response.status_code == 400
    assert "overlap" in response.json()["error"]["validation_errors"]

"""Sandbox locks do what a tester tells them, and time limits hold."""

from datetime import datetime

import pytest
from support.waiting import wait_until


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def test_a_held_attempt_is_resolved_as_success_by_the_tester(api):
    attempt = api.unlock("Vault")
    api.post(
        "/action_attempts/simulate/resolve",
        action_attempt_id=attempt["action_attempt_id"],
        status="success",
        result={"was_confirmed_by_device": True},
    )
    resolved = api.resolved(attempt)
    assert (resolved["status"], resolved["result"]) == ("success", {"was_confirmed_by_device": True})
    events = [event["event_type"] for event in api.events(device_id=api.lock("Vault"))]
    assert events == ["action_attempt.unlock_door.succeeded", "lock.unlocked"]


def test_a_held_attempt_is_resolved_as_error_by_the_tester(api):
    attempt = api.unlock("Vault")
    api.post(
        "/action_attempts/simulate/resolve",
        action_attempt_id=attempt["action_attempt_id"],
        status="error",
        error={"type": "bolt_obstructed", "message": "A shoe is in the way."},
    )
    resolved = api.resolved(attempt)
    assert resolved["status"] == "error"
    assert resolved["error"]["type"] == "bolt_obstructed"
    assert resolved["error"]["message"] == "A shoe is in the way."


def test_a_resolved_attempt_cannot_be_resolved_again_G2(api):
    attempt = api.resolved(api.unlock("Lobby"))
    response = api.client.post(
        "/action_attempts/simulate/resolve",
        json={"action_attempt_id": attempt["action_attempt_id"], "status": "error",
              "error": {"type": "lock_jammed", "message": "No."}},
    )  # fmt: skip
    assert 400 <= response.status_code < 500
    assert api.attempt(attempt["action_attempt_id"]) == attempt


def test_set_behavior_for_some_times_then_goes_back(api):
    api.set_behavior("Lobby", "jam", times=2)
    causes = [(api.resolved(api.unlock("Lobby"))["error"] or {}).get("type") for _ in range(3)]
    assert causes == ["lock_jammed", "lock_jammed", None]


@pytest.mark.parametrize("cause", ["device_busy", "remote_control_disabled", "provider_unavailable"])
def test_set_behavior_to_fail_with_a_cause(api, cause: str):
    api.set_behavior("Lobby", "fail", error_type=cause, latency_ms=0)
    assert api.resolved(api.unlock("Lobby"))["error"]["type"] == cause


def test_set_behavior_survives_a_restart(server, api):
    api.set_behavior("Lobby", "jam", latency_ms=0)
    server.restart()
    assert api.resolved(api.unlock("Lobby"))["error"]["type"] == "lock_jammed"


def test_set_behavior_refuses_what_it_does_not_know(api):
    for wrong, parameter in [
        ({"behavior": "explode"}, "behavior"),
        ({"behavior": "jam", "latency_ms": "x"}, "latency_ms"),
    ]:
        response = api.client.post("/locks/simulate/set_behavior", json={"device_id": api.lock("Lobby")} | wrong)
        assert response.status_code == 400
        assert parameter in response.json()["error"]["validation_errors"]


def test_a_lock_that_locks_itself_says_so(api):
    api.set_behavior("Lobby", "succeed", latency_ms=0, auto_relock_ms=100)
    attempt = api.resolved(api.unlock("Lobby"))
    assert attempt["status"] == "success", "a relock after an unlock does not undo its success"

    def relock() -> dict | None:
        found = [event for event in api.events(device_id=api.lock("Lobby")) if event["event_type"] == "lock.locked"]
        return found[0] if found else None

    event = wait_until(relock, "the lock locks itself")
    assert event["method"] == "automatic"
    assert event.get("action_attempt_id") is None
    assert api.get("/locks/get", device_id=api.lock("Lobby"))["device"]["properties"]["locked"] is True


def test_disconnect_and_connect(api):
    device_id = api.lock("Lobby")
    api.post("/devices/simulate/disconnect", device_id=device_id)
    device = api.get("/devices/get", device_id=device_id)["device"]
    assert device["properties"]["online"] is False and device["errors"]
    assert api.resolved(api.unlock("Lobby"))["error"]["type"] == "device_offline"
    api.post("/devices/simulate/connect", device_id=device_id)
    device = api.get("/devices/get", device_id=device_id)["device"]
    assert device["properties"]["online"] is True and device["errors"] == []
    assert api.resolved(api.unlock("Lobby"))["status"] == "success"
    types = [event["event_type"] for event in api.events(device_id=device_id)]
    assert types[0] == "device.disconnected" and "device.connected" in types


@pytest.mark.parametrize("name", ["Roof Hatch", "Cellar"])
def test_no_answer_by_the_deadline_ends_the_attempt_G2(api, name: str):
    attempt = api.resolved(api.unlock(name, deadline_seconds=1), timeline=True)
    assert attempt["status"] == "error"
    assert attempt["error"]["type"] in ("outcome_unknown", "timed_out")
    lateness = seconds_between(attempt["deadline_at"], attempt["resolved_at"])
    assert 0 <= lateness <= 2.5, "resolved after its deadline, within the grace of 2 s"
    assert [entry["kind"] for entry in attempt["timeline"]].count("dispatched") == 1
    types = [event["event_type"] for event in api.events(device_id=api.lock(name))]
    assert types == ["action_attempt.unlock_door.failed"]


def test_what_waits_too_long_in_the_lane_is_never_sent_G3(api):
    api.unlock("Vault")
    waiting = api.resolved(api.unlock("Vault", deadline_seconds=1), timeline=True)
    assert waiting["error"]["type"] == "action_attempt_expired"
    assert waiting["dispatched_at"] is None
    assert "dispatched" not in [entry["kind"] for entry in waiting["timeline"]]


def test_a_late_answer_is_recorded_but_changes_nothing_G8(api):
    api.set_behavior("Lobby", "answer_late", latency_ms=0, late_by_ms=4_500)
    attempt = api.resolved(api.unlock("Lobby", deadline_seconds=1))
    assert attempt["error"]["type"] in ("outcome_unknown", "timed_out")

    def late_report() -> list[dict]:
        return [event for event in api.events() if event["event_type"] == "action_attempt.late_report"]

    wait_until(late_report, "the late report becomes an event")
    later = api.attempt(attempt["action_attempt_id"], timeline=True)
    assert (later["status"], later["error"]) == ("error", attempt["error"])
    assert later["timeline"][-1]["kind"] == "late_report"


@pytest.mark.parametrize("deadline", [0, -1, "soon", 1e9])
def test_a_deadline_out_of_range_is_refused(api, deadline: object):
    body = {"device_id": api.lock("Lobby"), "deadline_seconds": deadline}
    response = api.client.post("/locks/unlock_door", json=body)
    assert response.status_code == 400
    assert "deadline_seconds" in response.json()["error"]["validation_errors"]

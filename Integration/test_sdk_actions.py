"""The unmodified Seam SDK locks and unlocks doors, and is told what happened."""

import time

import pytest
from seam import (
    Seam,
    SeamActionAttemptFailedError,
    SeamActionAttemptTimeoutError,
    SeamHttpApiError,
    SeamHttpInvalidInputError,
    SeamHttpUnauthorizedError,
)

UNKNOWN_ID = "11111111-1111-4111-8111-111111111111"


def test_unlock_door_waits_for_success(seam: Seam, lock):
    attempt = seam.locks.unlock_door(device_id=lock("Front Door"))
    assert (attempt.action_type, attempt.status, attempt.error) == ("UNLOCK_DOOR", "success", None)
    assert attempt.result.was_confirmed_by_device is True


def test_lock_door_waits_for_success(seam: Seam, lock):
    attempt = seam.locks.lock_door(device_id=lock("Back Door"))
    assert (attempt.action_type, attempt.status) == ("LOCK_DOOR", "success")


def test_unlock_door_without_waiting_is_pending_then_success(seam: Seam, lock):
    attempt = seam.locks.unlock_door(device_id=lock("Front Door"), wait_for_action_attempt=False)
    assert (attempt.status, attempt.result, attempt.error) == ("pending", None, None)
    resolved = seam.action_attempts.get(action_attempt_id=attempt.action_attempt_id)
    assert resolved.status == "success"


def test_a_jam_raises_with_its_cause(seam: Seam, lock):
    with pytest.raises(SeamActionAttemptFailedError) as caught:
        seam.locks.unlock_door(device_id=lock("Garage"))
    assert caught.value.code == "lock_jammed"
    assert "jammed" in str(caught.value)
    assert caught.value.action_attempt.status == "error"


def test_a_refusal_by_the_device_raises_with_its_cause(seam: Seam, lock):
    with pytest.raises(SeamActionAttemptFailedError) as caught:
        seam.locks.unlock_door(device_id=lock("Store Room"))
    assert caught.value.code == "rejected_by_device"


def test_an_offline_lock_fails_at_once(seam: Seam, lock):
    with pytest.raises(SeamActionAttemptFailedError) as caught:
        seam.locks.unlock_door(device_id=lock("Guest House"))
    assert caught.value.code == "device_offline"


def test_a_lock_that_cannot_confirm_succeeds_unconfirmed(seam: Seam, lock):
    attempt = seam.locks.unlock_door(device_id=lock("Meeting Room"))
    assert attempt.status == "success"
    assert attempt.result.was_confirmed_by_device is False


@pytest.mark.parametrize("name", ["Vault", "Roof Hatch"])
def test_the_client_gives_up_while_the_attempt_goes_on(seam: Seam, lock, name: str):
    with pytest.raises(SeamActionAttemptTimeoutError) as caught:
        seam.locks.unlock_door(device_id=lock(name), wait_for_action_attempt={"timeout": 0.3, "polling_interval": 0.1})
    attempt = caught.value.action_attempt
    again = seam.action_attempts.get(action_attempt_id=attempt.action_attempt_id, wait_for_action_attempt=False)
    assert again.status == "pending"


def test_an_unknown_device_is_not_found(seam: Seam):
    with pytest.raises(SeamHttpApiError) as caught:
        seam.locks.unlock_door(device_id=UNKNOWN_ID)
    assert (caught.value.status_code, caught.value.code) == (404, "device_not_found")
    assert caught.value.request_id


def test_an_unknown_attempt_is_not_found(seam: Seam):
    with pytest.raises(SeamHttpApiError) as caught:
        seam.action_attempts.get(action_attempt_id=UNKNOWN_ID)
    assert (caught.value.status_code, caught.value.code) == (404, "action_attempt_not_found")
    assert caught.value.data == {"action_attempt_id": UNKNOWN_ID}


def test_an_unknown_event_is_not_found(seam: Seam):
    with pytest.raises(SeamHttpApiError) as caught:
        seam.events.get(event_id=UNKNOWN_ID)
    assert (caught.value.status_code, caught.value.code) == (404, "event_not_found")


@pytest.mark.parametrize(
    "key", ["seam_testwrong_aaaaaaaaaaaaaaaaaaaaaaaa", "seam_x_y", "seam_"], ids=["unknown", "short", "bare"]
)
def test_a_wrong_key_is_unauthorized(server, key: str):
    with Seam(api_key=key, endpoint=server.url) as seam, pytest.raises(SeamHttpUnauthorizedError) as caught:
        seam.locks.list()
    assert caught.value.request_id


def test_a_real_short_token_with_a_wrong_secret_is_unauthorized(server, key: str):
    forged = key[:-1] + ("a" if key[-1] != "a" else "b")
    with Seam(api_key=forged, endpoint=server.url) as seam, pytest.raises(SeamHttpUnauthorizedError):
        seam.locks.list()


def test_invalid_input_names_the_parameter(seam: Seam):
    with pytest.raises(SeamHttpInvalidInputError) as caught:
        seam.locks.unlock_door(device_id=4242)
    assert caught.value.status_code == 400
    assert caught.value.get_validation_error_messages("device_id") == ["Expected string, received number"]


def test_invalid_list_input_uses_the_contracts_words(seam: Seam):
    with pytest.raises(SeamHttpInvalidInputError) as caught:
        seam.client.post("/devices/list", json={"device_ids": 4242})
    assert caught.value.get_validation_error_messages("device_ids") == ["Expected array, received number"]


def test_the_sdk_is_told_that_a_lane_is_full(start_server):
    server = start_server(KEYWAY_MAXIMUM_LANE_LENGTH=1)
    with Seam(api_key=server.first_key, endpoint=server.url, wait_for_action_attempt=False) as seam:
        vault = seam.locks.get(name="Vault").device_id
        seam.locks.unlock_door(device_id=vault)
        with pytest.raises(SeamHttpApiError) as caught:
            seam.locks.unlock_door(device_id=vault)
    assert (caught.value.status_code, caught.value.code) == (429, "too_many_requests")


def test_attempts_of_one_lock_run_in_the_order_of_acceptance_G5(seam: Seam, lock, api):
    api.set_behavior("Lobby", "succeed", latency_ms=60)
    ids = [
        seam.locks.unlock_door(device_id=lock("Lobby"), wait_for_action_attempt=False).action_attempt_id
        for _ in range(5)
    ]
    timelines = [api.resolved(attempt, timeline=True) for attempt in ids]
    dispatched = [attempt["dispatched_at"] for attempt in timelines]
    resolved = [attempt["resolved_at"] for attempt in timelines]
    assert dispatched == sorted(dispatched)
    assert all(later >= earlier for earlier, later in zip(resolved, dispatched[1:], strict=False))


def test_different_locks_do_not_wait_for_each_other(seam: Seam, lock):
    seam.locks.unlock_door(device_id=lock("Vault"), wait_for_action_attempt=False)
    begun = time.monotonic()
    seam.locks.unlock_door(device_id=lock("Lobby"), wait_for_action_attempt={"timeout": 5, "polling_interval": 0.02})
    assert time.monotonic() - begun < 2

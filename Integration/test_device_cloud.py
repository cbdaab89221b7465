"""Locks behind a maker's HTTP API, end to end: the release binary against the scripted maker."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from support.cloud import WRONG_SECRET, Cloud
from support.maker_process import MakerProcess
from support.server import run_keyway
from support.waiting import wait_until

LOCKS = 4
# The lock of most tests, as Keyway shows it and as the maker calls it. Maker Lock 2 and 4 hang on bridge-1.
NAME, LOCK = "Maker Lock 1", "lock-01"


@pytest.fixture
def cloud(start_server) -> Iterator[Cloud]:
    maker = MakerProcess(LOCKS)
    cloud = Cloud(start_server(), maker, LOCKS)
    yield cloud
    cloud.client.close()
    maker.stop()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def kinds(attempt: dict) -> list[str]:
    return [entry["kind"] for entry in attempt["timeline"]]


def completed(attempt_id: str | None, action: str = "unlock", **fields: object) -> dict:
    """A callback about a command, or about somebody else's doing."""
    event = {
        "event_type": "lock.action_completed", "device_id": LOCK, "timestamp": now(), "action": action,
        "action_id": "act_of_a_test", "status": "success", "performed_via": "remote_api",
    }  # fmt: skip
    return event | ({"custom_id": attempt_id} if attempt_id else {}) | fields


# --- Discovery


def test_the_makers_locks_are_discovered(cloud):
    device = cloud.device(NAME)
    assert device["connected_account_id"] == cloud.account_id
    properties = device["properties"]
    assert (properties["online"], properties["locked"], properties["battery_level"]) == (True, True, 0.8)
    assert device["can_remotely_unlock"] is True and device["can_remotely_lock"] is True
    assert sum(name.startswith("Maker Lock") for name in cloud.api.locks()) == LOCKS


def test_the_locks_stay_the_same_devices_across_a_restart(cloud):
    before = cloud.api.locks()
    cloud.server.restart()
    assert cloud.api.locks() == before


# --- Commands


def test_an_unlock_is_confirmed_by_its_callback_G6(cloud):
    attempt = cloud.api.resolved(cloud.api.unlock(NAME), timeline=True)
    assert (attempt["status"], attempt["result"]) == ("success", {"was_confirmed_by_device": True})
    assert attempt["acknowledged_at"]
    milestones = [kind for kind in kinds(attempt) if kind != "report"]
    assert milestones == ["accepted", "dispatched", "acknowledged", "resolved"]
    [command] = cloud.maker.commands(attempt["action_attempt_id"])
    assert (command["lock_id"], command["action"], command["is_late"]) == (LOCK, "unlock", False)
    deadline = datetime.fromisoformat(attempt["deadline_at"]).timestamp()
    assert abs(command["expires_at"] - deadline) < 0.01, "the maker was told the deadline"
    assert cloud.is_locked(NAME) is False
    assert cloud.event_types(NAME)[-2:] == ["action_attempt.unlock_door.succeeded", "lock.unlocked"]
    assert cloud.events(NAME)[-1]["method"] == "remote"


def test_a_lock_command_is_confirmed_too(cloud):
    cloud.api.resolved(cloud.api.unlock(NAME))
    assert cloud.api.resolved(cloud.api.relock(NAME))["status"] == "success"
    assert cloud.is_locked(NAME) is True


@pytest.mark.parametrize(
    ("behavior", "options", "cause", "code"),
    [
        ("jammed", {}, "lock_jammed", None),
        ("refuses", {}, "rejected_by_device", "REMOTE_ACCESS_OFF"),
        ("refuses", {"status": 200, "error_code": "NIGHT_MODE"}, "rejected_by_device", "NIGHT_MODE"),
        ("refuses", {"error_code": "LOCK_JAMMED"}, "lock_jammed", None),
        ("refuses", {"error_code": "BOLT_OBSTRUCTED"}, "bolt_obstructed", None),
        ("offline", {}, "device_offline", None),
        ("rate_limited", {}, "rate_limited_by_provider", None),
        ("server_error", {}, "provider_unavailable", None),
    ],
)
def test_a_failure_at_the_maker_ends_the_attempt_at_once_with_its_cause(cloud, behavior, options, cause, code):
    cloud.maker.set_behavior(LOCK, behavior, **options)
    begun = time.monotonic()
    attempt = cloud.api.resolved(cloud.api.unlock(NAME), timeline=True)
    assert (attempt["status"], attempt["error"]["type"]) == ("error", cause)
    assert time.monotonic() - begun < 5, "long before the deadline of 30 s"
    if code:
        assert any(code in (entry.get("detail") or "") for entry in attempt["timeline"]), attempt["timeline"]
    assert len(cloud.maker.commands(attempt["action_attempt_id"])) == 1, "a refused command is not repeated"


def test_a_failed_callback_with_an_unknown_code_is_a_rejection_with_the_code_in_the_timeline(cloud):
    cloud.maker.set_behavior(LOCK, "silent")
    attempt = cloud.api.unlock(NAME)
    wait_until(lambda: cloud.maker.commands(attempt["action_attempt_id"]), "the command arrives")
    failed = completed(attempt["action_attempt_id"], status="failed", error_code="MOON_PHASE", message="Not tonight.")
    assert cloud.call_back(failed).status_code // 100 == 2
    ended = cloud.api.resolved(attempt, timeline=True)
    assert ended["error"]["type"] == "rejected_by_device"
    assert any("MOON_PHASE" in (entry.get("detail") or "") for entry in ended["timeline"])


def test_a_maker_that_is_down_is_provider_unavailable_and_nothing_was_sent(cloud):
    cloud.maker.stop()
    attempt = cloud.api.resolved(cloud.api.unlock(NAME))
    assert attempt["error"]["type"] == "provider_unavailable"


def test_silence_ends_in_doubt_after_the_state_was_read_back_G2(cloud):
    cloud.maker.set_behavior(LOCK, "silent")
    attempt = cloud.api.resolved(cloud.api.unlock(NAME, deadline_seconds=1))
    assert attempt["error"]["type"] in ("outcome_unknown", "timed_out")
    sent = datetime.fromisoformat(attempt["dispatched_at"]).timestamp()
    reads = [read for read in cloud.maker.record()["reads"] if read["lock_id"] == LOCK and read["at"] >= sent]
    assert reads, "Keyway asked the lock where it is"
    assert len(cloud.maker.commands(attempt["action_attempt_id"])) == 1


def test_an_act_without_a_word_is_found_by_reading_the_state_G6(cloud):
    cloud.maker.set_behavior(LOCK, "mute")
    attempt = cloud.api.resolved(cloud.api.unlock(NAME, deadline_seconds=2))
    assert (attempt["status"], attempt["result"]) == ("success", {"was_confirmed_by_device": True})


def test_no_answer_after_the_command_was_sent_is_not_a_failure_and_not_a_repeat_G4(cloud):
    cloud.maker.set_behavior(LOCK, "hangs_up")
    attempt = cloud.api.resolved(cloud.api.unlock(NAME, deadline_seconds=5), timeline=True)
    assert attempt["status"] == "success", "the callback came all the same"
    assert len(cloud.maker.commands(attempt["action_attempt_id"])) == 1


def test_no_answer_and_no_callback_ends_in_doubt_and_not_as_a_repeat_G4(cloud):
    cloud.maker.set_behavior(LOCK, "hangs_up_idle")
    attempt = cloud.api.resolved(cloud.api.unlock(NAME, deadline_seconds=1), timeline=True)
    assert attempt["error"]["type"] in ("outcome_unknown", "timed_out")
    assert len(cloud.maker.commands(attempt["action_attempt_id"])) == 1


# --- Callbacks


def test_duplicate_callbacks_are_harmless_G7(cloud):
    cloud.maker.set_behavior(LOCK, "duplicates")
    attempt = cloud.api.resolved(cloud.api.unlock(NAME))
    cloud.maker.finish()
    deliveries = [d for d in cloud.maker.record()["deliveries"] if d["custom_id"] == attempt["action_attempt_id"]]
    assert len(deliveries) == 3 and all(delivery["http_status"] // 100 == 2 for delivery in deliveries)
    assert cloud.event_types(NAME).count("action_attempt.unlock_door.succeeded") == 1
    assert cloud.event_types(NAME).count("lock.unlocked") == 1
    assert cloud.api.attempt(attempt["action_attempt_id"]) == attempt


def test_an_old_callback_after_a_newer_command_is_harmless_G7(cloud):
    unlocked = cloud.api.resolved(cloud.api.unlock(NAME))
    old = completed(unlocked["action_attempt_id"])
    cloud.api.resolved(cloud.api.relock(NAME))
    assert cloud.call_back(old).status_code // 100 == 2
    assert cloud.is_locked(NAME) is True
    assert cloud.event_types(NAME).count("lock.unlocked") == 1


def test_an_old_callback_does_not_confirm_the_command_in_flight_G6(cloud):
    first = cloud.api.resolved(cloud.api.unlock(NAME))
    cloud.api.resolved(cloud.api.relock(NAME))
    cloud.maker.set_behavior(LOCK, "silent")
    second = cloud.api.unlock(NAME, deadline_seconds=1.5)
    wait_until(lambda: cloud.maker.commands(second["action_attempt_id"]), "the command arrives")
    cloud.call_back(completed(first["action_attempt_id"]))
    assert cloud.api.resolved(second)["status"] == "error"


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("another secret", {"secret": WRONG_SECRET}),
        ("too old", {"age": 3600}),
        ("from the future", {"age": -3600}),
        ("another id than was signed", {"webhook-id": "msg_other"}),
        ("no signature", {"webhook-signature": ""}),
    ],
)
def test_a_bad_or_stale_signature_is_refused_and_nothing_is_recorded(cloud, what: str, options: dict):
    before = cloud.event_types(NAME)
    response = cloud.call_back(completed(None, performed_via="manual_turn"), **options)
    assert response.status_code == 401, what
    assert cloud.event_types(NAME) == before
    assert cloud.is_locked(NAME) is True


def test_callbacks_of_an_unknown_account_are_refused(cloud):
    url = f"{cloud.server.url}/providers/device_cloud/11111111-1111-4111-8111-111111111111/events"
    assert httpx.post(url, json=completed(None)).status_code in (401, 404)


def test_a_callback_is_kept_through_a_restart_of_keyway_G8(cloud):
    """The maker's retries reach the next server, which settles the attempt that the last one had sent."""
    cloud.maker.set_behavior(LOCK, "fast", act_after=[0.5, 0.5])
    attempt = cloud.api.unlock(NAME, deadline_seconds=20)
    wait_until(lambda: cloud.maker.commands(attempt["action_attempt_id"]), "the command arrives")
    cloud.server.kill()
    wait_until(lambda: any(d["http_status"] == 0 for d in cloud.maker.record()["deliveries"]), "a callback fails")
    cloud.server.start()
    resolved = cloud.api.resolved(attempt, timeline=True)
    assert resolved["result"] == {"was_confirmed_by_device": True}
    assert "recovered" in kinds(resolved)
    assert len(cloud.maker.commands(attempt["action_attempt_id"])) == 1
    cloud.maker.finish()


# --- What nobody asked for


@pytest.mark.parametrize(
    ("performed_via", "method"),
    [
        ("manual_turn", "manual"),
        ("pin_code", "keycode"),
        ("mobile_app", "remote"),
        ("fob_card", "card"),
        ("bluetooth_key", "unknown"),
    ],
)
def test_somebody_else_moves_the_bolt(cloud, performed_via: str, method: str):
    cloud.maker.turn(LOCK, "unlock", performed_via)
    event = cloud.wait_for_event(NAME, "lock.unlocked")
    assert event["method"] == method
    assert event.get("action_attempt_id") is None
    assert cloud.is_locked(NAME) is False


def test_a_lock_goes_offline_and_comes_back(cloud):
    cloud.maker.set_online(LOCK, False)
    cloud.wait_for_event(NAME, "device.disconnected")
    assert cloud.device(NAME)["properties"]["online"] is False
    attempt = cloud.api.resolved(cloud.api.unlock(NAME))
    assert attempt["error"]["type"] == "device_offline"
    assert cloud.maker.commands(attempt["action_attempt_id"]) == [], "nothing is sent to a lock that is away"
    cloud.maker.set_online(LOCK, True)
    cloud.wait_for_event(NAME, "device.connected")
    assert cloud.api.resolved(cloud.api.unlock(NAME))["status"] == "success"


def test_a_bridge_that_goes_offline_takes_its_locks_with_it(cloud):
    cloud.maker.emit(event_type="bridge.offline", device_id="bridge-1", bridge_id="bridge-1", timestamp=now())
    for name in ("Maker Lock 2", "Maker Lock 4"):
        cloud.wait_for_event(name, "device.disconnected")
        assert cloud.device(name)["properties"]["online"] is False
    assert cloud.device("Maker Lock 1")["properties"]["online"] is True
    assert "device.disconnected" not in cloud.event_types("Maker Lock 3")


def test_a_low_battery_is_told(cloud):
    cloud.maker.emit(event_type="battery.low", device_id=LOCK, battery_level=7, timestamp=now())
    event = cloud.wait_for_event(NAME, "device.low_battery")
    assert event["battery_level"] == pytest.approx(0.07)
    assert cloud.device(NAME)["properties"]["battery_level"] == pytest.approx(0.07)


def test_an_event_type_from_the_future_is_taken_and_ignored(cloud):
    before = cloud.event_types(NAME)
    response = cloud.call_back({"event_type": "lock.sang_a_song", "device_id": LOCK, "timestamp": now()})
    assert response.status_code // 100 == 2, "or the maker would repeat it for a day"
    assert cloud.event_types(NAME) == before


# --- Late truth


def test_a_late_callback_is_on_the_timeline_and_an_event_and_changes_nothing_G8(cloud):
    cloud.maker.set_behavior(LOCK, "late")
    attempt = cloud.api.resolved(cloud.api.unlock(NAME, deadline_seconds=1))
    assert attempt["error"]["type"] in ("outcome_unknown", "timed_out")
    event = cloud.wait_for_event(NAME, "action_attempt.late_report")
    assert event["action_attempt_id"] == attempt["action_attempt_id"]
    later = cloud.api.attempt(attempt["action_attempt_id"], timeline=True)
    assert kinds(later)[-1] == "late_report"
    assert {key: later[key] for key in attempt} == attempt, "what clients saw stays as it was"
    assert cloud.is_locked(NAME) is False


def test_a_late_callback_after_a_restart_is_not_thrown_away_either_G8(cloud):
    cloud.maker.set_behavior(LOCK, "late", late_by=[4, 4])
    attempt = cloud.api.resolved(cloud.api.unlock(NAME, deadline_seconds=1))
    cloud.server.restart()
    event = cloud.wait_for_event(NAME, "action_attempt.late_report", 15)
    assert event["action_attempt_id"] == attempt["action_attempt_id"]
    assert kinds(cloud.api.attempt(attempt["action_attempt_id"], timeline=True))[-1] == "late_report"


# --- Secrets


def test_secrets_are_neither_in_the_api_nor_in_the_log_nor_in_the_list_of_accounts(cloud):
    cloud.api.resolved(cloud.api.unlock(NAME))
    cloud.call_back(completed(None), secret=WRONG_SECRET)
    listed = run_keyway("accounts", "list", "--data-directory", str(cloud.server.data_directory)).stdout
    assert cloud.account_id in listed
    assert cloud.maker.token not in listed
    answers = [
        cloud.client.post(path, json=body).text
        for path, body in [
            ("/devices/list", {}),
            ("/locks/list", {}),
            ("/events/list", {"since": "2020-01-01T00:00:00Z"}),
            ("/action_attempts/list", {"include": ["timeline"]}),
            ("/connected_accounts/list", {}),
        ]
    ]
    for text in [*answers, cloud.everything_written()]:
        assert cloud.maker.token not in text
        assert cloud.secret not in text and cloud.secret.removeprefix("whsec_") not in text


def test_a_token_that_the_maker_does_not_know_leaves_the_server_running_and_says_so(start_server):
    server, maker = start_server(), MakerProcess(1)
    try:
        run_keyway(
            "accounts", "add", "device-cloud", "--base-url", maker.url, "--token", "a-wrong-token",
            "--data-directory", str(server.data_directory), "--json",
        )  # fmt: skip
        server.restart()
        wait_until(lambda: "401" in server.log() or "unauthorized" in server.log().lower(), "the log says why", 20)
        assert "a-wrong-token" not in server.log()
        with server.client() as client:
            assert client.get("/locks/list").status_code == 200
    finally:
        maker.stop()

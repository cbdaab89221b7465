"""The scripted maker is evidence against Keyway, so it is tested itself, with a stand-in for Keyway."""

import base64
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from support.callback_receiver import CallbackReceiver
from support.maker_process import MakerProcess
from support.waiting import wait_until

SECRET = "whsec_" + base64.b64encode(b"a secret of the maker's account!").decode()


@pytest.fixture
def receiver() -> Iterator[CallbackReceiver]:
    receiver = CallbackReceiver(SECRET)
    yield receiver
    receiver.stop()


@pytest.fixture
def maker(receiver: CallbackReceiver) -> Iterator[MakerProcess]:
    maker = MakerProcess(locks=3)
    maker.connect(receiver.url, "account", SECRET)
    yield maker
    maker.stop()


@pytest.fixture
def keyway(maker: MakerProcess) -> Iterator[httpx.Client]:
    """Calls the maker as Keyway does."""
    with httpx.Client(base_url=maker.url, headers={"authorization": f"Bearer {maker.token}"}, timeout=10) as client:
        yield client


@pytest.fixture
def command(keyway: httpx.Client) -> Callable[..., httpx.Response]:
    def send(custom_id: str, action: str = "unlock", seconds: float = 5, lock: str = "lock-01") -> httpx.Response:
        expires_at = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
        body = {"action": action, "custom_id": custom_id, "expires_at": expires_at}
        return keyway.post(f"/locks/{lock}/actions", json=body)

    return send


def test_it_lists_and_describes_its_locks(keyway):
    locks = keyway.get("/locks").json()["locks"]
    assert [lock["lock_id"] for lock in locks] == ["lock-01", "lock-02", "lock-03"]
    lock = keyway.get("/locks/lock-02").json()
    assert (lock["lock_state"], lock["online"], lock["bridge_id"]) == ("locked", True, "bridge-1")
    assert keyway.get("/locks/lock-99").status_code == 404


def test_it_wants_its_token(maker):
    assert httpx.get(f"{maker.url}/locks").status_code == 401


def test_a_command_moves_the_bolt_and_is_called_back_signed(maker, keyway, command, receiver):
    accepted = command("a1").json()
    assert (accepted["custom_id"], accepted["status"], accepted["action"]) == ("a1", "pending", "unlock")
    maker.finish()
    assert keyway.get("/locks/lock-01").json()["lock_state"] == "unlocked"
    [callback] = receiver.received
    assert callback["status"] == 200 and callback["path"] == "/providers/device_cloud/account/events"
    event = callback["event"]
    assert (event["custom_id"], event["action_id"], event["status"]) == ("a1", accepted["action_id"], "success")
    [received] = maker.commands("a1")
    assert abs(received["at"] - time.time()) < 5 and not received["is_repeat"] and not received["is_late"]


def test_a_repeated_command_gets_the_first_answer_and_does_nothing(maker, command):
    assert command("a1").json() == command("a1").json()
    maker.finish()
    assert [entry["is_repeat"] for entry in maker.commands("a1")] == [False, True]
    assert len(maker.record()["acts"]) == 1


def test_it_never_acts_after_expires_at(maker, keyway, command):
    assert command("late", seconds=-1).json()["error_code"] == "EXPIRED"
    maker.set_behavior("lock-01", "slow", answer_after=[0, 0], act_after=[0.5, 0.5])
    command("slow", seconds=0.1)
    maker.finish()
    assert maker.record()["acts"] == []
    assert [entry["is_late"] for entry in maker.record()["commands"]] == [True, False]
    assert keyway.get("/locks/lock-01").json()["lock_state"] == "locked"


@pytest.mark.parametrize(
    ("behavior", "status", "error_code"),
    [
        ("refuses", 409, "REMOTE_ACCESS_OFF"),
        ("offline", 409, "DEVICE_OFFLINE"),
        ("rate_limited", 429, "SLOW_DOWN"),
        ("server_error", 503, "MAINTENANCE"),
    ],
)
def test_it_refuses(maker, command, receiver, behavior: str, status: int, error_code: str):
    maker.set_behavior("lock-01", behavior)
    response = command("a1")
    assert (response.status_code, response.json()["error_code"]) == (status, error_code)
    maker.finish()
    assert maker.record()["acts"] == [] and receiver.received == []


@pytest.mark.parametrize(
    ("behavior", "acts", "callbacks"),
    [
        ("hangs_up", 1, 1),
        ("hangs_up_idle", 0, 0),
        ("silent", 0, 0),
        ("mute", 1, 0),
        ("jammed", 0, 1),
        ("duplicates", 1, 3),
    ],
)
def test_what_it_does_and_what_it_says(maker, command, receiver, behavior: str, acts: int, callbacks: int):
    maker.set_behavior("lock-01", behavior)
    if behavior.startswith("hangs_up"):
        with pytest.raises(httpx.RemoteProtocolError):
            command("a1")
    else:
        assert command("a1").status_code == 200
    maker.finish()
    assert len(maker.record()["acts"]) == acts
    assert len(receiver.received) == callbacks
    assert len({callback["id"] for callback in receiver.received}) <= 1, "duplicates share their webhook id"


def test_a_late_callback_comes_after_the_deadline_and_nothing_is_known_before(maker, keyway, command, receiver):
    maker.set_behavior("lock-01", "late", late_by=[0.3, 0.3])
    begun = time.monotonic()
    command("a1", seconds=0.5)
    wait_until(lambda: maker.record()["acts"], "the lock acts")
    assert keyway.get("/locks/lock-01").json()["lock_state"] == "unknown"
    maker.finish()
    assert len(receiver.received) == 1 and time.monotonic() - begun >= 0.8
    assert keyway.get("/locks/lock-01").json()["lock_state"] == "unlocked"


def test_a_reordered_callback_comes_again_in_the_middle_of_the_next_command(maker, command, receiver):
    maker.set_behavior("lock-01", "reorders")
    command("a1")
    maker.finish()
    maker.set_behavior("lock-01", "slow", answer_after=[0, 0])
    command("a2", "lock")
    maker.finish()
    assert [callback["event"]["custom_id"] for callback in receiver.received] == ["a1", "a1", "a2"]


def test_callbacks_are_repeated_with_the_same_id_and_body_until_they_are_taken(maker, command, receiver):
    receiver.status = 503
    command("a1")
    wait_until(lambda: len(receiver.received) >= 3, "three tries")
    receiver.status = 200
    maker.finish()
    assert {callback["status"] for callback in receiver.received[:-1]} == {503}
    assert receiver.received[-1]["status"] == 200
    assert len({callback["id"] for callback in receiver.received}) == 1
    assert all(callback["event"] == receiver.received[0]["event"] for callback in receiver.received)
    assert [entry["http_status"] for entry in maker.record()["deliveries"]][-1] == 200


def test_a_turn_by_hand_and_being_offline(maker, keyway, receiver):
    maker.turn("lock-01", "unlock")
    maker.set_online("lock-02", False)
    maker.finish()
    events = {callback["event"]["event_type"]: callback["event"] for callback in receiver.received}
    turned = events["lock.action_completed"]
    assert turned["performed_via"] == "manual_turn" and "custom_id" not in turned
    assert events["device.offline"]["device_id"] == "lock-02"
    assert keyway.get("/locks/lock-01").json()["lock_state"] == "unlocked"
    assert keyway.get("/locks/lock-02").json()["online"] is False

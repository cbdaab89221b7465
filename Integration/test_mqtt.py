"""Locks behind an MQTT broker, end to end: the release binary, a real mosquitto, scripted devices over paho-mqtt."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from support.accounts import add_mqtt_account
from support.broker import USERS, Broker
from support.house import House
from support.mqtt_lock import MQTTLock, ZigbeeBridge
from support.server import KeywayServer
from support.waiting import wait_until

NAME = "Front MQTT"


@pytest.fixture
def house(start_server: Callable[..., KeywayServer], broker: Broker) -> Iterator[House]:
    house = House(start_server(KEYWAY_RATE_LIMIT_PER_MINUTE=0), broker)
    add_mqtt_account(house.server, broker)
    yield house
    house.stop()


@pytest.fixture
def lock(house: House) -> MQTTLock:
    return house.add(MQTTLock(house.broker, NAME))


def kinds(attempt: dict) -> list[str]:
    return [entry["kind"] for entry in attempt["timeline"]]


# --- Discovery


def test_a_lock_is_discovered_with_its_battery_and_its_door_and_removed_when_it_is_no_longer_announced(house):
    lock = house.add(MQTTLock(house.broker, NAME))
    for kind, device_class, last in [("sensor", "battery", "battery"), ("binary_sensor", "door", "door")]:
        sensor = {"device_class": device_class, "state_topic": lock.topic(last), "device": lock.device}
        lock.client.publish(f"homeassistant/{kind}/{lock.id}/{last}/config", json.dumps(sensor), retain=True)
    lock.publish("battery", "81", retain=True)
    lock.publish("door", "ON", retain=True)
    house.wait_for_property(NAME, "battery_level", 0.81)
    house.wait_for_property(NAME, "door_open", True)
    device = house.device(NAME)
    maker = device["properties"]["model"]["manufacturer_display_name"]
    assert (device["properties"]["locked"], maker) == (True, "Test & Sons")
    assert device["can_remotely_unlock"] is True and device["can_remotely_lock"] is True
    lock.publish("battery", "9")
    house.wait_for_event(NAME, "device.low_battery")
    lock.unannounce()
    house.wait_for_event(NAME, "device.removed")


def test_locks_stay_the_same_devices_across_a_restart_of_the_server(house, lock):
    before = house.api.lock(NAME)
    house.server.restart()
    house.wait_for_property(NAME, "online", True)
    assert house.api.locks()[NAME] == before


def test_a_template_that_is_not_understood_is_a_warning_of_the_device(house):
    options = {"value_template": "{{ states('lock.front') }}"}
    lock = house.add(MQTTLock(house.broker, NAME, options=options), is_online=False)
    wait_until(
        lambda: [w["warning_code"] for w in house.device(NAME)["warnings"]] == ["announcement_not_understood"],
        "the warning is shown",
    )
    attempt = house.api.resolved(house.api.unlock(NAME))
    assert (attempt["status"], attempt["result"]) == ("success", {"was_confirmed_by_device": False}), "no guess"
    assert lock.commands == ["UNLOCK"]


# --- Commands


def test_an_unlock_is_published_once_with_an_expiry_and_confirmed_by_the_lock_G6(house, lock):
    attempt = house.api.resolved(house.api.unlock(NAME), timeline=True)
    assert (attempt["status"], attempt["result"]) == ("success", {"was_confirmed_by_device": True})
    without_reports = [kind for kind in kinds(attempt) if kind != "report"]
    assert without_reports == ["accepted", "dispatched", "acknowledged", "resolved"]
    [command] = lock.received
    assert (command.payload, command.qos, command.retain) == ("UNLOCK", 1, False)
    left = datetime.fromisoformat(attempt["deadline_at"]).timestamp() - command.at
    assert command.expiry is not None and 0 < command.expiry <= left + 1, "the broker drops it at the deadline (G3)"
    house.wait_for_property(NAME, "locked", False)
    assert "lock.unlocked" in house.event_types(NAME)
    assert house.api.resolved(house.api.relock(NAME))["result"] == {"was_confirmed_by_device": True}
    assert lock.commands == ["UNLOCK", "LOCK"]


def test_a_lock_that_is_locked_already_can_say_so_again(house, lock):
    assert house.api.resolved(house.api.relock(NAME))["result"] == {"was_confirmed_by_device": True}


def test_a_jam_ends_the_attempt_at_once(house, lock):
    lock.script = "jam"
    begun = time.monotonic()
    attempt = house.api.resolved(house.api.unlock(NAME))
    assert (attempt["status"], attempt["error"]["type"]) == ("error", "lock_jammed")
    assert time.monotonic() - begun < 5


def test_an_optimistic_lock_ends_unconfirmed_G6(house):
    lock = house.add(MQTTLock(house.broker, NAME, options={"optimistic": True}))
    attempt = house.api.resolved(house.api.unlock(NAME))
    assert (attempt["status"], attempt["result"]) == ("success", {"was_confirmed_by_device": False})
    assert lock.commands == ["UNLOCK"]


def test_a_silent_lock_ends_as_unknown_at_the_deadline(house, lock):
    lock.script = "silent"
    attempt = house.api.resolved(house.api.unlock(NAME, deadline_seconds=4), seconds=20)
    assert (attempt["status"], attempt["error"]["type"]) == ("error", "outcome_unknown")
    assert lock.commands == ["UNLOCK"], "no blind repeat (G4)"


# --- What people do


def test_a_turn_by_hand_is_an_event(house, lock):
    lock.say("UNLOCKED")
    house.wait_for_event(NAME, "lock.unlocked")
    lock.say("LOCKED")
    house.wait_for_event(NAME, "lock.locked")
    assert not any(event_type.startswith("action_attempt") for event_type in house.event_types(NAME))


# --- Out of reach


def test_an_offline_lock_fails_at_once_and_nothing_is_published(house, lock):
    lock.publish("availability", "offline", retain=True)
    house.wait_for_event(NAME, "device.disconnected")
    begun = time.monotonic()
    attempt = house.api.resolved(house.api.unlock(NAME))
    assert (attempt["status"], attempt["error"]["type"]) == ("error", "device_offline")
    assert time.monotonic() - begun < 5
    lock.publish("availability", "online", retain=True)
    house.wait_for_property(NAME, "online", True)
    house.wait_for_event(NAME, "device.connected")
    assert house.api.resolved(house.api.relock(NAME))["status"] == "success"
    assert lock.commands == ["LOCK"], "the unlock of before never came (G3)"


def test_the_last_will_of_a_device_takes_it_offline(house, lock):
    lock.stop()
    house.wait_for_property(NAME, "online", False, seconds=30)


def test_a_request_can_wait_for_an_offline_lock(house, lock):
    lock.publish("availability", "offline", retain=True)
    house.wait_for_property(NAME, "online", False)
    attempt = house.api.unlock(NAME, when_offline="wait", deadline_seconds=30)
    assert house.api.attempt(attempt["action_attempt_id"])["status"] == "pending"
    lock.publish("availability", "online", retain=True)
    assert house.api.resolved(attempt, seconds=15)["result"] == {"was_confirmed_by_device": True}
    assert lock.commands == ["UNLOCK"]


def test_a_request_that_waits_in_vain_ends_at_its_deadline_and_is_never_sent_G3(house, lock):
    lock.publish("availability", "offline", retain=True)
    house.wait_for_property(NAME, "online", False)
    attempt = house.api.resolved(house.api.unlock(NAME, when_offline="wait", deadline_seconds=2), seconds=20)
    assert (attempt["status"], attempt["error"]["type"]) == ("error", "action_attempt_expired")
    lock.publish("availability", "online", retain=True)
    house.wait_for_property(NAME, "online", True)
    assert house.api.resolved(house.api.relock(NAME))["status"] == "success"
    assert lock.commands == ["LOCK"]


def test_a_request_waits_over_a_restart_of_the_broker_and_is_sent_once_G4(house, lock):
    house.broker.kill()
    house.wait_for_property(NAME, "online", False, seconds=20)
    attempt = house.api.unlock(NAME, when_offline="wait", deadline_seconds=40)
    house.broker.start()
    assert house.api.resolved(attempt, seconds=45)["result"] == {"was_confirmed_by_device": True}
    assert lock.commands == ["UNLOCK"]


def test_a_request_waits_for_a_lock_that_comes_back_long_after_its_broker_G4(house, lock):
    lock.stop()
    house.wait_for_property(NAME, "online", False, seconds=20)
    attempt = house.api.unlock(NAME, when_offline="wait", deadline_seconds=40)
    other = house.add(MQTTLock(house.broker, "Other"))
    # The broker comes back without knowing anything of the lock, and with nobody who would take its commands.
    house.broker.kill()
    house.wait_for_property("Other", "online", False, seconds=20)
    house.broker.start()
    house.wait_for_property("Other", "online", True, seconds=20)
    assert house.api.resolved(house.api.unlock("Other"))["status"] == "success"
    assert house.api.attempt(attempt["action_attempt_id"])["status"] == "pending"
    lock.start()
    assert house.api.resolved(attempt, seconds=45)["result"] == {"was_confirmed_by_device": True}
    assert (lock.commands, other.commands) == (["UNLOCK"], ["UNLOCK"])


def test_a_request_that_waits_over_a_restart_of_the_broker_beyond_its_deadline_is_never_sent_G3(house, lock):
    house.broker.kill()
    house.wait_for_property(NAME, "online", False, seconds=20)
    attempt = house.api.unlock(NAME, when_offline="wait", deadline_seconds=2)
    assert house.api.resolved(attempt, seconds=20)["error"]["type"] == "action_attempt_expired"
    house.broker.start()
    house.wait_for_property(NAME, "online", True, seconds=40)
    assert house.api.resolved(house.api.relock(NAME), seconds=20)["status"] == "success"
    assert lock.commands == ["LOCK"]


@pytest.mark.parametrize("deadline", [1.35, 2.35, 3.15])
def test_a_sleeping_lock_that_comes_back_after_the_deadline_gets_nothing_G3(house, deadline):
    """The broker keeps commands for it, and counts their expiry in whole seconds of its own clock."""
    options = {"availability_topic": None}
    lock = house.add(MQTTLock(house.broker, NAME, options=options, session_seconds=60))
    lock.stop()
    # The broker's second has just begun, and the time left is a little more than whole seconds.
    wait_until(lambda: time.time() % 1 < 0.1, "a second begins", interval=0.005)
    begun = time.time()
    attempt = house.api.unlock(NAME, deadline_seconds=deadline)
    wait_until(lambda: time.time() - begun > deadline + 0.15, "the deadline has passed")
    # What the broker has kept comes with its connection, before the broker takes its subscriptions.
    lock.start()
    assert time.time() - begun < int(deadline) + 0.9, "it was back in time to see the difference"
    ended = house.api.resolved(attempt, seconds=15)
    assert ended["error"]["type"] in ("outcome_unknown", "action_attempt_expired")
    assert lock.commands == []


# --- A broker that dies


def test_an_answer_that_a_dying_broker_swallows_confirms_nothing_and_nothing_is_sent_again_G4_G6(house, lock):
    """The lock acts and answers, into a connection that has just died; it says so again when the broker is back."""
    answer = lock.client.on_message

    def kill_and_answer(*details: object) -> None:
        house.broker.kill()
        answer(*details)

    lock.client.on_message = kill_and_answer
    attempt = house.api.unlock(NAME, deadline_seconds=15)
    lock.wait_for_commands(1)
    lock.client.on_message = answer
    house.broker.start()
    house.wait_for_property(NAME, "online", True, seconds=20)
    house.wait_for_property(NAME, "locked", False)
    attempt = house.api.resolved(attempt, seconds=30)
    assert attempt["error"]["type"] == "outcome_unknown"
    assert lock.commands == ["UNLOCK"]
    assert house.api.resolved(house.api.relock(NAME), seconds=20)["result"] == {"was_confirmed_by_device": True}
    assert lock.commands == ["UNLOCK", "LOCK"]


def test_a_broker_killed_and_restarted_in_the_middle_of_an_unlock_gets_it_once_G3_G4(house, lock):
    lock.script = "silent"
    attempt = house.api.unlock(NAME, deadline_seconds=20)
    lock.wait_for_commands(1)
    house.broker.restart()
    # The device comes back, announces itself, and says what became of the command after all.
    house.wait_for_property(NAME, "online", True, seconds=20)
    lock.say("UNLOCKED")
    attempt = house.api.resolved(attempt, seconds=40, timeline=True)
    # It can be the answer to somebody else's command, given while the connection was gone: true, but no confirmation.
    assert attempt["error"]["type"] == "outcome_unknown", kinds(attempt)
    assert lock.commands == ["UNLOCK"]
    house.wait_for_property(NAME, "locked", False)
    lock.script = "succeed"
    assert house.api.resolved(house.api.relock(NAME), seconds=20)["result"] == {"was_confirmed_by_device": True}
    assert lock.commands == ["UNLOCK", "LOCK"]


@pytest.mark.timeout(180)
def test_after_a_broker_was_gone_for_30_s_nothing_of_before_is_sent_G3(house, lock):
    house.broker.kill()
    gone = time.monotonic()
    house.wait_for_property(NAME, "online", False, seconds=20)
    at_once = house.api.resolved(house.api.unlock(NAME))
    assert at_once["error"]["type"] == "device_disconnected"
    waiting = house.api.unlock(NAME, when_offline="wait", deadline_seconds=5)
    ended = house.api.resolved(waiting, seconds=20)
    assert ended["error"]["type"] == "action_attempt_expired"
    wait_until(lambda: time.monotonic() - gone > 30, "30 s are over", seconds=40)
    house.broker.start()
    house.wait_for_property(NAME, "online", True, seconds=60)
    assert house.api.resolved(house.api.relock(NAME), seconds=20)["result"] == {"was_confirmed_by_device": True}
    assert lock.commands == ["LOCK"]
    assert "device.removed" not in house.event_types(NAME), "a broker that forgets is no removal"


# --- Trouble


def flood(broker: Broker, topic: str, rate: int, seconds: int) -> subprocess.Popen[str]:
    """Starts a device that says `LOCKED` and `UNLOCKED` as fast as it can; it prints how often it has."""
    script = Path(__file__).parent / "support/mqtt_flood.py"
    command = [sys.executable, script, str(broker.port), "device", USERS["device"], topic, str(rate), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_flood_of_5000_states_a_second_delays_no_command_and_fills_no_memory_G12(house, lock):
    noisy = house.add(MQTTLock(house.broker, "Noisy"))

    def resident() -> int:
        return int(Path(f"/proc/{house.server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before, latencies = resident(), []
    with flood(house.broker, noisy.topic("state"), rate=5000, seconds=10) as noise:
        begun = time.monotonic()
        # As often as one lock may be asked within a minute.
        for number in range(14):
            wait_until(lambda due=number * 0.7: time.monotonic() - begun >= due, "the next command is due")
            asked = time.monotonic()
            act = house.api.unlock if number % 2 == 0 else house.api.relock
            assert house.api.resolved(act(NAME), seconds=5)["result"] == {"was_confirmed_by_device": True}
            latencies.append(time.monotonic() - asked)
        assert int(noise.communicate()[0]) >= 45_000, "the flood was as fast as it should be"
    assert sorted(latencies)[len(latencies) // 2] < 1, latencies
    assert resident() - before < 200 << 20
    noisy.say("LOCKED")
    house.wait_for_property("Noisy", "locked", True, seconds=20)


GARBAGE = [
    b"", b"\x00", b"\xff\xfe\xfd", b"{", b"[]", b"null", b"{}", b'{"command_topic":5}', b"[" * 100_000,
    b'{"a":' * 10_000, b'{"state_topic":"test/#","command_topic":"+"}', b"x" * 300_000,
    '{"command_topic":"garbage/set","name":"😀\\u0000","device":{"identifiers":{"a":1}}}'.encode(),
    b'{"unique_id":"u1","command_topic":"c","state_topic":"a\\u0001","availability_topic":"\\uffff"}',
    json.dumps({"unique_id": "u2", "command_topic": "/" * 300, "state_topic": "/" * 201}).encode(),
    json.dumps({"unique_id": "u3", "command_topic": "c", "state_topic": "x" * 60_000}).encode(),
    b'{"unique_id":"u4","command_topic":"c","state_topic":"$share/a","availability_topic":"$share/a/b"}',
]  # fmt: skip


def test_garbage_on_every_topic_harms_nothing(house, lock):
    topics = [
        "homeassistant/lock/garbage/config", "homeassistant/lock/node/garbage/config",
        "homeassistant/sensor/garbage/config", "homeassistant/binary_sensor/a/garbage/config",
        "homeassistant/device/garbage/config", "zigbee2mqtt/bridge/devices", "zigbee2mqtt/bridge/state",
        "zigbee2mqtt/bridge/logging", "zigbee2mqtt/bridge/response/x", lock.topic("state"), "homeassistant/status",
        "keyway/garbage",
    ]  # fmt: skip
    for garbage in GARBAGE:
        for topic in topics:
            lock.client.publish(topic, garbage, qos=1).wait_for_publish(10)
        if garbage:
            lock.publish("availability", garbage).wait_for_publish(10)
    # The lock's own announcement, garbled, changes nothing either; an empty one would remove it.
    for garbage in filter(None, GARBAGE[:7]):
        lock.client.publish(lock.config_topic, garbage, qos=1).wait_for_publish(10)
    assert house.api.resolved(house.api.unlock(NAME))["result"] == {"was_confirmed_by_device": True}
    assert house.server.is_running
    written = house.everything_written()
    assert "It is no JSON that is read" in written
    assert written.count("something on the broker is not as it should be") <= 100, "a few lines a minute"
    assert len(written) < 200_000, "the log is not flooded"
    assert "device.removed" not in house.event_types(NAME)


# What a library or a broker refuses to subscribe to, each in its own way.
BAD_TOPICS = {
    "control character": "a\u0001", "delete": "a\u007f", "no character": "a\ufdd0", "300 levels": "/".join("a" * 300),
    "shared": "$share/x", "shared, complete": "$share/group/a", "long": "a" * 60_000,
}  # fmt: skip


@pytest.mark.parametrize("topic", BAD_TOPICS.values(), ids=BAD_TOPICS.keys())
def test_a_lock_whose_topics_nobody_can_subscribe_to_deafens_no_other_G12(house, lock, topic):
    for key in ("state_topic", "command_topic", "availability_topic"):
        config = {"name": f"Bad {key}", "unique_id": key, "command_topic": f"bad/{key}/set", key: topic}
        lock.client.publish(f"homeassistant/lock/{key}/config", json.dumps(config), qos=1, retain=True)
    later = house.add(MQTTLock(house.broker, "Later"))
    for name in set(house.api.locks()) & {"Bad state_topic", "Bad command_topic", "Bad availability_topic"}:
        house.api.unlock(name, deadline_seconds=4)
    for name in (NAME, "Later"):
        assert house.api.resolved(house.api.unlock(name))["result"] == {"was_confirmed_by_device": True}
    # All topics are subscribed to together now.
    house.server.restart()
    for name in (NAME, "Later"):
        attempt = house.api.relock(name, when_offline="wait")
        assert house.api.resolved(attempt, seconds=20)["result"] == {"was_confirmed_by_device": True}
    lock.client.publish("homeassistant/lock/state_topic/config", "", qos=1, retain=True)
    assert house.api.resolved(house.api.unlock(NAME))["result"] == {"was_confirmed_by_device": True}
    assert later.commands == ["UNLOCK", "LOCK"]
    assert "device.disconnected" not in house.event_types(NAME), "the connection has held all the time"


def test_a_house_with_thousands_of_sensors_keeps_its_lock(house, lock):
    """A broker sends only so many kept messages at once that somebody must acknowledge, and drops the others."""
    for number in range(3000):
        sensor = {"device_class": "door", "state_topic": f"sensors/{number}", "device": {"identifiers": [f"s{number}"]}}
        topic = f"homeassistant/binary_sensor/s{number}/door/config"
        published = lock.client.publish(topic, json.dumps(sensor), qos=1, retain=True)
    published.wait_for_publish(30)
    house.server.restart()
    attempt = house.api.unlock(NAME, when_offline="wait")
    assert house.api.resolved(attempt, seconds=40)["result"] == {"was_confirmed_by_device": True}


def test_a_flood_of_announcements_that_nobody_understands_fills_no_log_G12(house, lock):
    topic = "homeassistant/lock/noise/config"
    with flood(house.broker, topic, rate=5000, seconds=4) as noise:
        assert int(noise.communicate()[0]) >= 15_000, "the flood was as fast as it should be"
    # What came before this has been read.
    lock.say("UNLOCKED")
    house.wait_for_property(NAME, "locked", False, seconds=30)
    lines = [line for line in house.everything_written().splitlines() if "noise" in line]
    assert 1 <= len(lines) <= 100, f"{len(lines)} lines"


def test_a_broker_with_tls_is_trusted_by_its_certificate_only(start_server, broker):
    house = House(start_server(KEYWAY_RATE_LIMIT_PER_MINUTE=0), broker)
    try:
        add_mqtt_account(house.server, broker, "--tls", "--ca-file", str(broker.ca_file), port=broker.tls_port)
        house.add(MQTTLock(broker, NAME))
        assert house.api.resolved(house.api.unlock(NAME))["status"] == "success"
        stranger = House(start_server(), broker)
        add_mqtt_account(stranger.server, broker, "--tls", port=broker.tls_port)
        wait_until(lambda: "certificate verify failed" in stranger.everything_written(), "the refusal is logged", 20)
        assert NAME not in stranger.api.locks()
        stranger.stop()
    finally:
        house.stop()


def test_a_wrong_password_is_said_plainly_and_no_password_is_ever_shown(start_server, broker):
    house = House(start_server(KEYWAY_RATE_LIMIT_PER_MINUTE=0), broker)
    try:
        add_mqtt_account(house.server, broker, password="not the password 123")
        said = "user, password or certificate are wrong"
        wait_until(lambda: said in house.everything_written(), "the refusal is logged", 20)
        add_mqtt_account(house.server, broker)
        house.add(MQTTLock(broker, NAME))
        accounts = json.dumps(house.api.post("/connected_accounts/list"))
        written = house.everything_written()
        assert written.count(said) == 1, "said once, though it is tried again and again"
        for password in ("not the password 123", USERS["keyway"]):
            assert password not in written and password not in accounts
    finally:
        house.stop()


# --- Zigbee2MQTT without discovery


@pytest.fixture
def bridge(house: House) -> ZigbeeBridge:
    return house.add(ZigbeeBridge(house.broker, "hall/front door"))


def test_zigbee2mqtts_own_topics(house, bridge):
    attempt = house.api.resolved(house.api.unlock(bridge.name))
    assert attempt["result"] == {"was_confirmed_by_device": True}
    assert ("set", {"state": "UNLOCK"}) in bridge.received
    house.wait_for_property(bridge.name, "battery_level", 0.9)
    bridge.say(action="lock", action_source_name="keypad", action_user=2, state="LOCK", lock_state="locked")
    event = house.wait_for_event(bridge.name, "lock.locked")
    assert event["method"] == "keycode"


def test_what_zigbee2mqtt_remembers_confirms_nothing_G6(house, bridge):
    """Neither before the deadline, nor as the answer to the question at the deadline."""

    def say_what_is_remembered(_client: object, _data: object, message: object) -> None:
        bridge.received.append((message.topic.rsplit("/", 1)[1], json.loads(message.payload)))
        bridge.say(battery=bridge.remembered["battery"] - 1)

    bridge.received.clear()
    bridge.client.on_message = say_what_is_remembered
    attempt = house.api.resolved(house.api.relock(bridge.name, deadline_seconds=3), seconds=15)
    assert [kind for kind, _ in bridge.received] == ["set", "get"], "it was asked at the deadline"
    house.wait_for_property(bridge.name, "battery_level", 0.88)
    assert attempt["status"] == "error" or not attempt["result"]["was_confirmed_by_device"], attempt


def test_a_reading_at_the_deadline_confirms_what_has_changed_since_the_command_G6(house, bridge):
    """The lock has moved, and its report was lost on the way to the bridge."""

    def move_silently_and_answer(_client: object, _data: object, message: object) -> None:
        bridge.received.append((message.topic.rsplit("/", 1)[1], json.loads(message.payload)))
        if message.topic.endswith("/get"):
            bridge.say(state="UNLOCK", lock_state="unlocked")

    bridge.received.clear()
    bridge.client.on_message = move_silently_and_answer
    begun = time.monotonic()
    attempt = house.api.resolved(house.api.unlock(bridge.name, deadline_seconds=3), seconds=15)
    assert attempt["result"] == {"was_confirmed_by_device": True}
    assert [kind for kind, _ in bridge.received] == ["set", "get"]
    assert time.monotonic() - begun >= 2, "asked at the deadline, not before"


def test_an_older_state_that_a_restarted_bridge_remembers_confirms_nothing_G6(house, bridge):
    """Zigbee2MQTT sends its file of states at its start, and after a crash that can be minutes old."""
    assert house.api.resolved(house.api.unlock(bridge.name))["result"] == {"was_confirmed_by_device": True}
    bridge.client.on_message = lambda *_: None
    attempt = house.api.relock(bridge.name, deadline_seconds=4)
    bridge.stop()
    house.wait_for_property(bridge.name, "online", False, seconds=5)
    restarted = ZigbeeBridge(house.broker, bridge.name)
    restarted.client.on_message = lambda *_: None
    house.devices.append(restarted.start())
    attempt = house.api.resolved(attempt, seconds=15)
    assert attempt["status"] == "error" or not attempt["result"]["was_confirmed_by_device"], attempt


def test_a_failure_in_zigbee2mqtts_log_ends_the_attempt(house, bridge):
    bridge.client.on_message = lambda *_: bridge.fail("ZCL command failed (Status 'FAILURE')")
    attempt = house.api.resolved(house.api.unlock(bridge.name))
    assert attempt["error"]["type"] == "rejected_by_device"


def test_the_last_will_of_zigbee2mqtt_takes_its_locks_offline(house, bridge):
    bridge.stop()
    house.wait_for_property(bridge.name, "online", False, seconds=30)
    assert house.api.resolved(house.api.unlock(bridge.name))["error"]["type"] == "device_disconnected"

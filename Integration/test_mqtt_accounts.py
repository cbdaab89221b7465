"""Several brokers at one server: each is an account of its own, and a workspace sees its own accounts only (G11)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.accounts import add_mqtt_account
from support.api import API
from support.broker import Broker
from support.house import House
from support.mqtt_lock import MQTTLock
from support.server import KeywayServer
from support.waiting import wait_until

NAME = "Front MQTT"


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[list[Broker]]:
    brokers: list[Broker] = []
    try:
        brokers += [Broker(tmp_path / f"broker-{number}").start() for number in (1, 2)]
        yield brokers
    finally:
        for broker in brokers:
            broker.kill()


@pytest.fixture
def mqtt_server(start_server: Callable[..., KeywayServer]) -> KeywayServer:
    return start_server(KEYWAY_RATE_LIMIT_PER_MINUTE=0)


def new_workspace(server: KeywayServer) -> tuple[str, str]:
    """The id of a new workspace, and an API key for it."""
    token = server.create_token("maker")["personal_access_token"]
    with server.client(token) as client:
        workspace = API(client).post("/workspaces/create", name="Next door", is_sandbox=True)["workspace"]
    return workspace["workspace_id"], server.create_key("next door", workspace=workspace["workspace_id"])["api_key"]


def test_two_workspaces_with_a_broker_each_share_nothing_G11(mqtt_server, brokers):
    """The same lock, by all its names and topics, is announced at both brokers."""
    workspace_id, key = new_workspace(mqtt_server)
    mine, theirs = House(mqtt_server, brokers[0]), House(mqtt_server, brokers[1], key)
    try:
        add_mqtt_account(mqtt_server, brokers[0])
        add_mqtt_account(mqtt_server, brokers[1], "--workspace", workspace_id)
        my_lock, their_lock = mine.add(MQTTLock(brokers[0], NAME)), theirs.add(MQTTLock(brokers[1], NAME))
        mine.add(MQTTLock(brokers[0], "Only here"))
        assert mine.api.lock(NAME) != theirs.api.lock(NAME)
        assert "Only here" not in theirs.api.locks()
        assert mine.api.resolved(mine.api.unlock(NAME))["result"] == {"was_confirmed_by_device": True}
        assert (my_lock.commands, their_lock.commands) == (["UNLOCK"], [])
        assert (mine.properties(NAME)["locked"], theirs.properties(NAME)["locked"]) == (False, True)
        their_lock.say("UNLOCKED")
        theirs.wait_for_event(NAME, "lock.unlocked")
        my_lock.unannounce()
        mine.wait_for_event(NAME, "device.removed")
        my_ids = {event["device_id"] for event in mine.api.events() if "device_id" in event}
        their_ids = {event["device_id"] for event in theirs.api.events() if "device_id" in event}
        assert not my_ids & their_ids
        assert "device.removed" not in theirs.event_types(NAME)
        for house, other in [(mine, theirs), (theirs, mine)]:
            foreign = {"device_id": other.api.lock(NAME)}
            assert house.client.post("/locks/unlock_door", json=foreign).status_code == 404
            assert house.client.post("/devices/get", json=foreign).status_code == 404
        assert theirs.api.resolved(theirs.api.relock(NAME))["status"] == "success", "the other's removal is not theirs"
        assert (my_lock.commands, their_lock.commands) == (["UNLOCK"], ["LOCK"])
    finally:
        mine.stop()
        theirs.stop()


def test_two_brokers_of_one_workspace_are_two_accounts_with_devices_of_their_own_G11(mqtt_server, brokers):
    """The same unique_id and the same topics at both: two locks, and no command at the wrong one."""
    house = House(mqtt_server, brokers[0])
    # The same names in both places, but for the one by which the test tells them apart.
    locks = [MQTTLock(broker, NAME, options={"name": f"at {n}", "device": {}}) for n, broker in enumerate(brokers)]
    try:
        accounts = [add_mqtt_account(mqtt_server, broker)["connected_account_id"] for broker in brokers]
        assert len(set(accounts)) == 2
        for lock in locks:
            house.devices.append(lock.start())
        wait_until(lambda: {"at 0", "at 1"} <= house.api.locks().keys(), "both are discovered", 20)
        for n in (0, 1):
            house.wait_for_property(f"at {n}", "locked", True)
            assert house.device(f"at {n}")["connected_account_id"] == accounts[n]
        assert house.api.resolved(house.api.unlock("at 1"))["result"] == {"was_confirmed_by_device": True}
        assert (locks[0].commands, locks[1].commands) == ([], ["UNLOCK"])
        assert house.properties("at 0")["locked"] is True
        assert "lock.unlocked" not in house.event_types("at 0")
        brokers[1].kill()
        house.wait_for_property("at 1", "online", False, seconds=20)
        assert house.properties("at 0")["online"] is True
        assert house.api.resolved(house.api.unlock("at 1"))["error"]["type"] == "device_disconnected"
        assert house.api.resolved(house.api.unlock("at 0"))["result"] == {"was_confirmed_by_device": True}
        assert (locks[0].commands, locks[1].commands) == (["UNLOCK"], ["UNLOCK"])
        assert "device.disconnected" not in house.event_types("at 0")
    finally:
        house.stop()

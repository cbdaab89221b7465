"""The unmodified Seam SDK reads workspaces, locks, devices, attempts and events."""

from datetime import UTC, datetime

import pytest
from seam import Seam
from support.waiting import wait_until

SANDBOX_LOCKS = {
    "Front Door", "Back Door", "Lobby", "Garage", "Store Room", "Roof Hatch", "Meeting Room", "Cellar", "Vault",
    "Guest House", "Apartment 12",
}  # fmt: skip


def test_locks_list_shows_the_sandbox_locks(seam: Seam):
    locks = seam.locks.list()
    assert {lock.display_name for lock in locks} == SANDBOX_LOCKS
    assert len({lock.device_id for lock in locks}) == len(SANDBOX_LOCKS)
    assert len({lock.properties.manufacturer for lock in locks}) > 1, "locks of different makes"
    for lock in locks:
        assert lock.can_remotely_lock is True and lock.can_remotely_unlock is True
        assert "lock" in lock.capabilities_supported
        assert lock.properties.name == lock.display_name
        assert isinstance(lock.properties.locked, bool) and isinstance(lock.properties.online, bool)
        assert lock.errors == [] or not lock.properties.online


def test_locks_get_by_id_and_by_name(seam: Seam, lock):
    by_id = seam.locks.get(device_id=lock("Front Door"))
    by_name = seam.locks.get(name="Front Door")
    assert by_id.device_id == by_name.device_id == lock("Front Door")
    assert by_id.display_name == "Front Door"


def test_lock_ids_are_the_same_after_a_restart(server, seam: Seam):
    before = {lock.display_name: lock.device_id for lock in seam.locks.list()}
    server.restart()
    assert {lock.display_name: lock.device_id for lock in seam.locks.list()} == before


def test_devices_list_and_get(seam: Seam, lock):
    devices = seam.devices.list()
    assert {device.display_name for device in devices} == SANDBOX_LOCKS
    assert seam.devices.get(device_id=lock("Vault")).display_name == "Vault"


def test_devices_list_filters_by_ids_and_an_empty_list_matches_nothing(seam: Seam, lock):
    wanted = {lock("Vault"), lock("Lobby")}
    assert {device.device_id for device in seam.devices.list(device_ids=sorted(wanted))} == wanted
    assert seam.devices.list(device_ids=[]) == []


def test_devices_are_paginated_in_one_order(seam: Seam):
    everything = [device.device_id for device in seam.devices.list()]
    paginator = seam.create_paginator(seam.devices.list, {"limit": 3})
    assert [device.device_id for device in paginator.flatten()] == everything


def test_workspaces_get_shows_the_sandbox_workspace(seam: Seam):
    workspace = seam.workspaces.get()
    assert workspace.is_sandbox is True
    assert workspace.name
    assert {lock.workspace_id for lock in seam.locks.list()} == {workspace.workspace_id}


def test_action_attempts_list_by_ids_and_by_device(seam: Seam, lock):
    first = seam.locks.unlock_door(device_id=lock("Lobby"))
    second = seam.locks.lock_door(device_id=lock("Back Door"))
    ids = [first.action_attempt_id, second.action_attempt_id]
    assert {found.action_attempt_id for found in seam.action_attempts.list(action_attempt_ids=ids)} == set(ids)
    of_lobby = seam.action_attempts.list(device_id=lock("Lobby"))
    assert [found.action_attempt_id for found in of_lobby] == ids[:1]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_action_attempts_paginator_visits_each_attempt_once(seam: Seam, lock, limit: int):
    made = {seam.locks.unlock_door(device_id=lock("Lobby"), wait_for_action_attempt=False).action_attempt_id
            for _ in range(7)}  # fmt: skip
    paginator = seam.create_paginator(seam.action_attempts.list, {"device_id": lock("Lobby"), "limit": limit})
    found = [attempt.action_attempt_id for attempt in paginator.flatten()]
    assert len(found) == 7 and set(found) == made
    first, pagination = paginator.first_page()
    assert len(first) == min(limit, 7)
    assert pagination.has_next_page == (limit < 7)


def test_events_list_shows_both_events_of_an_unlock_in_order(seam: Seam, lock):
    begun = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    attempt = seam.locks.unlock_door(device_id=lock("Lobby"))
    events = seam.events.list(since=begun, device_id=lock("Lobby"))
    assert [event.event_type for event in events] == ["action_attempt.unlock_door.succeeded", "lock.unlocked"]
    outcome, movement = events
    assert outcome.action_attempt_id == movement.action_attempt_id == attempt.action_attempt_id
    assert movement.method == "remote"
    workspace_id = seam.workspaces.get().workspace_id
    assert {event.workspace_id for event in events} == {workspace_id}
    assert {event.device_id for event in events} == {lock("Lobby")}


def test_events_filter_by_type_and_get_by_id(seam: Seam, lock):
    seam.locks.unlock_door(device_id=lock("Lobby"))
    events = seam.events.list(since="2020-01-01T00:00:00Z", event_type="lock.unlocked")
    assert [event.event_type for event in events] == ["lock.unlocked"]
    assert seam.events.get(event_id=events[0].event_id).event_id == events[0].event_id


def test_the_device_shows_where_its_bolt_is(seam: Seam, lock):
    seam.locks.unlock_door(device_id=lock("Lobby"))
    assert seam.locks.get(device_id=lock("Lobby")).properties.locked is False
    seam.locks.lock_door(device_id=lock("Lobby"))
    wait_until(lambda: seam.locks.get(device_id=lock("Lobby")).properties.locked, "the lobby is locked again")

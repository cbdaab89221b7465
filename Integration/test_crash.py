"""SIGKILL in the middle of many concurrent unlocks: nothing accepted is lost, repeated or resolved twice."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.api import API
from support.server import KeywayServer
from support.waiting import wait_until

REQUESTS = 200
DEADLINE_SECONDS = 5
GRACE_SECONDS = 2


def unlock_until_the_crash(server: KeywayServer, kill_after: int) -> list[str]:
    """Sends all requests at once, kills the server after so many answers, and returns what was accepted."""
    with server.client() as client:
        locks = list(API(client).locks().values())
        accepted: list[str] = []
        guard, enough = threading.Lock(), threading.Event()

        def unlock(device_id: str) -> None:
            try:
                response = client.post("/locks/unlock_door", json={"device_id": device_id})
            except httpx.TransportError:
                return  # The crash: nobody knows whether it was accepted, so it may be there or not.
            assert response.status_code == 200, response.text
            with guard:
                accepted.append(response.json()["action_attempt"]["action_attempt_id"])
                if len(accepted) >= kill_after:
                    enough.set()

        with ThreadPoolExecutor(max_workers=100) as pool:
            devices = itertools.islice(itertools.cycle(locks), REQUESTS)
            requests = [pool.submit(unlock, device_id) for device_id in devices]
            assert enough.wait(timeout=30), f"only {len(accepted)} answers"
            server.kill()
            for request in requests:
                request.result(timeout=30)
    return accepted


@pytest.mark.parametrize("kill_after", [1, 60, 120, REQUESTS])
def test_G1_G2_G4_kill_in_the_middle_of_200_concurrent_unlocks(start_server, kill_after: int):
    server = start_server(KEYWAY_DEFAULT_DEADLINE_SECONDS=DEADLINE_SECONDS)
    accepted = unlock_until_the_crash(server, kill_after)
    assert len(accepted) >= kill_after

    server.start()
    # G2: all are resolved by their deadline plus the grace, the restart included; the rest is slack for the machine.
    bound = DEADLINE_SECONDS + GRACE_SECONDS + 5
    wait_until(lambda: server.database.pending_count() == 0, "every attempt resolves", seconds=bound)

    # G1: what was answered with 200 is there, in the database and for the caller.
    statuses = server.database.statuses()
    assert set(accepted) <= set(statuses)
    with server.client() as client:
        api = API(client)
        attempts = {attempt_id: api.attempt(attempt_id, timeline=True) for attempt_id in statuses}
    assert all(attempts[attempt_id]["status"] == status for attempt_id, status in statuses.items())

    # G2: each resolved once, with one event that says the same.
    server.database.assert_every_attempt_resolved_exactly_once()

    # G4: none was sent twice; what the crash cut off after it may have been sent was read, not repeated.
    for attempt in attempts.values():
        kinds = Counter(entry["kind"] for entry in attempt["timeline"])
        assert kinds["accepted"] == 1 and kinds["resolved"] == 1
        assert kinds["dispatched"] <= 1
        if kinds["recovered"]:
            assert kinds["dispatched"] == 1


def test_G1_G2_repeated_crashes_lose_nothing(start_server):
    server = start_server(KEYWAY_DEFAULT_DEADLINE_SECONDS=DEADLINE_SECONDS)
    accepted: list[str] = []
    for kill_after in (5, 50, 20):
        accepted += unlock_until_the_crash(server, kill_after)
        server.start()
    wait_until(lambda: server.database.pending_count() == 0, "every attempt resolves", seconds=15)
    assert set(accepted) <= set(server.database.statuses())
    server.database.assert_every_attempt_resolved_exactly_once()


def test_G2_an_attempt_never_changes_once_it_is_resolved(start_server):
    server = start_server(KEYWAY_DEFAULT_DEADLINE_SECONDS=2)
    with server.client() as client:
        api = API(client)
        ids = [api.unlock(name)["action_attempt_id"] for name in api.locks()]
        resolved = {attempt_id: api.resolved(attempt_id) for attempt_id in ids}
        server.restart()
        assert {attempt_id: api.attempt(attempt_id) for attempt_id in ids} == resolved

"""After a crash with a large database: everything unresolved is taken up within 2 s, and nothing is sent twice."""

import time

import httpx
import pytest
from support.history import Past, insert
from support.server import KeywayServer
from support.waiting import wait_until

ATTEMPTS = 100_000
UNRESOLVED = 1_000
LOCKS = 200
BOUND_SECONDS = 2.0

# The four kinds of unresolved attempts that a crash can leave, as (dispatched, seconds from now to the deadline).
OVERDUE_UNSENT, OVERDUE_SENT = (False, -60), (True, -60)
UNSENT, SENT = (False, 300), (True, 300)


@pytest.fixture
def prepared(start_server) -> KeywayServer:
    """A stopped server, whose database has its tables, its key and its locks, all of them locked."""
    server = start_server(KEYWAY_SANDBOX_FAST_LOCKS=LOCKS)
    server.kill()
    return server


def fast_locks(server: KeywayServer) -> list[str]:
    rows = server.database.query("SELECT device_id FROM devices WHERE name LIKE 'Fast Lock %' ORDER BY sequence")
    return [device_id for (device_id,) in rows]


def unresolved(device_id: str, kind: tuple[bool, float], action: str = "UNLOCK_DOOR") -> Past:
    dispatched, deadline = kind
    return Past(device_id, action, min(deadline, 0) - 5, deadline, dispatched, is_resolved=False)


def start_until_first_answer(server: KeywayServer) -> tuple[float, float]:
    """Starts the server; the seconds until it answers at all, and until it accepts a request, after its recovery."""
    begun = time.monotonic()
    server.launch()
    with server.client() as client:

        def lobby() -> str | None:
            assert server.is_running, server.log()
            try:
                return client.get("/locks/get", params={"name": "Lobby"}).json()["device"]["device_id"]
            except httpx.ConnectError:
                return None

        # Locks are listed before the recovery too; only an action waits for it.
        device_id = wait_until(lobby, "the server answers", 30, interval=0.005)
        answering = time.monotonic() - begun
        response = client.post("/locks/unlock_door", json={"device_id": device_id})
        assert response.status_code == 200, response.text
        return answering, time.monotonic() - begun


@pytest.mark.timeout(300)
def test_G2_G4_100000_attempts_of_which_1000_are_unresolved_are_taken_up_within_2_s(prepared, record_property):
    server, locks = prepared, fast_locks(prepared)
    old = [
        Past(locks[n % LOCKS], "UNLOCK_DOOR" if n % 2 else "LOCK_DOOR", created, created + 30, True, is_resolved=True)
        for n, created in enumerate(range(-ATTEMPTS, -UNRESOLVED))
    ]
    # Each lock has one that may have been sent, and four behind it that were not.
    rest = [unresolved(lock, OVERDUE_SENT if n % 2 else SENT) for n, lock in enumerate(locks)]
    rest += [unresolved(lock, OVERDUE_UNSENT if n % 2 else UNSENT) for _ in range(4) for n, lock in enumerate(locks)]
    assert (len(old) + len(rest), len(rest)) == (ATTEMPTS, UNRESOLVED)
    ids = insert(server.database, old + rest)[-UNRESOLVED:]

    answering, accepting = start_until_first_answer(server)
    assert "unresolved attempts taken up" in server.log()
    assert f"attempts={UNRESOLVED}" in server.log()
    record_property("recovery_seconds", accepting)
    print(f"recovery: reading after {answering:.2f} s, accepting after {accepting:.2f} s")
    assert accepting < BOUND_SECONDS

    # Overdue ones end at once; those that were sent and cannot be confirmed hold their lanes until their deadline.
    overdue = [attempt_id for attempt_id, one in zip(ids, rest, strict=True) if one.deadline < 0]
    wait_until(lambda: not set(overdue) & pending(server), "what was overdue has its end", 10)


def pending(server: KeywayServer) -> set[str]:
    return {attempt_id for attempt_id, status in server.database.statuses().items() if status == "pending"}


def test_G3_what_was_never_sent_and_is_overdue_expires_and_what_is_not_is_sent_once(prepared):
    server, locks = prepared, fast_locks(prepared)
    ids = insert(server.database, [unresolved(locks[0], OVERDUE_UNSENT), unresolved(locks[1], UNSENT)])
    server.start()
    expired, sent = timelines(server, ids)
    assert expired["error"]["type"] == "action_attempt_expired"
    assert expired["dispatched_at"] is None
    assert kinds(expired) == ["accepted", "resolved"]
    assert (sent["status"], sent["result"]) == ("success", {"was_confirmed_by_device": True})
    assert kinds(sent).count("dispatched") == 1


def test_G4_what_may_have_been_sent_is_read_and_not_sent_again(prepared):
    server, locks = prepared, fast_locks(prepared)
    ids = insert(
        server.database,
        [
            unresolved(locks[0], OVERDUE_SENT, "UNLOCK_DOOR"),
            unresolved(locks[1], OVERDUE_SENT, "LOCK_DOOR"),
            unresolved(locks[2], SENT, "LOCK_DOOR"),
        ],
    )
    server.start()
    # All locks are locked, and would unlock at once if they were told to again.
    elsewhere, there, there_in_time = timelines(server, ids)
    assert elsewhere["error"]["type"] == "timed_out"
    assert there["result"] == there_in_time["result"] == {"was_confirmed_by_device": True}
    for attempt in (elsewhere, there, there_in_time):
        assert kinds(attempt) == ["accepted", "dispatched", "recovered", "report", "resolved"]
    with server.client() as client:
        device = client.get("/locks/get", params={"device_id": locks[0]}).json()["device"]
        assert device["properties"]["locked"] is True, "nothing unlocked it"
    server.database.assert_every_attempt_resolved_exactly_once()


def timelines(server: KeywayServer, ids: list[str]) -> list[dict]:
    """The attempts with their timelines, once all of them are resolved."""
    wait_until(lambda: not set(ids) & pending(server), "all are resolved", 10)
    with server.client() as client:
        body = {"action_attempt_ids": ids, "include": ["timeline"]}
        found = client.post("/action_attempts/list", json=body).json()["action_attempts"]
    by_id = {attempt["action_attempt_id"]: attempt for attempt in found}
    return [by_id[attempt_id] for attempt_id in ids]


def kinds(attempt: dict) -> list[str]:
    return [entry["kind"] for entry in attempt["timeline"]]

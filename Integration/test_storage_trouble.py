"""A database that is locked or full: callers are told, the operator is told, and nothing accepted is lost (G1, G12)."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support.server import KeywayServer
from support.waiting import wait_until


@pytest.fixture
def unlock(server_in_trouble: KeywayServer) -> Iterator[Callable[[], httpx.Response]]:
    with server_in_trouble.client() as http:
        lobby = http.get("/locks/get", params={"name": "Lobby"}).json()["device"]["device_id"]
        yield lambda: http.post("/locks/unlock_door", json={"device_id": lobby})


@pytest.fixture
def server_in_trouble(start_server) -> KeywayServer:
    return start_server(
        ignore_file_size_signal=True, KEYWAY_STORE_BUSY_TIMEOUT_SECONDS=1, KEYWAY_DEFAULT_DEADLINE_SECONDS=8
    )


def attempt_id(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return response.json()["action_attempt"]["action_attempt_id"]


def assert_unavailable(response: httpx.Response) -> None:
    assert response.status_code == 503
    assert response.json()["error"]["type"] == "service_unavailable"
    assert response.json()["ok"] is False
    assert int(response.headers["retry-after"]) >= 1


def assert_log_says(server: KeywayServer, advice: str) -> None:
    """Checks that an error line tells the operator what is wrong with which database, and what to do."""
    lines = [line for line in server.log().splitlines() if " error " in line and advice in line]
    assert lines, f"no log line about the trouble:\n{server.log()}"
    assert str(server.database.path) in lines[0]


def assert_nothing_accepted_was_lost(server: KeywayServer, accepted: list[str]) -> None:
    wait_until(lambda: server.database.pending_count() == 0, "every attempt resolves", seconds=30)
    statuses = server.database.statuses()
    assert set(accepted) <= set(statuses)
    assert all(statuses[attempt] == "success" for attempt in accepted)
    server.database.assert_every_attempt_resolved_exactly_once()


def unlock_until_refused(unlock: Callable[[], httpx.Response], accepted: list[str]) -> httpx.Response:
    for _ in range(5_000):
        response = unlock()
        if response.status_code == 503:
            return response
        if response.status_code != 429:
            accepted.append(attempt_id(response))
    raise AssertionError("the disk never became full")


def test_a_database_locked_by_another_process_is_503_and_loses_nothing_G1(server_in_trouble, unlock):
    server, accepted = server_in_trouble, []
    accepted.append(attempt_id(unlock()))
    with server.database.locked():
        assert_unavailable(unlock())
        with server.client() as http:
            found = http.get("/action_attempts/get", params={"action_attempt_id": accepted[0]})
        assert found.status_code == 200, "reading goes on"
        assert_log_says(server, "Another process holds the database")

    def accepted_again() -> bool:
        response = unlock()
        if response.status_code == 200:
            accepted.append(attempt_id(response))
        return response.status_code == 200

    wait_until(accepted_again, "new attempts are accepted again", seconds=15, interval=0.1)
    assert_nothing_accepted_was_lost(server, accepted)


def test_an_attempt_in_flight_outlives_a_locked_database_G2(server_in_trouble):
    server = server_in_trouble
    with server.client() as http:
        front_door = http.get("/locks/get", params={"name": "Front Door"}).json()["device"]["device_id"]
        accepted = attempt_id(http.post("/locks/unlock_door", json={"device_id": front_door}))
        with server.database.locked():
            # Long enough for the lock to move and for a write of its outcome to fail.
            assert_unavailable(http.post("/locks/unlock_door", json={"device_id": front_door}))
            pending = http.get("/action_attempts/get", params={"action_attempt_id": accepted}).json()
            assert pending["action_attempt"]["status"] == "pending", "what is not durable is not told"
    assert_nothing_accepted_was_lost(server, [accepted])


def limit_file_sizes(server: KeywayServer, room: int = 256 * 1024) -> None:
    """Makes the running server's writes fail once its files have grown by so many bytes, as on a full disk."""
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    largest = max(os.path.getsize(path) for path in server.data_directory.glob("keyway.sqlite*"))
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest + room, hard))


def lift_limit_on_file_sizes(server: KeywayServer) -> None:
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


def test_a_full_disk_is_503_and_loses_nothing_G1(server_in_trouble, unlock):
    server, accepted = server_in_trouble, [attempt_id(unlock())]
    limit_file_sizes(server)
    assert_unavailable(unlock_until_refused(unlock, accepted))
    assert server.is_running
    assert_log_says(server, "Check the disk")
    lift_limit_on_file_sizes(server)
    response = wait_until(lambda: (r := unlock()).status_code == 200 and r, "room is used again", 15, interval=0.1)
    accepted.append(attempt_id(response))
    assert_nothing_accepted_was_lost(server, accepted)


def test_a_crash_while_the_disk_is_full_loses_nothing_G1(server_in_trouble, unlock):
    server, accepted = server_in_trouble, [attempt_id(unlock())]
    limit_file_sizes(server)
    unlock_until_refused(unlock, accepted)
    server.restart()
    wait_until(lambda: server.database.pending_count() == 0, "every attempt resolves", seconds=20)
    assert set(accepted) <= set(server.database.statuses())
    server.database.assert_every_attempt_resolved_exactly_once()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB, where the machine lets us mount one."""
    place = tmp_path / "server-1"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place / "data")]
    (place / "data").mkdir()
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let us mount a file system")
    yield place
    subprocess.run(["umount", "--lazy", str(place / "data")], check=False)


def test_a_small_disk_that_fills_up_is_503_and_loses_nothing_G1(small_disk: Path):
    server = KeywayServer(small_disk)
    try:
        server.start()
        with server.client() as http:
            lobby = http.get("/locks/get", params={"name": "Lobby"}).json()["device"]["device_id"]

            def unlock() -> httpx.Response:
                return http.post("/locks/unlock_door", json={"device_id": lobby})

            accepted: list[str] = []
            assert_unavailable(unlock_until_refused(unlock, accepted))
            assert accepted and server.is_running
            assert_log_says(server, "Free some space")
            enlarge = ["mount", "-o", "remount,size=64m", str(server.data_directory)]
            subprocess.run(enlarge, check=True)
            response = wait_until(lambda: (r := unlock()).status_code == 200 and r, "room is used again", 15)
            accepted.append(attempt_id(response))
        assert_nothing_accepted_was_lost(server, accepted)
    finally:
        server.kill()

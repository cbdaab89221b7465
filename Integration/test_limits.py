"""Every bound that an operator can set, at its edge (G12)."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from support.api import API
from support.database import Database
from support.server import KeywayServer
from support.waiting import wait_until

Start = Callable[..., KeywayServer]


def test_G12_a_body_of_exactly_the_limit_is_read(start_server: Start) -> None:
    server = start_server(KEYWAY_MAXIMUM_BODY_BYTES=2048)
    with server.client() as client:
        for size, status in [(2048, 200), (2049, 413)]:
            body = b"{" + b" " * (size - 2) + b"}"
            answer = client.post("/locks/list", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == status


def test_G12_a_page_is_never_larger_than_its_limit(start_server: Start) -> None:
    server = start_server(KEYWAY_MAXIMUM_PAGE_SIZE=3)
    with server.client() as client:
        for limit in [3, 4, 1_000_000]:
            answer = client.get("/devices/list", params={"limit": limit}).json()
            assert len(answer["devices"]) == 3
            assert answer["pagination"]["has_next_page"] is True
        assert client.get("/devices/list", params={"limit": 0}).status_code == 400


def test_G12_a_list_without_pages_says_when_it_is_too_long(start_server: Start) -> None:
    eleven = start_server(KEYWAY_MAXIMUM_UNPAGED_ROWS=11)
    ten = start_server(KEYWAY_MAXIMUM_UNPAGED_ROWS=10)
    with eleven.client() as client:
        assert len(client.get("/locks/list").json()["devices"]) == 11
    with ten.client() as client:
        answer = client.get("/locks/list")
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "too_many_results")


def test_G12_a_lane_takes_as_many_attempts_as_it_may(start_server: Start) -> None:
    server = start_server(KEYWAY_MAXIMUM_LANE_LENGTH=3)
    with server.client() as client:
        vault = API(client).lock("Vault")
        statuses = [client.post("/locks/unlock_door", json={"device_id": vault}).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize(("seconds", "status"), [(0.99, 400), (1, 200), (86_400, 200), (86_401, 400)])
def test_G12_a_deadline_lies_between_a_second_and_a_day(api: API, seconds: float, status: int) -> None:
    body = {"device_id": api.lock("Vault"), "deadline_seconds": seconds}
    assert api.client.post("/locks/unlock_door", json=body).status_code == status


def test_G12_sync_waits_no_longer_than_it_may(start_server: Start) -> None:
    server = start_server(KEYWAY_MAXIMUM_SYNC_WAIT_SECONDS=1)
    with server.client() as client:
        began = time.monotonic()
        attempt = API(client).unlock("Vault", sync=True)
        assert attempt["status"] == "pending"
        assert 1 <= time.monotonic() - began < 4


def test_G12_G2_an_attempt_ends_by_its_deadline_and_the_grace(start_server: Start) -> None:
    server = start_server(KEYWAY_RESOLUTION_GRACE_SECONDS=1)
    with server.client() as client:
        api = API(client)
        attempt = api.unlock("Roof Hatch", deadline_seconds=1)
        began = time.monotonic()
        assert api.resolved(attempt)["error"]["type"] == "outcome_unknown"
        assert time.monotonic() - began < 4


def test_G12_a_silent_connection_is_closed(start_server: Start) -> None:
    server = start_server(KEYWAY_IDLE_TIMEOUT_SECONDS=1)
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port), timeout=10) as silent:
        silent.sendall(b"POST /locks/list HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n")
        began = time.monotonic()
        while silent.recv(4096):
            pass
        assert time.monotonic() - began < 8


def test_G12_connections_beyond_the_limit_wait_for_their_turn(start_server: Start) -> None:
    server = start_server(KEYWAY_MAXIMUM_CONNECTIONS=2)
    address = ("127.0.0.1", httpx.URL(server.url).port)
    request = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
    first = socket.create_connection(address, timeout=10)
    second = socket.create_connection(address, timeout=10)
    for connection in [first, second]:
        connection.sendall(request)
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
    third = socket.create_connection(address, timeout=10)
    third.sendall(request)
    third.settimeout(0.5)
    with pytest.raises(TimeoutError):
        third.recv(15)
    first.close()
    third.settimeout(10)
    assert third.recv(15) == b"HTTP/1.1 200 OK"
    second.close()
    third.close()


def test_G12_a_stopping_server_waits_no_longer_than_it_may(start_server: Start) -> None:
    server = start_server(KEYWAY_DRAIN_TIMEOUT_SECONDS=1)
    with server.client() as client:
        attempt = API(client).unlock("Vault")["action_attempt_id"]
    began = time.monotonic()
    server.terminate()
    assert server.wait() == 0
    assert time.monotonic() - began < 5
    assert Database(server.data_directory / "keyway.sqlite").statuses()[attempt] == "pending"


def test_G12_a_timeline_lists_no_more_reports_than_it_may(start_server: Start) -> None:
    server = start_server(KEYWAY_MAXIMUM_TIMELINE_REPORTS=1)
    with server.client() as client:
        api = API(client)
        done = api.resolved(api.unlock("Back Door"), timeline=True)
        assert done["status"] == "success"
        assert [entry["detail"] for entry in done["timeline"] if entry["kind"] == "report"] == ["unlocking"]


def test_a_late_report_counts_within_its_window_only(start_server: Start) -> None:
    for window, expected in [(3600, 1), (0, 0)]:
        server = start_server(KEYWAY_LATE_REPORT_WINDOW_SECONDS=window, KEYWAY_RESOLUTION_GRACE_SECONDS=0)
        with server.client() as client:
            api = API(client)
            api.set_behavior("Back Door", "answer_late", latency_ms=0, late_by_ms=2000)
            api.resolved(api.unlock("Back Door", deadline_seconds=1))
            wait_until(lambda: api.events(event_type="lock.unlocked"), "the bolt moves at last")
            assert len(api.events(event_type="action_attempt.late_report")) == expected


def test_G12_G3_a_stopping_server_answers_those_who_wait_and_sends_nothing_more(start_server: Start) -> None:
    server = start_server(KEYWAY_DRAIN_TIMEOUT_SECONDS=2)
    with server.client(timeout=30) as client, ThreadPoolExecutor() as pool:
        api = API(client)
        held = api.unlock("Vault")["action_attempt_id"]
        queued = pool.submit(api.unlock, "Vault", sync=True, deadline_seconds=600)
        wait_until(lambda: len(server.database.statuses()) == 2, "the second attempt waits")
        began = time.monotonic()
        server.terminate()
        answer = queued.result()
        assert (answer["status"], answer["dispatched_at"]) == ("pending", None)
        assert server.wait() == 0
        assert time.monotonic() - began < 8
    assert server.database.statuses() == {held: "pending", answer["action_attempt_id"]: "pending"}


def test_G12_a_server_stops_in_time_although_its_database_is_locked(start_server: Start) -> None:
    server = start_server(KEYWAY_DRAIN_TIMEOUT_SECONDS=1, KEYWAY_STORE_BUSY_TIMEOUT_SECONDS=1)
    with server.client(timeout=30) as client, ThreadPoolExecutor() as pool:
        api = API(client)
        api.unlock("Vault")
        waiting = api.unlock("Vault")["action_attempt_id"]
        with server.database.locked():
            cancelling = pool.submit(client.post, "/action_attempts/cancel", json={"action_attempt_id": waiting})
            answer = cancelling.result()
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
            began = time.monotonic()
            server.terminate()
            server.wait(timeout=30)
            assert time.monotonic() - began < 20

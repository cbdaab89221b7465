"""`GET /events/stream` from outside: what it brings, how it is resumed, and what ends it."""

import contextlib
import json
import os
import selectors
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from support.api import API
from support.credentials import Credential, api_key, client_session, token_in_workspace
from support.event_stream import EventStream, streaming
from support.isolation import named_things
from support.openapi import Document
from support.server import KeywayServer
from support.tenants import Tenant, connect
from support.usage import Usage, many_files
from support.waiting import wait_until
from support.webhook_receiver import WebhookReceiver

# Often enough that no test waits for one.
HEARTBEAT = {"KEYWAY_EVENT_STREAM_HEARTBEAT_SECONDS": 1}
# Tenants have webhooks.
LOOPBACK = {"KEYWAY_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1"}
LONG_AGO = "2000-01-01T00:00:00Z"


@pytest.fixture
def lively(start_server: Callable[..., KeywayServer]) -> KeywayServer:
    """A server whose streams have a heartbeat every second."""
    return start_server(**HEARTBEAT, **LOOPBACK)


@pytest.fixture
def hook() -> Iterator[WebhookReceiver]:
    """Where the tenants' webhooks send to."""
    receiver = WebhookReceiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def client(lively: KeywayServer) -> Iterator[API]:
    with lively.client() as client:
        yield API(client)


def open_sockets(server: KeywayServer) -> int:
    folder = f"/proc/{server.process.pid}/fd"
    count = 0
    for name in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):
            count += os.readlink(f"{folder}/{name}").startswith("socket:")
    return count


# --- What it brings


def test_a_stream_begins_at_once_and_brings_what_happens_as_the_list_has_it(server: KeywayServer, api: API) -> None:
    api.unlock("Lobby", sync=True)
    with streaming(server) as stream:
        assert stream.reader.headers["content-type"] == "text/event-stream"
        assert stream.reader.headers["cache-control"] == "no-store"
        assert stream.reader.headers["x-accel-buffering"] == "no"
        assert [(frame.id, frame.data) for frame in stream.reader.frames] == [(2, None)]
        api.relock("Lobby", sync=True)
        stream.events(2)
        frames = stream.reader.events
    assert [(frame.id, frame.event) for frame in frames] == [
        (3, "action_attempt.lock_door.succeeded"),
        (4, "lock.locked"),
    ]
    listed = api.client.get("/events/list", params={"since": LONG_AGO}).text
    assert all(frame.data in listed for frame in frames), "the bytes are those of the list"


def test_filters_are_those_of_the_list(lively: KeywayServer, client: API) -> None:
    client.unlock("Lobby", sync=True)
    middle = client.events()[-1]["created_at"]
    for act in (client.relock, client.unlock):
        for name in ("Lobby", "Back Door"):
            act(name, sync=True)
    events, account = client.events(), client.events()[0]["connected_account_id"]
    lobby, back = client.lock("Lobby"), client.lock("Back Door")
    some = [events[1]["event_id"], events[-1]["event_id"]]
    every: list[dict[str, object]] = [
        {},
        {"event_type": "lock.locked"},
        {"event_types": ["lock.locked", "action_attempt.unlock_door.succeeded"]},
        {"event_type": "lock.locked", "event_types": ["lock.unlocked"]},
        {"device_id": lobby},
        {"device_ids": [lobby, back], "event_type": "lock.unlocked"},
        {"device_ids": ""},
        {"event_ids": some},
        {"connected_account_id": account, "device_id": back},
        {"connected_account_id": some[0]},
        {"connect_webview_id": some[0]},
        {"customer_key": "nobody"},
        {"since": middle},
        {"access_code_id": some[0]},
    ]
    for filters in every:
        query = {"since": LONG_AGO} | filters
        listed = client.get("/events/list", **query)["events"]
        with streaming(lively, **query) as stream:
            # A heartbeat that tells the latest position comes after everything that matches.
            stream.wait(lambda reader: reader.position == len(events), "everything has been looked at")
            frames = stream.reader.events
        assert [frame.json for frame in frames] == listed, filters


def test_a_body_may_hold_the_filters(server: KeywayServer, api: API) -> None:
    api.unlock("Lobby", sync=True)
    body = {"since": LONG_AGO, "event_types": ["lock.unlocked"]}
    with api.client.stream("POST", "/events/stream", json=body) as response:
        assert response.status_code == 200
        text = ""
        for chunk in response.iter_text():
            text += chunk
            if "data: " in text and text.endswith("\n\n"):
                break
    assert text.count("data: ") == 1
    assert "event: lock.unlocked\n" in text


def test_events_of_a_customer_include_those_of_accounts_made_later(
    lively: KeywayServer, hook: WebhookReceiver
) -> None:
    tenant = Tenant(lively, "aurora", hook.url)
    with streaming(lively, key=tenant.key, customer_key="later") as stream:
        made = tenant.api.post("/connect_webviews/create", customer_key="later")["connect_webview"]
        tenant.client.post(made["url"], data={"decision": "connect"}, headers={"authorization": ""})
        tenant.api.unlock("Lobby", sync=True)
        account = tenant.api.get("/connect_webviews/get", connect_webview_id=made["connect_webview_id"])
        account_id = account["connect_webview"]["connected_account_id"]
        listed = tenant.api.events(customer_key="later")
        assert listed
        assert stream.events(len(listed)) == listed
        assert {event["connected_account_id"] for event in listed} == {account_id}
    tenant.close()


@pytest.mark.parametrize("position", ["x", "-1", "1.5", "99999999999999999999", "3", "1, 2"])
def test_a_position_that_is_none_is_refused(server: KeywayServer, api: API, position: str) -> None:
    api.unlock("Lobby", sync=True)
    response = api.client.get("/events/stream", headers={"last-event-id": position})
    assert (response.status_code, response.json()["error"]["type"]) == (400, "invalid_last_event_id")


def test_browsers_may_send_the_position_and_head_does_not_stream(server: KeywayServer, api: API) -> None:
    response = api.client.options("/events/stream", headers={"origin": "https://example.com"})
    assert "last-event-id" in response.headers["access-control-allow-headers"]
    assert api.client.head("/events/stream").status_code == 405


# --- Resuming


def test_a_stream_resumes_after_a_position_with_filters_and_since(server: KeywayServer, api: API) -> None:
    for act in (api.unlock, api.relock, api.unlock):
        act("Lobby", sync=True)
    events = api.events()
    with streaming(server, last_event_id=2) as stream:
        assert stream.reader.frames[0].id == 2
        assert stream.events(4) == events[2:]
    with streaming(server, last_event_id=0, event_type="lock.unlocked") as stream:
        assert stream.events(2) == [events[1], events[5]]
    # Both bounds count.
    with streaming(server, last_event_id=1, since=events[3]["created_at"], event_type="lock.unlocked") as stream:
        assert stream.events(1) == [events[5]]
    with streaming(server, last_event_id=5, since=LONG_AGO) as stream:
        assert stream.events(1) == events[5:]


def test_a_position_moves_on_though_nothing_matches(lively: KeywayServer, client: API) -> None:
    with streaming(lively, event_type="device.tampered") as stream:
        assert stream.reader.position == 0
        client.unlock("Lobby", sync=True)
        stream.wait(lambda reader: reader.position == 2, "the position moves on")
        assert stream.reader.events == []
        assert any(frame.comment == "heartbeat" for frame in stream.reader.frames)


class Load:
    """Clients that lock and unlock for as long as they can."""

    def __init__(self, server: KeywayServer, locks: int, clients: int = 4) -> None:
        with server.client() as client:
            ids = API(client).locks()
        self.server, self.ids = server, [ids[f"Fast Lock {number}"] for number in range(1, locks + 1)]
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(number,)) for number in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _run(self, number: int) -> None:
        count = number
        while not self.is_over.is_set():
            with contextlib.suppress(Exception), self.server.client(timeout=5) as client:
                while not self.is_over.is_set():
                    count += 1
                    path = ("/locks/lock_door", "/locks/unlock_door")[count % 2]
                    client.post(path, json={"device_id": self.ids[count % len(self.ids)]}).raise_for_status()
            self.is_over.wait(0.05)


def test_G7_a_stream_resumes_over_crashes_under_load_without_gap_or_repeat(start_server) -> None:
    server = start_server(KEYWAY_SANDBOX_FAST_LOCKS=16)
    seen: list[tuple[int, str]] = []
    position = 0
    with Load(server, 16):
        for life in range(4):
            stream = EventStream(server, last_event_id=position).begin()
            target = len(seen) + 100
            stream.wait(lambda one: len(seen) + len(one.events) >= target, "some events", 30)
            if life < 3:
                server.kill()
                # What the server had sent before it died may still be on its way.
                stream.end()
            seen += [(frame.id, frame.json["event_id"]) for frame in stream.reader.events]
            position = stream.reader.position
            stream.close()
            if life < 3:
                server.start()
    wait_until(lambda: server.database.pending_count() == 0, "every attempt resolves", seconds=40)
    with streaming(server, last_event_id=position) as stream:
        [(latest,)] = server.database.query("SELECT max(sequence) FROM events")
        stream.wait(lambda reader: reader.position == latest, "the latest event")
        seen += [(frame.id, frame.json["event_id"]) for frame in stream.reader.events]
    stored = server.database.query("SELECT sequence, event_id FROM events ORDER BY sequence")
    assert [number for number, _ in seen] == list(range(1, latest + 1))
    assert seen == stored


# --- What ends it


def test_a_silent_stream_outlives_the_idle_timeout(start_server) -> None:
    server = start_server(KEYWAY_IDLE_TIMEOUT_SECONDS=1, KEYWAY_EVENT_STREAM_HEARTBEAT_SECONDS=2)
    with streaming(server) as stream:
        stream.wait(lambda reader: sum(one.comment == "heartbeat" for one in reader.frames) == 2, "two heartbeats")
        with server.client() as client:
            API(client).unlock("Lobby", sync=True)
        stream.events(2)


def test_a_reader_that_has_gone_makes_room_at_once_G12(start_server) -> None:
    server = start_server(KEYWAY_MAXIMUM_EVENT_STREAMS_PER_KEY=20, KEYWAY_MAXIMUM_EVENT_STREAMS=21)
    with server.client() as client:
        before = open_sockets(server)
        streams = [EventStream(server).begin() for _ in range(20)]
        refused = client.get("/events/stream")
        assert (refused.status_code, refused.json()["error"]["type"]) == (429, "too_many_requests")
        assert int(refused.headers["retry-after"]) > 0
        other = server.create_key()["api_key"]
        with streaming(server, key=other):
            third = client.get("/events/stream", headers={"authorization": f"Bearer {other}"})
            assert third.status_code == 429, "all together have a bound too"
        for stream in streams:
            stream.close()
        wait_until(lambda: open_sockets(server) <= before + 1, "the connections are gone")
        again = [EventStream(server).begin() for _ in range(20)]
        for stream in again:
            stream.close()


def make_large_events(api: API, count: int) -> int:
    """Makes events of some 25 kB each; returns how many bytes they have in all."""
    lobby = api.lock("Lobby")
    metadata = {f"key-{number}": "x" * 500 for number in range(50)}
    api.post("/devices/update", device_id=lobby, custom_metadata=metadata)
    for number in range(count // 2):
        (api.unlock, api.relock)[number % 2]("Lobby", sync=True)
    return len(api.client.get("/events/list", params={"since": LONG_AGO}).content)


def test_slow_readers_are_cut_off_and_cost_no_memory_G12(start_server) -> None:
    server = start_server(KEYWAY_EVENT_STREAM_WRITE_TIMEOUT_SECONDS=2, **HEARTBEAT)
    with server.client() as client:
        api = API(client)
        # More than the buffers of both ends of a connection hold.
        total = make_large_events(api, 600)
        before, sockets, grown = Usage(server.process.pid).resident_bytes, open_sockets(server), 0
        streams = [EventStream(server, last_event_id=0, receive_buffer=4096) for _ in range(40)]
        wait_until(lambda: open_sockets(server) == sockets + len(streams), "the connections are there")

        def are_cut_off() -> bool:
            nonlocal grown
            grown = max(grown, Usage(server.process.pid).resident_bytes - before)
            return open_sockets(server) == sockets

        wait_until(are_cut_off, "the readers that read nothing are cut off", seconds=30)
        for stream in streams[:3]:
            reader = stream.end()
            assert len(reader.events) < 600, f"everything fitted into buffers; {total} bytes are too few"
            # What came is whole, so that the reader knows where to go on.
            assert reader.position == len(reader.events)
        print(f"slow readers: {total >> 20} MB of events, {len(streams)} readers, memory grew by {grown >> 20} MB")
        # Half of it is what malloc keeps for itself.
        assert grown < 100 << 20
        # The server serves others all the while, and who reads gets everything.
        api.unlock("Back Door", sync=True)
        with streaming(server, last_event_id=0) as stream:
            stream.events(602)
    for stream in streams:
        stream.close()


def test_a_server_with_open_streams_stops_at_once(start_server) -> None:
    server = start_server()
    with server.client() as client:
        make_large_events(API(client), 600)
    idle = [EventStream(server).begin() for _ in range(20)]
    stuck = [EventStream(server, last_event_id=0, receive_buffer=4096) for _ in range(5)]
    for stream in stuck:
        stream.read(5)
    begun = time.monotonic()
    server.terminate()
    assert server.wait() == 0
    assert time.monotonic() - begun < 8
    for stream in idle:
        assert stream.end().is_finished, "the answer ends as answers do"
        assert stream.reader.errors == []
    for stream in idle + stuck:
        stream.close()


def test_a_revoked_key_ends_its_streams(lively: KeywayServer, client: API) -> None:
    key = lively.create_key("short-lived")
    with streaming(lively, key=key["api_key"]) as stream, streaming(lively) as other:
        lively.keys("revoke", key["api_key_id"])
        reader = stream.end()
        assert [error["type"] for error in reader.errors] == ["unauthorized"]
        assert reader.is_finished
        client.unlock("Lobby", sync=True)
        other.events(2)
    again = client.client.get("/events/stream", headers={"authorization": f"Bearer {key['api_key']}"})
    assert again.status_code == 401


def test_the_end_of_a_client_session_ends_its_streams(server: KeywayServer, api: API) -> None:
    account = api.get("/devices/get", name="Lobby")["device"]["connected_account_id"]

    def session(**parameters: object) -> dict:
        made = api.post("/client_sessions/create", connected_account_ids=[account], **parameters)
        return made["client_session"]

    revoked, soon = session(), (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    expired = session(expires_at=soon)
    with (
        streaming(server, key=revoked["token"]) as one,
        streaming(server, key=expired["token"]) as two,
    ):
        for act in (api.unlock, api.relock):
            act("Lobby", sync=True)
        one.events(4)
        api.post("/client_sessions/revoke", client_session_id=revoked["client_session_id"])
        # What happens in this process counts before the next event, whenever the heartbeat is.
        wait_until(lambda: datetime.now(UTC) > datetime.fromisoformat(soon), "the session expires")
        api.unlock("Lobby", sync=True)
        for stream, reason in ((one, "client_session_revoked"), (two, "client_session_expired")):
            reader = stream.end()
            assert [error["type"] for error in reader.errors] == [reason]
            assert len(reader.events) <= 4
    refused = api.client.get("/events/stream", headers={"authorization": f"Bearer {expired['token']}"})
    assert (refused.status_code, refused.json()["error"]["type"]) == (401, "client_session_expired")


# --- Who sees what


@pytest.fixture
def tenants(lively: KeywayServer, hook: WebhookReceiver) -> Iterator[list[Tenant]]:
    tenants = [Tenant(lively, "aurora", hook.url), Tenant(lively, "borealis", hook.url)]
    yield tenants
    for tenant in tenants:
        tenant.close()


def open_stream(server: KeywayServer, credential: Credential, **filters: object) -> EventStream:
    return EventStream(server, headers=credential.headers, **filters)


def test_a_stream_shows_what_the_list_shows_and_no_more_G11(lively: KeywayServer, tenants: list[Tenant]) -> None:
    a, b = tenants
    own, other = a.halves
    credentials = [
        api_key(a.key),
        token_in_workspace(a.token, a.workspace_id),
        client_session(own.session_token),
        client_session(other.session_token),
    ]
    streams = [open_stream(lively, one, since=LONG_AGO).begin() for one in credentials]
    for tenant in tenants:
        for half in tenant.halves:
            tenant.api.post("/devices/simulate/disconnect", device_id=half.ids["device"][0])
    latest = max(len(a.api.events()), 1)
    for credential, stream in zip(credentials, streams, strict=True):
        listed = a.client.get("/events/list", params={"since": LONG_AGO}, headers=credential.headers).json()["events"]
        stream.wait(lambda reader: reader.position >= latest, "everything has been looked at")
        assert [frame.json for frame in stream.reader.events] == listed, credential.name
        text = "".join(frame.data for frame in stream.reader.events)
        hidden = b.secrets if stream in streams[:2] else [*b.secrets, *(other if stream is streams[2] else own).secrets]
        assert listed and not [secret for secret in hidden if secret in text], credential.name
        stream.close()


def test_no_filter_of_a_stream_finds_what_the_caller_does_not_see_G11(
    lively: KeywayServer, tenants: list[Tenant]
) -> None:
    a, b = tenants
    with lively.client(key="") as client:
        [operation] = [one for one in Document(client).streams if one.method == "GET"]
    own, other = a.halves
    asked: list[tuple[str, str, EventStream]] = []
    for credential, hidden in (
        (api_key(a.key), b.halves),
        (client_session(own.session_token), [other, *b.halves]),
    ):
        for half in hidden:
            for name in named_things(operation, [own, half]):
                for value in half.values(name):
                    stream = open_stream(lively, credential, since=LONG_AGO, **{name: value}).begin()
                    asked.append((credential.name, name, stream))
    assert {name for _, name, _ in asked} >= {"device_id", "device_ids", "connected_account_id", "event_ids"}
    latest = len(a.api.events())
    for credential_name, name, stream in asked:
        stream.wait(lambda reader: reader.position >= latest, "everything has been looked at")
        assert stream.reader.events == [], f"{name} with {credential_name}"
        stream.close()
    found = open_stream(lively, api_key(a.key), since=LONG_AGO, device_ids=own.ids["device"]).begin()
    found.wait(lambda reader: reader.events, "the caller's own are found")
    found.close()


def test_a_session_that_sees_less_from_now_on_is_sent_less_G11(lively: KeywayServer, tenants: list[Tenant]) -> None:
    tenant, (own, other) = tenants[0], tenants[0].halves
    accounts = [half.ids["connected_account"][0] for half in (own, other)]
    made = tenant.api.post("/client_sessions/create", connected_account_ids=accounts)["client_session"]
    with streaming(lively, key=made["token"]) as stream:
        tenant.api.post("/devices/simulate/disconnect", device_id=other.ids["device"][0])
        stream.events(1)
        tenant.api.post("/connected_accounts/delete", connected_account_id=accounts[1])
        tenant.api.post("/devices/simulate/disconnect", device_id=own.ids["device"][0])
        expected = own.ids["device"][0]
        stream.wait(lambda reader: reader.events[-1].json.get("device_id") == expected, "its own device")


def test_a_session_is_told_of_an_account_from_its_beginning_G11(lively: KeywayServer, client: API) -> None:
    made = client.post("/connect_webviews/create", customer_key="late")["connect_webview"]
    webview_id = made["connect_webview_id"]
    session = client.post("/client_sessions/create", connect_webview_ids=[webview_id])["client_session"]
    stream = open_stream(lively, client_session(session["token"])).begin()
    connect(client.client, made["url"])
    stream.wait(lambda reader: any(one.event == "connect_webview.login_succeeded" for one in reader.events), "the login")
    with lively.client(session["token"]) as own:
        listed = API(own).events()
    assert [frame.json["event_id"] for frame in stream.reader.events] == [event["event_id"] for event in listed]
    assert {"connected_account.created", "device.added"} <= {event["event_type"] for event in listed}


def test_an_account_that_becomes_a_customers_is_shown_from_then_on(lively: KeywayServer, client: API) -> None:
    stream = open_stream(lively, api_key(lively.first_key), customer_key="late").begin()
    client.unlock("Lobby", sync=True)
    account = client.events()[0]["connected_account_id"]
    client.post("/connected_accounts/update", connected_account_id=account, customer_key="late")
    client.relock("Lobby", sync=True)
    stream.wait(lambda reader: len(reader.events) >= 2, "what happened after the update")
    assert {frame.event for frame in stream.reader.events} == {"action_attempt.lock_door.succeeded", "lock.locked"}


def test_what_is_sent_behind_a_stream_is_not_carried_out(lively: KeywayServer, client: API) -> None:
    key = lively.create_key("revoked soon")
    body = json.dumps({"device_id": client.lock("Lobby")})
    head = "host: localhost\r\nauthorization: Bearer"
    with socket.create_connection(("127.0.0.1", lively.port), timeout=20) as connection:
        connection.sendall(
            f"GET /events/stream HTTP/1.1\r\n{head} {key['api_key']}\r\n\r\n"
            f"POST /locks/unlock_door HTTP/1.1\r\n{head} {lively.first_key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
        )
        received = connection.recv(1 << 16)
        lively.keys("revoke", key["api_key_id"])
        while chunk := connection.recv(1 << 16):
            received += chunk
    assert received.startswith(b"HTTP/1.1 200") and b"event: error" in received
    assert client.events() == []


def test_long_lists_of_ids_are_refused(client: API) -> None:
    ids = [str(uuid.uuid4()) for _ in range(201)]
    for name in ("event_ids", "device_ids"):
        answer = client.client.post("/events/stream", json={name: ids})
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")
        assert name in answer.json()["error"]["validation_errors"]


# --- Many


STREAMS, ROUNDS = 1000, 20


def heartbeats(stream: EventStream) -> int:
    return sum(frame.comment == "heartbeat" for frame in stream.reader.frames)


def test_a_thousand_streams_get_every_event(start_server, record_property) -> None:
    with many_files(STREAMS * 2 + 200), contextlib.ExitStack() as ends:
        server = start_server(**HEARTBEAT)
        api = API(ends.enter_context(server.client()))
        api.unlock("Lobby", sync=True)
        memory = Usage(server.process.pid).resident_bytes
        begun = time.monotonic()
        streams = []
        for _ in range(STREAMS):
            streams.append(EventStream(server))
            ends.callback(streams[-1].close)
        selector = selectors.DefaultSelector()
        for stream in streams:
            stream.socket.setblocking(False)
            selector.register(stream.socket, selectors.EVENT_READ, stream)

        def read_until(question: Callable[[EventStream], object], what: str) -> None:
            missing = {id(stream): stream for stream in streams if not question(stream)}
            end = time.monotonic() + 40
            while missing:
                assert time.monotonic() < end, f"{len(missing)} streams: {what}"
                for key, _ in selector.select(timeout=1):
                    key.data.reader.feed(key.fileobj.recv(1 << 16))
                    assert not key.data.reader.is_closed
                    if question(key.data):
                        missing.pop(id(key.data), None)

        read_until(lambda stream: stream.reader.position is not None, "has not begun")
        opened, opened_memory = time.monotonic() - begun, Usage(server.process.pid).resident_bytes
        used, begun = Usage(server.process.pid).processor_seconds, time.monotonic()
        for number in range(ROUNDS):
            (api.relock, api.unlock)[number % 2]("Lobby", sync=True)
        count = 2 * ROUNDS
        read_until(lambda stream: len(stream.reader.events) >= count, "has not got everything")
        took, used = time.monotonic() - begun, Usage(server.process.pid).processor_seconds - used
        beats = {id(stream): heartbeats(stream) for stream in streams}
        read_until(lambda stream: heartbeats(stream) > beats[id(stream)], "has no heartbeat any more")
        listed = api.events()[2:]
        assert len(listed) == count
        expected = [json.dumps(event, sort_keys=True) for event in listed]
        for stream in streams:
            assert [json.dumps(frame.json, sort_keys=True) for frame in stream.reader.events] == expected
        per_stream = (opened_memory - memory) / STREAMS
        print(
            f"{STREAMS} streams: opened in {opened:.1f} s, {per_stream / 1024:.0f} KiB of memory each"
            f" ({memory >> 20} MiB before, {opened_memory >> 20} MiB open);"
            f" {count} events to each in {took:.1f} s with {used:.1f} s of processor time,"
            f" {used / count / STREAMS * 1e6:.0f} µs each"
        )
        record_property("kibibytes_per_stream", per_stream / 1024)
        assert per_stream < 256 << 10

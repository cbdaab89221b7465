"""How requests and answers look on the wire."""

import socket
import threading
import time

import httpx
import pytest
from support.waiting import wait_until


def test_health_needs_no_key(server):
    with server.client(key="") as anonymous:
        for response in (anonymous.get("/health"), anonymous.post("/health")):
            assert response.status_code == 200
            assert response.json()["ok"] is True
            assert response.json()["service_health_statuses"][0]["status"] == "healthy"
            assert response.headers["seam-request-id"]


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/locks/list", {}),
        ("/locks/get", {"name": "Lobby"}),
        ("/devices/list", {"limit": 3}),
        ("/devices/get", {"name": "Lobby"}),
        ("/workspaces/get", {}),
        ("/action_attempts/list", {}),
        ("/events/list", {"since": "2020-01-01T00:00:00Z"}),
    ],
)
def test_get_and_post_say_the_same(http, path: str, parameters: dict):
    get, post = http.get(path, params=parameters), http.post(path, json=parameters)
    assert get.status_code == post.status_code == 200
    assert get.json() == post.json()
    assert get.json()["ok"] is True


def test_locks_list_serves_old_and_new_clients(http):
    body = http.get("/locks/list").json()
    assert body["devices"] == body["locks"]
    body = http.get("/locks/get", params={"name": "Lobby"}).json()
    assert body["device"] == body["lock"]


def test_an_attempt_has_its_five_properties_with_their_null_rules(api):
    pending = api.unlock("Lobby")
    assert (pending["action_type"], pending["status"]) == ("UNLOCK_DOOR", "pending")
    assert pending["result"] is None and pending["error"] is None
    success = api.resolved(pending)
    assert success["result"] == {"was_confirmed_by_device": True} and success["error"] is None
    failed = api.resolved(api.unlock("Garage"))
    assert failed["result"] is None and failed["error"]["type"] == "lock_jammed"
    for attempt in (pending, success, failed):
        assert {"device_id", "created_at", "deadline_at", "requested_by"} <= set(attempt)
        assert "timeline" not in attempt


def test_the_timeline_comes_on_request(api):
    attempt = api.resolved(api.unlock("Lobby"), timeline=True)
    kinds = [entry["kind"] for entry in attempt["timeline"]]
    assert kinds[:2] == ["accepted", "dispatched"] and kinds[-1] == "resolved"
    times = [entry["at"] for entry in attempt["timeline"]]
    assert times == sorted(times)


def test_a_post_without_a_body_is_as_good_as_an_empty_object(http):
    assert http.post("/locks/list").status_code == 200
    assert http.post("/locks/list", headers={"content-type": "application/json"}).status_code == 200


def test_a_get_may_carry_a_json_body_which_wins(http, lock):
    response = http.request("GET", "/locks/get?name=Vault", json={"name": "Lobby"})
    assert response.json()["device"]["display_name"] == "Lobby"


# --- Query notation (wire contract, 1.2)


def ids(response: httpx.Response) -> set[str]:
    assert response.status_code == 200, response.text
    return {device["device_id"] for device in response.json()["devices"]}


def test_strict_arrays_are_repeated(http, lock):
    a, b = lock("Lobby"), lock("Vault")
    assert ids(http.get(f"/devices/list?device_ids={a}&device_ids={b}&_strict=true")) == {a, b}
    assert ids(http.get("/devices/list?device_ids=&_strict=true")) == set()
    brackets = http.get(f"/devices/list?device_ids[]={a}&_strict=true")
    assert len(ids(brackets)) > 1, "another name, which is ignored"
    commas = http.get(f"/devices/list?device_ids={a},{b}&_strict=true")
    assert commas.status_code == 400 or ids(commas) == set(), "commas are literal"


def test_generous_arrays_come_in_three_forms(http, lock):
    a, b = lock("Lobby"), lock("Vault")
    assert ids(http.get(f"/devices/list?device_ids={a}&device_ids={b}")) == {a, b}
    assert ids(http.get(f"/devices/list?device_ids[]={a}&device_ids[]={b}")) == {a, b}
    assert ids(http.get(f"/devices/list?device_ids={a},{b}")) == {a, b}


def test_an_ambiguous_query_is_refused(http):
    for query in ("limit=1&limit=2", "device_ids=&device_ids=a"):
        response = http.get(f"/devices/list?{query}&_strict=true")
        assert response.status_code == 400
        assert response.json()["error"]["type"] == "invalid_query_params"


def test_a_space_is_a_plus_or_percent_20(http):
    for name in ("Front+Door", "Front%20Door"):
        assert http.get(f"/locks/get?name={name}&_strict=true").json()["device"]["display_name"] == "Front Door"


# --- Pagination


def test_next_page_url_leads_through_all_pages(server, http):
    url, seen = "/devices/list?limit=4", []
    for _ in range(10):
        body = http.get(url).json()
        seen += [device["device_id"] for device in body["devices"]]
        pagination = body["pagination"]
        assert set(pagination) == {"has_next_page", "next_page_cursor", "next_page_url"}
        if not pagination["has_next_page"]:
            break
        url = pagination["next_page_url"]
        assert url.startswith(server.url)
    assert pagination["next_page_cursor"] is None and pagination["next_page_url"] is None
    assert seen == [device["device_id"] for device in http.get("/devices/list").json()["devices"]]


def test_a_cursor_with_other_parameters_is_refused(http):
    cursor = http.get("/devices/list?limit=2").json()["pagination"]["next_page_cursor"]
    response = http.get("/devices/list", params={"limit": 3, "page_cursor": cursor})
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "mismatched_page_parameters"


def test_a_made_up_cursor_is_refused(http):
    for cursor in ("nonsense", "bm9uc2Vuc2U=", "x" * 5000):
        response = http.get("/devices/list", params={"page_cursor": cursor})
        assert 400 <= response.status_code < 500
        assert response.json()["ok"] is False


# --- Headers


def test_every_answer_has_a_request_id_of_its_own(server, http):
    with server.client(key="") as anonymous:
        answers = [
            http.get("/locks/list"),
            http.get("/health"),
            http.post("/locks/unlock_door", json={}),
            http.get("/nonsense"),
            http.delete("/locks/list"),
            anonymous.get("/locks/list"),
            http.options("/locks/list"),
        ]
    request_ids = [answer.headers["seam-request-id"] for answer in answers]
    assert len(set(request_ids)) == len(request_ids)


def test_the_log_carries_the_request_id_and_the_attempt_id(start_server):
    server = start_server(KEYWAY_LOG_LEVEL="debug")
    with server.client() as http:
        lobby = http.get("/locks/get", params={"name": "Lobby"}).json()["device"]["device_id"]
        response = http.post("/locks/unlock_door", json={"device_id": lobby})
    assert response.headers["seam-request-id"] in server.log()
    assert response.json()["action_attempt"]["action_attempt_id"] in server.log()


def test_cors_lets_a_browser_in(http):
    origin = "https://app.example.com"
    preflight = http.options("/locks/unlock_door", headers={"origin": origin, "access-control-request-method": "POST"})
    assert preflight.status_code == 200 and preflight.content == b""
    actual = http.get("/locks/list", headers={"origin": origin})
    refused = http.get("/nonsense", headers={"origin": origin})
    for response in (preflight, actual, refused):
        assert response.headers["access-control-allow-origin"] == origin
        assert response.headers["access-control-allow-credentials"] == "true"
        exposed = response.headers["access-control-expose-headers"].lower()
        assert "seam-request-id" in exposed
    for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert verb in preflight.headers["access-control-allow-methods"]
    allowed = preflight.headers["access-control-allow-headers"].lower()
    for header in ("authorization", "content-type", "seam-workspace", "seam-sdk-name", "client-session-token"):
        assert header in allowed


# --- Rough clients


def test_a_client_that_stops_in_the_middle_of_a_request_harms_nobody_G12(server, http):
    halves = [
        b"POST /locks/unlock_door HTTP/1.1\r\nhost: x\r\ncontent-le",
        b"POST /locks/unlock_door HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
    ]
    sockets = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(60)]
    try:
        for number, connection in enumerate(sockets):
            connection.sendall(halves[number % 2])
        begun = time.monotonic()
        for _ in range(20):
            assert http.get("/locks/list").status_code == 200
        assert time.monotonic() - begun < 5
    finally:
        for connection in sockets:
            connection.close()
    assert http.get("/health").status_code == 200


def test_bytes_that_are_no_http_harm_nobody(server, http):
    for nonsense in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"\r\n" * 100, b"GET / HTTP/9.9\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(nonsense)
            connection.shutdown(socket.SHUT_WR)
    assert http.get("/health").status_code == 200


def test_a_client_that_leaves_before_the_answer_does_not_undo_its_request(server, api):
    body = b'{"device_id":"%s"}' % api.lock("Lobby").encode()
    head = (
        f"POST /locks/unlock_door HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {server.first_key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(head.encode() + body)
    # Whether the server saw the request before the hang-up is open; what it accepted must come to its end.
    api.resolved(api.unlock("Lobby"))
    wait_until(lambda: server.database.pending_count() == 0, "what was accepted has ended")
    server.database.assert_every_attempt_resolved_exactly_once()


def test_many_clients_at_once_each_get_their_own_answer(server, api):
    names, wrong = list(api.locks().items()), []

    def read_many(number: int) -> None:
        name, device_id = names[number % len(names)]
        with server.client() as client:
            for _ in range(10):
                device = client.get("/locks/get", params={"device_id": device_id}).json()["device"]
                if device["display_name"] != name:
                    wrong.append(device)

    threads = [threading.Thread(target=read_many, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not wrong and not any(thread.is_alive() for thread in threads)

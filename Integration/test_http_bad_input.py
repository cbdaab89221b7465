"""Bad input gets a clear error, in the contract's shape and order."""

import httpx
import pytest

UNKNOWN_ID = "11111111-1111-4111-8111-111111111111"
ENDPOINTS_THAT_READ = [
    "/action_attempts/get", "/action_attempts/list", "/locks/get", "/locks/list", "/devices/get", "/devices/list",
    "/events/get", "/events/list", "/workspaces/get",
]  # fmt: skip
ENDPOINTS_THAT_ACT = [
    "/locks/lock_door", "/locks/unlock_door", "/locks/simulate/set_behavior", "/devices/simulate/connect",
    "/devices/simulate/disconnect", "/action_attempts/simulate/resolve",
]  # fmt: skip


def assert_error(response: httpx.Response, status: int, error_type: str) -> dict:
    """Checks the shape that the SDKs recognise, and returns the error."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["seam-request-id"]
    body = response.json()
    assert body["ok"] is False
    assert body["error"]["type"] == error_type
    assert isinstance(body["error"]["message"], str) and body["error"]["message"]
    return body["error"]


@pytest.mark.parametrize(
    ("path", "body", "error_type"),
    [
        ("/locks/unlock_door", {"device_id": UNKNOWN_ID}, "device_not_found"),
        ("/locks/lock_door", {"device_id": UNKNOWN_ID}, "device_not_found"),
        ("/locks/get", {"device_id": UNKNOWN_ID}, "device_not_found"),
        ("/locks/get", {"name": "No Such Door"}, "device_not_found"),
        ("/devices/get", {"device_id": UNKNOWN_ID}, "device_not_found"),
        ("/devices/simulate/connect", {"device_id": UNKNOWN_ID}, "device_not_found"),
        ("/locks/simulate/set_behavior", {"device_id": UNKNOWN_ID, "behavior": "jam"}, "device_not_found"),
        ("/action_attempts/get", {"action_attempt_id": UNKNOWN_ID}, "action_attempt_not_found"),
        (
            "/action_attempts/simulate/resolve",
            {"action_attempt_id": UNKNOWN_ID, "status": "success"},
            "action_attempt_not_found",
        ),
        ("/events/get", {"event_id": UNKNOWN_ID}, "event_not_found"),
    ],
)
def test_an_unknown_id_is_404(http, path: str, body: dict, error_type: str):
    assert_error(http.post(path, json=body), 404, error_type)


@pytest.mark.parametrize(
    ("path", "body", "parameter", "words"),
    [
        ("/locks/unlock_door", {}, "device_id", "Required"),
        ("/locks/unlock_door", {"device_id": 1}, "device_id", "Expected string, received number"),
        ("/locks/unlock_door", {"device_id": None}, "device_id", "Expected string, received null"),
        ("/locks/unlock_door", {"device_id": ["a"]}, "device_id", "Expected string, received array"),
        ("/locks/unlock_door", {"device_id": {}}, "device_id", "Expected string, received object"),
        ("/locks/unlock_door", {"device_id": True}, "device_id", "Expected string, received boolean"),
        ("/action_attempts/list", {"limit": "many"}, "limit", "Expected number, received string"),
        ("/action_attempts/list", {"limit": 0}, "limit", "Number must be greater than 0"),
        ("/devices/list", {"device_ids": 4242}, "device_ids", "Expected array, received number"),
        ("/locks/get", {"name": ""}, "name", "String must contain at least 1 character(s)"),
    ],
)
def test_a_wrong_type_is_400_and_named(http, path: str, body: dict, parameter: str, words: str):
    error = assert_error(http.post(path, json=body), 400, "invalid_input")
    assert error["validation_errors"][parameter]["_errors"] == [words]
    assert parameter in error["message"]


def test_a_wrong_element_of_a_list_is_named_by_its_index(http):
    error = assert_error(http.post("/devices/list", json={"device_ids": [UNKNOWN_ID, 7]}), 400, "invalid_input")
    assert error["validation_errors"]["device_ids"]["1"]["_errors"] == ["Expected string, received number"]


def test_an_empty_limit_in_a_query_is_refused_and_an_empty_cursor_is_not(http):
    assert_error(http.get("/action_attempts/list?limit=&_strict=true"), 400, "invalid_input")
    assert http.get("/action_attempts/list?page_cursor=&_strict=true").status_code == 200


def test_one_of_several_parameters_is_needed(http):
    for path in ("/locks/get", "/devices/get", "/events/get"):
        assert_error(http.post(path, json={}), 400, "invalid_input")


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"device_id": }', b"[1, 2", b"nonsense", b'{"a": "\xff"}', b'{"a": 1} {"b": 2}', b"[]", b'"text"', b"7"],
)
def test_malformed_json_is_400(http, body: bytes):
    response = http.post("/locks/unlock_door", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["type"] and response.json()["ok"] is False


def test_deeply_nested_json_is_refused_and_harms_nobody(http):
    body = b'{"device_id":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    response = http.post("/locks/unlock_door", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert http.get("/health").status_code == 200


def test_another_content_type_is_400(http):
    response = http.post("/locks/unlock_door", content=b"device_id=1", headers={"content-type": "text/plain"})
    assert_error(response, 400, "invalid_content_type")


def test_a_body_of_more_than_1_MiB_is_413_G12(http):
    headers = {"content-type": "application/json"}
    within = b'{"padding":"' + b"x" * (1024 * 1024 - 20) + b'"}'
    over = b'{"padding":"' + b"x" * (1024 * 1024) + b'"}'
    assert http.post("/locks/list", content=within, headers=headers).status_code == 200
    try:
        response = http.post("/locks/list", content=over, headers=headers)
    except httpx.WriteError:
        pytest.fail("the connection was cut before the answer could be read")
    assert response.status_code == 413
    assert response.json()["ok"] is False
    assert response.headers["seam-request-id"]


def test_an_unknown_route_is_404_in_json_even_without_a_key(server, http):
    for path in ("/", "/nonsense", "/locks", "/locks/unlock_door/now", "/locks/unlock_door/"):
        assert_error(http.post(path, json={}), 404, "not_found")
    with server.client(key="") as anonymous:
        assert_error(anonymous.get("/nonsense"), 404, "not_found")


@pytest.mark.parametrize("path", ENDPOINTS_THAT_ACT)
def test_a_wrong_verb_on_an_action_is_405(http, path: str):
    for verb in ("GET", "PUT", "DELETE", "PATCH"):
        error = assert_error(http.request(verb, path), 405, "method_not_allowed")
        assert "POST" in error["message"]


@pytest.mark.parametrize("path", ENDPOINTS_THAT_READ)
def test_a_wrong_verb_on_a_read_is_405(http, path: str):
    for verb in ("PUT", "DELETE", "PATCH"):
        error = assert_error(http.request(verb, path), 405, "method_not_allowed")
        assert "GET" in error["message"] and "POST" in error["message"]


@pytest.mark.parametrize("path", ENDPOINTS_THAT_ACT + ENDPOINTS_THAT_READ)
def test_no_key_is_401(server, path: str):
    with server.client(key="") as anonymous:
        assert_error(anonymous.post(path, json={}), 401, "unauthorized")


def test_the_order_of_refusals_is_401_then_405_then_400_then_404(server, http):
    path = "/locks/unlock_door"
    with server.client(key="") as anonymous:
        assert_error(anonymous.get(path), 401, "unauthorized")
        assert_error(anonymous.post(path, json={"device_id": 1}), 401, "unauthorized")
    assert_error(http.get(path, params={"device_id": "1"}), 405, "method_not_allowed")
    assert_error(http.post(path, json={"device_id": UNKNOWN_ID, "deadline_seconds": "x"}), 400, "invalid_input")
    assert_error(http.post(path, json={"device_id": UNKNOWN_ID}), 404, "device_not_found")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic abc", "seam_x_y", "Bearer seam_at1_x", "Bearer ey.ey.ey", "Bearer " + "x" * 5000],
)
def test_odd_credentials_are_401(server, header: str):
    with server.client(key="") as anonymous:
        assert_error(anonymous.get("/locks/list", headers={"authorization": header}), 401, "unauthorized")


def test_unknown_parameters_are_ignored(http, lock):
    assert http.post("/locks/list", json={"wallpaper": "blue"}).status_code == 200
    assert http.get("/locks/list?wallpaper=blue&_strict=true").status_code == 200


def test_a_full_lane_is_429_with_retry_after_G12(start_server):
    server = start_server(KEYWAY_MAXIMUM_LANE_LENGTH=2)
    with server.client() as http:
        vault = http.get("/locks/get", params={"name": "Vault"}).json()["device"]["device_id"]
        accepted = [http.post("/locks/unlock_door", json={"device_id": vault}) for _ in range(2)]
        assert [response.status_code for response in accepted] == [200, 200]
        refused = http.post("/locks/unlock_door", json={"device_id": vault})
        assert_error(refused, 429, "too_many_requests")
        assert int(refused.headers["retry-after"]) >= 1
        # A place becomes free as soon as an attempt is resolved.
        first = accepted[0].json()["action_attempt"]["action_attempt_id"]
        body = {"action_attempt_id": first, "status": "success"}
        assert http.post("/action_attempts/simulate/resolve", json=body).status_code == 200
        assert http.post("/locks/unlock_door", json={"device_id": vault}).status_code == 200
    assert len(server.database.statuses()) == 3, "the refused request left nothing behind"

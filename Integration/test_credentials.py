"""Every kind of credential, every way to send it, and every way to lose it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from support.api import API
from support.credentials import bearer
from support.server import KeywayServer
from support.waiting import wait_until


@pytest.fixture
def stranger(server: KeywayServer) -> Iterator[httpx.Client]:
    """A client without a credential of its own."""
    with server.client(key="") as client:
        yield client


@pytest.fixture
def workspace(api: API) -> dict:
    return api.get("/workspaces/get")["workspace"]


@pytest.fixture
def account_id(api: API) -> str:
    return api.get("/devices/list")["devices"][0]["connected_account_id"]


@pytest.fixture
def session(api: API, account_id: str) -> dict:
    """A client session that sees the virtual locks."""
    return api.post("/client_sessions/create", connected_account_ids=[account_id])["client_session"]


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("error", {}).get("type", "none")


UNAUTHORIZED = (401, "unauthorized")


# --- Client sessions


@pytest.mark.parametrize(
    "names",
    [
        ("authorization",),
        ("client-session-token",),
        ("seam-client-session-token",),
        ("authorization", "client-session-token"),
    ],
    ids=" and ".join,
)
def test_a_client_session_token_may_come_in_each_of_its_headers(stranger, session, names: tuple[str, ...]) -> None:
    forms = bearer(session["token"]) | {
        "client-session-token": session["token"], "seam-client-session-token": session["token"],
    }  # fmt: skip
    response = stranger.get("/devices/list", headers={name: forms[name] for name in names})
    assert response.status_code == 200
    assert len(response.json()["devices"]) == session["device_count"] > 0


def test_seams_own_header_counts_before_the_other_and_both_before_the_bearer(stranger, session, key: str) -> None:
    token = session["token"]
    unknown = (401, "client_session_not_found")
    wrong = "seam_cst1AAAAAAAA_BBBBBBBBBBBBBBBBBBBBBBBB"
    headers = {"seam-client-session-token": wrong, "client-session-token": token} | bearer(token)
    assert refusal(stranger.get("/devices/list", headers=headers)) == unknown
    headers = {"client-session-token": wrong} | bearer(key)
    assert refusal(stranger.get("/devices/list", headers=headers)) == unknown


@pytest.mark.parametrize("name", ["client-session-token", "seam-client-session-token"])
def test_what_is_no_client_session_token_is_a_bad_request(stranger, name: str) -> None:
    response = stranger.get("/devices/list", headers={name: "invalid_token"})
    assert refusal(response) == (400, "invalid_client_session_token")


def test_a_client_session_acts_on_its_own_locks_only_G11(server, stranger, session, api: API) -> None:
    with server.client(session["token"]) as client:
        mine = API(client)
        assert mine.unlock("Lobby", sync=True)["status"] == "success"
        seen = mine.get("/client_sessions/get")["client_session"]
        assert seen["client_session_id"] == session["client_session_id"]
    nothing = api.post("/client_sessions/create")["client_session"]
    assert nothing["device_count"] == 0
    body = {"device_id": api.lock("Lobby")}
    response = stranger.post("/locks/unlock_door", json=body, headers=bearer(nothing["token"]))
    assert refusal(response) == (404, "device_not_found")
    assert stranger.get("/devices/list", headers=bearer(nothing["token"])).json()["devices"] == []


@pytest.mark.parametrize(
    ("ending", "error"), [("revoke", "client_session_revoked"), ("delete", "client_session_not_found")]
)
def test_a_client_session_ends_at_once(stranger, session, api: API, ending: str, error: str) -> None:
    headers = bearer(session["token"])
    assert stranger.get("/devices/list", headers=headers).status_code == 200
    api.post(f"/client_sessions/{ending}", client_session_id=session["client_session_id"])
    assert refusal(stranger.get("/devices/list", headers=headers)) == (401, error)


def test_a_client_session_is_over_when_it_says_so(stranger, api: API) -> None:
    end = datetime.now(UTC) + timedelta(seconds=1.5)
    made = api.post("/client_sessions/create", expires_at=end.isoformat())["client_session"]
    headers = bearer(made["token"])
    ask: Callable[[], bool] = lambda: stranger.get("/devices/list", headers=headers).status_code == 401  # noqa: E731
    assert not ask()
    wait_until(ask, "the session is over", seconds=5)
    # Both processes look at one clock.
    assert timedelta(0) <= datetime.now(UTC) - end < timedelta(seconds=1)
    assert refusal(stranger.get("/devices/list", headers=headers)) == (401, "client_session_expired")


def test_what_a_client_session_is_given_and_loses_counts_at_once(server, session, api: API, account_id: str) -> None:
    empty = api.post("/client_sessions/create", user_identifier_key="anna")["client_session"]
    with server.client(empty["token"]) as client:
        assert API(client).locks() == {}
        api.post("/client_sessions/grant_access", user_identifier_key="anna", connected_account_ids=[account_id])
        assert "Lobby" in API(client).locks()
        api.post("/connected_accounts/delete", connected_account_id=account_id)
        assert API(client).locks() == {}


# --- Personal access tokens


def test_a_token_works_in_every_workspace_that_it_is_not_kept_from(server, stranger, workspace) -> None:
    token = server.create_token()["personal_access_token"]
    assert token.startswith("seam_at")
    listed = stranger.get("/workspaces/list", headers=bearer(token)).json()["workspaces"]
    assert [one["workspace_id"] for one in listed] == [workspace["workspace_id"]]
    body = {"name": "Annex", "is_sandbox": True}
    made = stranger.post("/workspaces/create", json=body, headers=bearer(token)).json()["workspace"]
    for one in (workspace, made):
        headers = bearer(token, seam_workspace=one["workspace_id"])
        devices = stranger.get("/devices/list", headers=headers).json()["devices"]
        assert devices and {device["workspace_id"] for device in devices} == {one["workspace_id"]}
    listed = stranger.get("/workspaces/list", headers=bearer(token)).json()["workspaces"]
    assert [one["name"] for one in listed] == [workspace["name"], "Annex"]


def test_a_token_without_a_workspace_or_with_a_wrong_one_is_unauthorized(server, stranger, workspace) -> None:
    own = workspace["workspace_id"]
    token = server.create_token(workspace=own)["personal_access_token"]
    maker = server.create_token()["personal_access_token"]
    other = stranger.post("/workspaces/create", json={"name": "Other"}, headers=bearer(maker)).json()["workspace"]
    assert stranger.get("/devices/list", headers=bearer(token, seam_workspace=own)).status_code == 200
    for headers in (
        bearer(token),
        bearer(token, seam_workspace=""),
        bearer(token, seam_workspace="nonsense"),
        bearer(token, seam_workspace="11111111-1111-4111-8111-111111111111"),
        bearer(token, seam_workspace=other["workspace_id"]),
    ):
        assert refusal(stranger.get("/devices/list", headers=headers)) == UNAUTHORIZED, headers
    listed = stranger.get("/workspaces/list", headers=bearer(token)).json()["workspaces"]
    assert [one["workspace_id"] for one in listed] == [own]


def test_a_revoked_token_stops_working(server, stranger, workspace) -> None:
    made = server.create_token()
    headers = bearer(made["personal_access_token"], seam_workspace=workspace["workspace_id"])
    assert stranger.get("/devices/list", headers=headers).status_code == 200
    server.tokens("revoke", made["personal_access_token_id"])
    ask: Callable[[], bool] = lambda: stranger.get("/devices/list", headers=headers).status_code == 401  # noqa: E731
    wait_until(ask, "the revoked token is refused", seconds=2)
    assert refusal(stranger.get("/workspaces/list", headers=bearer(made["personal_access_token"]))) == UNAUTHORIZED


def test_a_token_is_nowhere_stored_or_logged_in_clear(start_server) -> None:
    server = start_server(KEYWAY_LOG_LEVEL="trace")
    token = server.create_token()["personal_access_token"]
    with server.client(token) as client:
        assert client.get("/workspaces/list").status_code == 200
    server.terminate()
    server.wait()
    secret = token.rsplit("_", 1)[1]
    for path in [path for path in server.data_directory.rglob("*") if path.is_file()]:
        assert secret.encode() not in path.read_bytes(), f"{path.name} holds a token in clear"
    assert secret not in server.log() + server.output()
    assert secret not in server.tokens("list").stdout + server.tokens("list", "--json").stdout


# --- Publishable keys


def test_a_publishable_key_gets_a_session_that_sees_nothing(stranger, workspace) -> None:
    headers = {"seam-publishable-key": workspace["publishable_key"]}
    body = {"user_identifier_key": "anna"}
    first = stranger.post("/client_sessions/get_or_create", json=body, headers=headers).json()["client_session"]
    again = stranger.post("/client_sessions/get_or_create", json=body, headers=headers).json()["client_session"]
    assert first["token"] == again["token"]
    assert stranger.get("/devices/list", headers=bearer(first["token"])).json()["devices"] == []


def test_a_publishable_key_beside_another_credential_does_not_count(stranger, workspace, session) -> None:
    headers = {"seam-publishable-key": workspace["publishable_key"]}
    for other in (bearer(session["token"]), bearer("garbage"), {"authorization": "Basic c2VhbTpzZWFt"}):
        response = stranger.post(
            "/client_sessions/get_or_create", json={"user_identifier_key": "anna"}, headers=headers | other
        )
        assert refusal(response) == UNAUTHORIZED, other


@pytest.mark.parametrize("body", [{}, {"user_identifier_key": " "}], ids=["none", "blank"])
def test_a_publishable_key_needs_a_user(stranger, workspace, body: dict) -> None:
    headers = {"seam-publishable-key": workspace["publishable_key"]}
    response = stranger.post("/client_sessions/get_or_create", json=body, headers=headers)
    assert refusal(response) == (401, "publishable_key_requires_user_identifier_key")


def test_a_publishable_key_grants_nothing_G11(stranger, workspace, account_id: str) -> None:
    headers = {"seam-publishable-key": workspace["publishable_key"]}
    body = {"user_identifier_key": "anna", "connected_account_ids": [account_id]}
    for path in ("/client_sessions/create", "/client_sessions/get_or_create"):
        response = stranger.post(path, json=body, headers=headers)
        assert refusal(response) == (403, "publishable_keys_must_create_empty_client_sessions")


def test_publishable_keys_can_be_switched_off_and_on(stranger, workspace, api: API) -> None:
    headers = {"seam-publishable-key": workspace["publishable_key"]}

    def get() -> tuple[int, str]:
        body = {"user_identifier_key": "anna"}
        return refusal(stranger.post("/client_sessions/get_or_create", json=body, headers=headers))

    assert get() == (200, "none")
    api.post("/workspaces/update", is_publishable_key_auth_enabled=False)
    assert get() == UNAUTHORIZED
    api.post("/workspaces/update", is_publishable_key_auth_enabled=True)
    assert get() == (200, "none")


# --- Workspaces


def test_nobody_acts_in_a_suspended_workspace_until_it_is_active_again(stranger, session, api: API) -> None:
    body = {"device_id": api.lock("Lobby")}
    api.post("/workspaces/update", is_suspended=True)
    for headers in (api.client.headers, bearer(session["token"])):
        headers = {"authorization": headers["authorization"]}
        response = stranger.post("/locks/unlock_door", json=body, headers=headers)
        assert refusal(response) == (403, "workspace_suspended")
    assert api.get("/workspaces/get")["workspace"]["is_suspended"] is True
    assert api.get("/action_attempts/list")["action_attempts"] == []
    api.post("/workspaces/update", is_suspended=False)
    assert api.unlock("Lobby", sync=True)["status"] == "success"


# --- Rates


@pytest.mark.parametrize(("action", "other"), [("lock_door", "unlock_door"), ("unlock_door", "lock_door")])
def test_the_sixteenth_action_on_a_lock_in_a_minute_is_too_many(start_server, action: str, other: str) -> None:
    server = start_server(KEYWAY_RATE_LIMIT_SANDBOX="true")
    with server.client() as client:
        api = API(client)
        body = {"device_id": api.lock("Lobby")}
        statuses = [client.post(f"/locks/{action}", json=body).status_code for _ in range(15)]
        assert statuses == [200] * 15
        response = client.post(f"/locks/{action}", json=body)
        assert refusal(response) == (429, "too_many_requests")
        assert 1 <= int(response.headers["retry-after"]) <= 60
        # Each device and each action has its own count.
        assert client.post(f"/locks/{other}", json=body).status_code == 200
        assert client.post(f"/locks/{action}", json={"device_id": api.lock("Back Door")}).status_code == 200


def test_virtual_locks_have_no_rate_unless_it_is_asked_for(http: httpx.Client, api: API) -> None:
    body = {"device_id": api.lock("Lobby")}
    assert {http.post("/locks/lock_door", json=body).status_code for _ in range(20)} == {200}

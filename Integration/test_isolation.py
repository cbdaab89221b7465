"""Tenants are sealed: every endpoint of the server's own description, with every kind of credential (G11)."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from support.credentials import (
    UNAUTHORIZED,
    Credential,
    api_key,
    bearer,
    client_session,
    publishable_key,
    token_alone,
    token_in_workspace,
)
from support.isolation import (
    REMARKS,
    House,
    calls,
    error_of,
    needed_parameters,
    probe,
    snapshot,
    valid_credentials,
)
from support.server import KeywayServer
from support.tenants import Half, Tenant
from support.waiting import wait_until
from support.webhook_receiver import WebhookReceiver


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    server = KeywayServer(tmp_path_factory.mktemp("house"), {"KEYWAY_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1"})
    receiver = WebhookReceiver()
    try:
        house = House(server.start(), receiver.url)
        yield house
        house.close()
    finally:
        server.kill()
        receiver.stop()


@pytest.fixture
def report(house: House, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], None]]:
    """Prints how many calls a test made with which kind of credential."""
    house.calls.clear()

    def write(title: str) -> None:
        lines = [f"{count:6}  {name}" for name, count in sorted(house.calls.items())]
        with capsys.disabled():
            print("\n".join(["", title, *lines, f"{house.calls.total():6}  in all"]))

    yield write


# --- (i) What an endpoint does not accept


def session_that(house: House, ending: str, **parameters: object) -> Credential:
    """A client session that saw everything, and whose time is over in some way."""
    api, accounts = house.a.api, [one for half in house.a.halves for one in half.ids["connected_account"]]
    made = api.post("/client_sessions/create", connected_account_ids=accounts, **parameters)["client_session"]
    if ending == "expired":
        soon = datetime.fromisoformat(made["expires_at"])
        wait_until(lambda: datetime.now(UTC) > soon, "the session expires")
    else:
        api.post(f"/client_sessions/{ending}", client_session_id=made["client_session_id"])
    error = {"revoke": "client_session_revoked", "delete": "client_session_not_found"}
    refusal = (401, error.get(ending, "client_session_expired"))
    return client_session(made["token"], f"client session, {ending}", refusal)


def bad_credentials(house: House) -> list[Credential]:
    a, b, server = house.a, house.b, house.server
    soon = (datetime.now(UTC) + timedelta(seconds=0.7)).isoformat()
    key = server.create_key("revoked", workspace=a.workspace_id)
    server.keys("revoke", key["api_key_id"])
    token = server.create_token("revoked", workspace=a.workspace_id)
    server.tokens("revoke", token["personal_access_token_id"])
    unknown = "1AAAAAAAA_BBBBBBBBBBBBBBBBBBBBBBBB"
    return [
        Credential("none", {}, {}),
        api_key(key["api_key"], "API key, revoked", UNAUTHORIZED),
        api_key("seam_testAAAAAAAA_BBBBBBBBBBBBBBBBBBBBBBBB", "API key, unknown", UNAUTHORIZED),
        api_key(a.key[:-1] + ("1" if a.key[-1] != "1" else "2"), "API key, wrong secret", UNAUTHORIZED),
        api_key("garbage", "garbage", UNAUTHORIZED),
        Credential("basic authentication", {"authorization": "Basic c2VhbTpzZWFt"}, {}),
        Credential("web token", bearer("eyJhbGciOiJub25lIn0.e30."), {}),
        token_alone(token["personal_access_token"], "token, revoked", UNAUTHORIZED),
        token_alone(f"seam_at{unknown}", "token, unknown", UNAUTHORIZED),
        token_in_workspace(a.token, b.workspace_id, "token in another's workspace", UNAUTHORIZED),
        token_in_workspace(a.token, "nonsense", "token in no workspace", UNAUTHORIZED),
        session_that(house, "expired", expires_at=soon),
        session_that(house, "revoke"),
        session_that(house, "delete"),
        client_session(f"seam_cst{unknown}", "client session, unknown", (401, "client_session_not_found")),
        Credential(
            "client session, no token",
            {"seam-client-session-token": "garbage"},
            {"C": (400, "invalid_client_session_token")},
        ),
        publishable_key(f"seam_pk{unknown}", "publishable key, unknown", (401, "workspace_not_found")),
        Credential("publishable key as bearer", bearer(a.publishable_key), {"K": UNAUTHORIZED}),
    ]


def test_what_an_endpoint_does_not_accept_is_refused_in_the_contracts_words_G11(house: House, report) -> None:
    credentials = valid_credentials(house.a) + bad_credentials(house)
    before = snapshot(house, api_key(house.a.key), house.a.halves)
    house.calls.clear()
    wrong, refused = [], set()
    for operation in house.guarded + house.streams:
        for credential in credentials:
            expected = credential.refusal(operation.accepts)
            if expected is None:
                continue
            refused.add(operation.path)
            found = error_of(house.send(operation, credential, {}))
            if found != expected:
                wrong.append(f"{operation} with {credential.name}: {found} instead of {expected}")
    report("Refused credentials:")
    assert not wrong, "\n".join(wrong)
    assert refused == {operation.path for operation in house.guarded + house.streams}
    assert snapshot(house, api_key(house.a.key), house.a.halves) == before


def test_what_asks_for_no_credential_tells_nothing_about_anybody_G11(house: House) -> None:
    for operation in house.document.operations:
        if not operation.accepts:
            assert not operation.parameters, f"{operation} takes parameters from anybody"
            text = house.send(operation, Credential("none", {}, {}), {}).text
            assert not [secret for secret in house.a.secrets if secret in text], operation


# --- (ii), (iii) What a credential does not see


def test_nothing_of_another_workspace_exists_for_any_credential_G11(house: House, report) -> None:
    a, b = house.a, house.b
    of_b = [api_key(b.key), token_in_workspace(b.token, b.workspace_id), *map(session_of, b.halves)]
    before = [snapshot(house, credential, b.halves) for credential in of_b]
    house.calls.clear()
    wrong = [line for one in valid_credentials(a) for line in probe(house, one, a.halves[0], b.halves)]
    report("Things of another workspace:")
    assert not wrong, "\n".join(wrong)
    assert [snapshot(house, credential, b.halves) for credential in of_b] == before


def session_of(half: Half) -> Credential:
    return client_session(half.session_token, f"client session of {half.name}")


def test_nothing_of_another_account_exists_for_a_client_session_G11(house: House, report) -> None:
    own, other = house.a.halves
    before = snapshot(house, api_key(house.a.key), house.a.halves)
    house.calls.clear()
    wrong = probe(house, client_session(own.session_token), own, [other])
    report("Things of another account of the workspace:")
    assert not wrong, "\n".join(wrong)
    assert snapshot(house, api_key(house.a.key), house.a.halves) == before


def test_the_same_calls_find_what_is_the_callers_own_G11(house: House, report) -> None:
    """Without this, a server that never finds anything would pass."""
    wrong = []
    for credential in valid_credentials(house.a):
        for operation in house.guarded:
            if not operation.reads or credential.refusal(operation.accepts) is not None:
                continue
            found: dict[str, list[bool]] = {}
            for name, parameters in calls(operation, credential, house.a.halves[0], house.a.halves[0]):
                response = house.send(operation, credential, parameters)
                something = response.status_code == 200 and all(response.json()[key] for key in operation.answer)
                found.setdefault(name, []).append(something)
            wrong += [f"{operation} by {name} with {credential.name}" for name, one in found.items() if not any(one)]
    report("The caller's own things:")
    assert not wrong, "\n".join(wrong)


def test_every_endpoint_with_ids_was_asked_for_foreign_ones_G11(house: House) -> None:
    own, foreign = house.a.halves[0], house.b.halves[0]
    asked = {
        operation.path
        for operation in house.guarded + house.streams
        for credential in valid_credentials(house.a)
        if credential.refusal(operation.accepts) is None and any(calls(operation, credential, own, foreign))
    }
    with_ids = {
        operation.path
        for operation in house.document.operations + house.streams
        if any(name.endswith(("_id", "_ids")) and name not in REMARKS for name in operation.parameters)
    }
    assert with_ids <= asked, with_ids - asked


def test_a_list_of_own_and_foreign_things_is_of_the_own_ones_only_G11(house: House) -> None:
    own, others = house.a.halves[0], [house.a.halves[1], *house.b.halves]
    foreign = [secret for half in others for secret in half.secrets]
    asked = 0
    for credential in (api_key(house.a.key), client_session(own.session_token)):
        for operation in house.guarded:
            if not operation.reads or not operation.is_list or credential.refusal(operation.accepts) is not None:
                continue
            # An API key sees both halves of its workspace.
            hidden = foreign if "C" in credential.looked_at_as else house.b.secrets
            for name in operation.parameters:
                ids = [one for half in (own, *others) for one in half.ids.get(name.removesuffix("_ids"), [])]
                if name.endswith("_ids") and ids:
                    response = house.send(operation, credential, {name: ids})
                    assert all(response.json()[key] for key, is_list in operation.answer.items() if is_list), operation
                    assert not [secret for secret in hidden if secret in response.text], operation
                    asked += 1
    assert asked


# --- What nobody asked for by name


@pytest.mark.parametrize("kind", range(5), ids=["key", "token in workspace", "token", "session", "publishable key"])
def test_no_answer_mentions_another_workspace_G11(house: House, kind: int) -> None:
    credential = valid_credentials(house.a)[kind]
    for call, content in snapshot(house, credential, house.a.halves).items():
        text = content.decode()
        assert not [secret for secret in house.b.secrets if secret in text], f"{call} with {credential.name}"


def test_no_answer_to_a_client_session_mentions_another_account_G11(house: House) -> None:
    own, other = house.a.halves
    answers = snapshot(house, client_session(own.session_token), [own])
    events = json.loads(next(content for call, content in answers.items() if "/events/list" in call))["events"]
    assert events and {event.get("connected_account_id") for event in events} == set(own.ids["connected_account"])
    sandbox = house.a.api.lock("Vault")
    for call, content in answers.items():
        assert not [secret for secret in [*other.secrets, sandbox] if secret in content.decode()], call


def test_the_workspace_header_moves_no_credential_but_a_token_G11(house: House) -> None:
    a, b = house.a, house.b
    for credential in (api_key(a.key), client_session(a.halves[0].session_token)):
        headers = credential.headers | {"seam-workspace": b.workspace_id}
        moved = Credential(credential.name, headers, credential.looked_at_as)
        assert snapshot(house, moved, a.halves) == snapshot(house, credential, a.halves)


def test_a_page_cursor_of_another_workspace_leads_to_nothing_there_G11(house: House) -> None:
    paged = [one for one in house.guarded if "page_cursor" in one.parameters and one.method == "GET"]
    assert paged
    for operation in paged:
        (key, own) = (api_key(house.b.key), house.b.halves[0])
        page = house.send(operation, key, {"limit": 1} | needed_parameters(operation, key, own)).json()
        cursor = page["pagination"]["next_page_cursor"]
        if cursor is None:
            continue
        (key, own) = (api_key(house.a.key), house.a.halves[0])
        asked = {"limit": 1, "page_cursor": cursor} | needed_parameters(operation, key, own)
        response = house.send(operation, key, asked)
        assert response.status_code in (200, 400), operation
        assert not [secret for secret in house.b.secrets if secret in response.text], operation


def test_a_users_key_names_another_user_in_another_workspace_G11(house: House) -> None:
    """The same user_identifier_key in two workspaces is two client sessions."""
    theirs = house.b.halves[0]
    made = house.a.api.post("/client_sessions/get_or_create", user_identifier_key=theirs.name)["client_session"]
    assert made["workspace_id"] == house.a.workspace_id
    assert made["client_session_id"] not in theirs.ids["client_session"]
    assert made["token"] != theirs.session_token
    assert made["connected_account_ids"] == made["connect_webview_ids"] == []
    house.a.api.post("/client_sessions/delete", client_session_id=made["client_session_id"])


def test_an_idempotency_key_of_another_workspace_is_a_new_one_G11(house: House) -> None:
    key = {"idempotency-key": "the same in both"}
    attempts = []
    for tenant in (house.b, house.a):
        body = {"device_id": tenant.api.lock("Lobby")}
        response = tenant.client.post("/locks/lock_door", json=body, headers=key)
        assert response.status_code == 200, response.text
        attempts.append(tenant.api.resolved(response.json()["action_attempt"])["action_attempt_id"])
    assert attempts[0] != attempts[1]


def test_whatever_a_workspace_does_to_itself_changes_no_other_G11(house: House, report) -> None:
    """Every endpoint that changes something, in a third workspace; what deletes comes last."""
    third = Tenant(house.server, "corona", house.hook)
    of_b = [api_key(house.b.key), *map(session_of, house.b.halves)]
    before = [snapshot(house, credential, house.b.halves) for credential in of_b]
    house.calls.clear()
    changing = [operation for operation in house.guarded if not operation.reads and operation.method == "POST"]
    last = ("revoke", "disconnect", "disconnect_from_hub", "remove", "delete", "reset_sandbox")
    stages = {name: stage for stage, name in enumerate(last, start=1)}
    # Backwards, so that devices are deleted before their accounts.
    changing.sort(key=lambda operation: operation.path, reverse=True)
    changing.sort(key=lambda operation: stages.get(operation.path.rsplit("/", 1)[1], 0))
    done: set[str] = set()
    for operation in changing:
        for credential in valid_credentials(third):
            if credential.refusal(operation.accepts) is not None:
                continue
            own = third.halves[0]
            asked = [parameters for _, parameters in calls(operation, credential, own, own)]
            for parameters in asked or [needed_parameters(operation, credential, own)]:
                response = house.send(operation, credential, parameters)
                assert response.status_code < 500, f"{operation}: {response.text}"
                done |= {operation.path} if response.status_code == 200 else set()
    report(f"What a workspace does to itself, at {len(done)} endpoints of {len(changing)}:")
    assert len(done) > len(changing) * 0.9, {operation.path for operation in changing} - done
    assert [snapshot(house, credential, house.b.halves) for credential in of_b] == before
    third.close()

"""Every method of the Seam SDK that reaches an endpoint of Keyway, by its synchronous and its asynchronous client."""

import inspect
import operator
import typing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from seam import (
    NULL,
    AsyncSeam,
    Seam,
    SeamActionAttemptFailedError,
    SeamActionAttemptTimeoutError,
    SeamHttpApiError,
    SeamHttpInvalidInputError,
    SeamHttpUnauthorizedError,
)
from support.openapi import Document
from support.sdk import FLAVORS, SDK, MethodLog, Recorded, methods_of_sdk
from support.server import KeywayServer
from support.tenants import connect

# What the SDK has methods for and Keyway has no endpoints for, by how their paths begin, with the reason.
NOT_SERVED = {
    "/devices/report_provider_metadata": "tells Seam what its own clients learned from makers",
    "/access_codes": "codes are programmed into keypads, which Keyway does not do",
    "/access_grants": "need access codes, or access control systems",
    "/access_methods": "need access codes, or access control systems",
    "/acs": "access control systems are not locks",
    "/instant_keys": "need phones as credentials",
    "/phones": "need phones as credentials",
    "/user_identities": "belong to access control systems; Keyway keeps only their ids",
    "/customers": "Seam's portal for customers of its customers",
    "/spaces": "group devices and entrances for access grants",
    "/cameras": "are not locks",
    "/media": "belongs to cameras",
    "/noise_sensors": "are not locks",
    "/thermostats": "are not locks",
}
UNKNOWN_ID = "11111111-1111-4111-8111-111111111111"
SINCE = "2020-01-01T00:00:00Z"
QUICKLY = {"timeout": 5.0, "polling_interval": 0.02}


class House:
    """One server, in which each test has a workspace of its own."""

    def __init__(self, server: KeywayServer) -> None:
        self.server = server
        self.log = MethodLog()
        self.token = server.create_token("house")["personal_access_token"]
        self.http = server.client(key="")
        self.document = Document(self.http)


@pytest.fixture(scope="module")
def house(shared_server: KeywayServer) -> Iterator[House]:
    house = House(shared_server)
    yield house
    house.http.close()


@pytest.fixture(params=FLAVORS)
def sdk(house: House, request: pytest.FixtureRequest) -> Iterator[SDK]:
    sdk = SDK(request.param, house.server.url, house.log)
    yield sdk
    sdk.close()


@pytest.fixture
def workspace_id(house: House, sdk: SDK) -> str:
    """A sandbox workspace that nobody else uses."""
    maker = sdk.client_without_workspace(house.token)
    return maker.workspaces.create(name="Home", is_sandbox=True).workspace_id


@pytest.fixture
def seam(house: House, sdk: SDK, workspace_id: str) -> Recorded:
    """A client with an API key of that workspace."""
    return sdk.client(api_key=house.server.create_key(workspace=workspace_id)["api_key"])


def lock_id(seam: Recorded, name: str) -> str:
    return seam.locks.get(name=name).device_id


def device_with(seam: Recorded, capability: str) -> str:
    """A lock that can do something."""
    return next(lock.device_id for lock in seam.locks.list() if getattr(lock, capability))


def event_types(seam: Recorded, **filters: object) -> list[str]:
    return [event.event_type for event in seam.events.list(since=SINCE, **filters)]


# --- Locks and what comes of acting on them


def test_locks(seam: Recorded) -> None:
    lobby = seam.locks.get(name="Lobby")
    assert lobby.device_id in {lock.device_id for lock in seam.locks.list(manufacturer="yale")}
    assert lobby.device_id not in {lock.device_id for lock in seam.locks.list(device_type="nuki_lock")}
    attempt = seam.locks.unlock_door(device_id=lobby.device_id)
    assert (attempt.action_type, attempt.status) == ("UNLOCK_DOOR", "success")
    assert attempt.result.was_confirmed_by_device is True
    assert seam.locks.get(device_id=lobby.device_id).properties.locked is False
    attempt = seam.locks.lock_door(device_id=lobby.device_id, wait_for_action_attempt=QUICKLY)
    assert (attempt.action_type, attempt.status) == ("LOCK_DOOR", "success")
    assert seam.locks.get(device_id=lobby.device_id).properties.locked is True


def test_configure_auto_lock(seam: Recorded) -> None:
    device_id = device_with(seam, "can_configure_auto_lock")
    attempt = seam.locks.configure_auto_lock(
        device_id=device_id, auto_lock_enabled=True, auto_lock_delay_seconds=30, wait_for_action_attempt=QUICKLY
    )
    assert (attempt.action_type, attempt.status) == ("CONFIGURE_AUTO_LOCK", "success")
    properties = seam.devices.get(device_id=device_id).properties
    assert (properties.auto_lock_enabled, properties.auto_lock_delay_seconds) == (True, 30)


def test_simulated_keypads(seam: Recorded) -> None:
    lobby = lock_id(seam, "Lobby")
    attempt = seam.locks.simulate.keypad_code_entry(device_id=lobby, code="1234", wait_for_action_attempt=QUICKLY)
    assert (attempt.action_type, attempt.status) == ("SIMULATE_KEYPAD_CODE_ENTRY", "success")
    attempt = seam.locks.simulate.manual_lock_via_keypad(device_id=lobby, wait_for_action_attempt=QUICKLY)
    assert (attempt.action_type, attempt.status) == ("SIMULATE_MANUAL_LOCK_VIA_KEYPAD", "success")
    types = set(event_types(seam, device_id=lobby))
    assert {
        "action_attempt.simulate_keypad_code_entry.succeeded",
        "action_attempt.simulate_manual_lock_via_keypad.succeeded",
    } <= types


def test_action_attempts(seam: Recorded) -> None:
    lobby, garage, vault = (lock_id(seam, name) for name in ("Lobby", "Garage", "Vault"))
    pending = seam.locks.unlock_door(device_id=lobby, wait_for_action_attempt=False)
    assert (pending.status, pending.result, pending.error) == ("pending", None, None)
    done = seam.action_attempts.get(action_attempt_id=pending.action_attempt_id)
    assert done.status == "success"
    with pytest.raises(SeamActionAttemptFailedError) as failed:
        seam.locks.unlock_door(device_id=garage)
    assert failed.value.code == "lock_jammed"
    with pytest.raises(SeamActionAttemptTimeoutError):
        seam.locks.lock_door(device_id=vault, wait_for_action_attempt={"timeout": 0.1, "polling_interval": 0.05})
    found = seam.action_attempts.list()
    assert {attempt.status for attempt in found} == {"success", "error", "pending"}
    ids = [done.action_attempt_id]
    assert [one.action_attempt_id for one in seam.action_attempts.list(action_attempt_ids=ids)] == ids
    assert [one.action_type for one in seam.action_attempts.list(device_id=vault)] == ["LOCK_DOOR"]
    assert len(seam.flatten_to_list(seam.action_attempts.list, limit=1)) == 3


# --- Devices


def test_devices(seam: Recorded) -> None:
    lobby = seam.devices.get(name="Lobby")
    seam.devices.update(device_id=lobby.device_id, name="Main Entrance", custom_metadata={"floor": "2", "vip": True})
    changed = seam.devices.get(device_id=lobby.device_id)
    assert (changed.nickname, changed.display_name) == ("Main Entrance", "Main Entrance")
    assert changed.properties.appearance.name == "Lobby"
    assert changed.custom_metadata == {"floor": "2", "vip": True}
    found = seam.devices.list(custom_metadata_has={"floor": "2", "vip": True})
    assert [device.device_id for device in found] == [lobby.device_id]
    assert "device.name_changed" in event_types(seam, device_id=lobby.device_id)
    seam.devices.update(device_id=lobby.device_id, name=NULL, custom_metadata={"floor": ""})
    changed = seam.devices.get(device_id=lobby.device_id)
    assert (changed.nickname, changed.display_name, changed.custom_metadata) == (None, "Lobby", {"vip": True})


def test_devices_in_pages(seam: Recorded) -> None:
    everything = [device.device_id for device in seam.devices.list()]
    page, pagination = seam.first_page(seam.devices.list, limit=4)
    assert [device.device_id for device in page] == everything[:4]
    assert pagination.has_next_page is True and pagination.next_page_cursor
    walked = seam.flatten_to_list(seam.devices.list, limit=4, device_ids=everything)
    assert [device.device_id for device in walked] == everything
    assert seam.devices.list(device_ids=[]) == []


def test_device_providers(seam: Recorded) -> None:
    providers = seam.devices.list_device_providers()
    assert providers and all(one.device_provider_name and one.display_name for one in providers)
    stable = seam.devices.list_device_providers(provider_category="stable")
    assert all("stable" in one.provider_categories for one in stable)


def test_unmanaged_devices(seam: Recorded) -> None:
    lobby = lock_id(seam, "Lobby")
    assert seam.devices.unmanaged.list() == []
    seam.devices.update(device_id=lobby, is_managed=False)
    with pytest.raises(SeamHttpApiError) as missing:
        seam.devices.get(device_id=lobby)
    assert (missing.value.status_code, missing.value.code) == (404, "device_not_found")
    assert [device.device_id for device in seam.devices.unmanaged.list()] == [lobby]
    assert len(seam.flatten_to_list(seam.devices.unmanaged.list, limit=1)) == 1
    seam.devices.unmanaged.update(device_id=lobby, custom_metadata={"floor": "2"})
    unmanaged = seam.devices.unmanaged.get(device_id=lobby)
    assert (unmanaged.is_managed, unmanaged.custom_metadata) == (False, {"floor": "2"})
    seam.devices.unmanaged.update(device_id=lobby, is_managed=True)
    assert seam.devices.get(device_id=lobby).is_managed is True
    assert {"device.converted_to_unmanaged", "device.unmanaged.converted_to_managed"} <= set(
        event_types(seam, device_id=lobby)
    )


@pytest.mark.parametrize(
    ("capability", "happening", "undo", "error_code"),
    [
        ("can_simulate_disconnection", "disconnect", "connect", "device_offline"),
        ("can_simulate_hub_disconnection", "disconnect_from_hub", "connect_to_hub", "hub_disconnected"),
    ],
)
def test_simulated_connections(seam: Recorded, capability: str, happening: str, undo: str, error_code: str) -> None:
    device_id = device_with(seam, capability)
    getattr(seam.devices.simulate, happening)(device_id=device_id)
    device = seam.devices.get(device_id=device_id)
    assert device.properties.online is False
    assert error_code in [error.error_code for error in device.errors]
    with pytest.raises(SeamActionAttemptFailedError):
        seam.locks.unlock_door(device_id=device_id, wait_for_action_attempt=QUICKLY)
    getattr(seam.devices.simulate, undo)(device_id=device_id)
    device = seam.devices.get(device_id=device_id)
    assert (device.properties.online, device.errors) == (True, [])
    kinds = [kind for kind in event_types(seam, device_id=device_id) if kind.startswith("device.")]
    assert kinds == ["device.disconnected", "device.connected"]


def test_simulated_subscription(seam: Recorded) -> None:
    device_id = device_with(seam, "can_simulate_paid_subscription")
    seam.devices.simulate.paid_subscription(device_id=device_id, is_expired=True)
    assert [error.error_code for error in seam.devices.get(device_id=device_id).errors] == ["subscription_required"]
    seam.devices.simulate.paid_subscription(device_id=device_id, is_expired=False)
    assert seam.devices.get(device_id=device_id).errors == []


def test_simulated_removal(seam: Recorded) -> None:
    device_id = device_with(seam, "can_simulate_removal")
    seam.devices.simulate.remove(device_id=device_id)
    assert "device_removed" in [error.error_code for error in seam.devices.get(device_id=device_id).errors]
    assert "device.removed" in event_types(seam, device_id=device_id)


# --- Events and webhooks


def test_events(seam: Recorded) -> None:
    lobby = lock_id(seam, "Lobby")
    attempt = seam.locks.unlock_door(device_id=lobby, wait_for_action_attempt=QUICKLY)
    events = seam.events.list(since=SINCE, device_ids=[lobby], event_types=["lock.unlocked"])
    assert [(event.method, event.action_attempt_id) for event in events] == [("remote", attempt.action_attempt_id)]
    event = seam.events.get(event_id=events[0].event_id)
    assert (event.event_type, event.device_id) == ("lock.unlocked", lobby)
    now = datetime.now(UTC)
    assert seam.events.list(between=[SINCE, (now + timedelta(minutes=1)).isoformat()])
    assert seam.events.list(since=(now + timedelta(minutes=1)).isoformat()) == []


def test_webhooks(seam: Recorded) -> None:
    made = seam.webhooks.create(url="https://hooks.example.invalid/in", event_types=["lock.locked"])
    assert made.secret.startswith("whsec_")
    assert (made.url, made.event_types) == ("https://hooks.example.invalid/in", ["lock.locked"])
    seam.webhooks.update(webhook_id=made.webhook_id, event_types=["lock.unlocked", "device.connected"])
    found = seam.webhooks.get(webhook_id=made.webhook_id)
    assert sorted(found.event_types) == ["device.connected", "lock.unlocked"]
    assert [webhook.webhook_id for webhook in seam.webhooks.list()] == [made.webhook_id]
    seam.webhooks.delete(webhook_id=made.webhook_id)
    assert seam.webhooks.list() == []
    with pytest.raises(SeamHttpApiError) as missing:
        seam.webhooks.get(webhook_id=made.webhook_id)
    assert (missing.value.status_code, missing.value.code) == (404, "webhook_not_found")


# --- Workspaces and client sessions


def test_workspaces_without_a_workspace(house: House, sdk: SDK) -> None:
    maker = sdk.client_without_workspace(house.token)
    made = maker.workspaces.create(
        name="Annex",
        is_sandbox=True,
        connect_partner_name="Annex Rentals",
        connect_webview_customization={"logo_shape": "circle", "success_message": "Welcome"},
    )
    assert (made.name, made.is_sandbox, made.is_suspended) == ("Annex", True, False)
    assert made.connect_partner_name == "Annex Rentals"
    assert made.connect_webview_customization.logo_shape == "circle"
    assert made.publishable_key.startswith("seam_pk")
    assert made.workspace_id in [workspace.workspace_id for workspace in maker.workspaces.list()]


def test_a_workspace_from_inside(house: House, sdk: SDK, workspace_id: str) -> None:
    seam = sdk.client(personal_access_token=house.token, workspace_id=workspace_id)
    assert seam.workspaces.get().workspace_id == workspace_id
    assert [workspace.workspace_id for workspace in seam.workspaces.list()] == [workspace_id]
    seam.workspaces.update(name="New Home", connect_webview_customization={"success_message": "Welcome"})
    changed = seam.workspaces.get()
    assert (changed.name, changed.connect_webview_customization.success_message) == ("New Home", "Welcome")
    # A personal access token makes workspaces whether it comes with one or not; an API key does not.
    assert seam.workspaces.create(name="Annex").workspace_id != workspace_id
    key = house.server.create_key(workspace=workspace_id)["api_key"]
    with pytest.raises(SeamHttpUnauthorizedError):
        sdk.client(api_key=key).workspaces.create(name="Annex")
    with pytest.raises(SeamHttpUnauthorizedError):
        sdk.client(personal_access_token=house.token, workspace_id=UNKNOWN_ID).workspaces.get()


def test_reset_sandbox(seam: Recorded) -> None:
    before = {lock.display_name: lock.device_id for lock in seam.locks.list()}
    seam.devices.update(device_id=before["Lobby"], name="Main Entrance", custom_metadata={"floor": "2"})
    seam.webhooks.create(url="https://hooks.example.invalid/in")
    attempt = seam.workspaces.reset_sandbox(wait_for_action_attempt=QUICKLY)
    assert (attempt.action_type, attempt.status) == ("RESET_SANDBOX_WORKSPACE", "success")
    assert seam.webhooks.list() == []
    assert {lock.display_name: lock.device_id for lock in seam.locks.list()} == before
    assert seam.locks.get(name="Lobby").custom_metadata == {}


def test_client_sessions(seam: Recorded) -> None:
    [account] = seam.connected_accounts.list()
    account_id = account.connected_account_id
    made = seam.client_sessions.create(user_identifier_key="anna", connected_account_ids=[account_id])
    assert made.token.startswith("seam_cst")
    assert (made.user_identifier_key, made.connected_account_ids) == ("anna", [account_id])
    assert made.device_count == len(seam.devices.list())
    assert datetime.fromisoformat(made.expires_at) > datetime.now(UTC)
    again = seam.client_sessions.create(user_identifier_key="anna")
    assert (again.client_session_id, again.token) == (made.client_session_id, made.token), "PUT returns what is there"
    got = seam.client_sessions.get_or_create(user_identifier_key="anna")
    assert got.client_session_id == made.client_session_id
    other = seam.client_sessions.get_or_create(user_identifier_key="bob")
    assert seam.client_sessions.get(client_session_id=other.client_session_id).device_count == 0
    seam.client_sessions.grant_access(user_identifier_key="bob", connected_account_ids=[account_id])
    assert seam.client_sessions.get(user_identifier_key="bob").connected_account_ids == [account_id]
    assert {one.user_identifier_key for one in seam.client_sessions.list()} == {"anna", "bob"}
    assert [one.token for one in seam.client_sessions.list(user_identifier_key="anna")] == [made.token]
    seam.client_sessions.revoke(client_session_id=made.client_session_id)
    seam.client_sessions.delete(client_session_id=other.client_session_id)
    with pytest.raises(SeamHttpApiError) as missing:
        seam.client_sessions.get(client_session_id=other.client_session_id)
    assert (missing.value.status_code, missing.value.code) == (404, "client_session_not_found")


def test_a_client_session_token_as_the_credential(sdk: SDK, seam: Recorded) -> None:
    [account] = seam.connected_accounts.list()
    session = seam.client_sessions.create(connected_account_ids=[account.connected_account_id])
    user = sdk.client_of_session(session.token)
    assert user.client_sessions.get().client_session_id == session.client_session_id
    assert [lock.device_id for lock in user.locks.list()] == [lock.device_id for lock in seam.locks.list()]
    assert user.connected_accounts.get(connected_account_id=account.connected_account_id).display_name
    attempt = user.locks.unlock_door(device_id=lock_id(user, "Lobby"), wait_for_action_attempt=QUICKLY)
    assert attempt.status == "success"
    assert user.events.list(since=SINCE, event_type="lock.unlocked")
    for refused in (user.webhooks.list, user.client_sessions.list, user.connected_accounts.list):
        with pytest.raises(SeamHttpUnauthorizedError):
            refused()


# --- Accounts and how they are connected


def connected(house: House, seam: Recorded, **wishes: object) -> str:
    """Has a user connect a virtual account; returns its id."""
    webview = seam.connect_webviews.create(**wishes)
    connect(house.http, webview.url)
    return seam.connect_webviews.get(connect_webview_id=webview.connect_webview_id).connected_account_id


def test_connect_webviews(house: House, seam: Recorded) -> None:
    made = seam.connect_webviews.create(custom_metadata={"user": "anna"}, customer_key="anna")
    assert (made.status, made.login_successful, made.connected_account_id) == ("pending", False, None)
    assert made.url.startswith(house.server.url)
    connect(house.http, made.url)
    done = seam.connect_webviews.get(connect_webview_id=made.connect_webview_id)
    assert (done.status, done.login_successful) == ("authorized", True)
    assert done.connected_account_id and done.authorized_at
    found = seam.connect_webviews.list(custom_metadata_has={"user": "anna"})
    assert [one.connect_webview_id for one in found] == [made.connect_webview_id]
    seam.connect_webviews.create()
    assert len(seam.flatten_to_list(seam.connect_webviews.list, limit=1)) == 2
    assert "connect_webview.login_succeeded" in event_types(seam, connect_webview_id=made.connect_webview_id)
    seam.connect_webviews.delete(connect_webview_id=made.connect_webview_id)
    with pytest.raises(SeamHttpApiError) as missing:
        seam.connect_webviews.get(connect_webview_id=made.connect_webview_id)
    assert (missing.value.status_code, missing.value.code) == (404, "connect_webview_not_found")


def test_connected_accounts(house: House, seam: Recorded) -> None:
    account_id = connected(house, seam, customer_key="anna")
    connected(house, seam)
    page, pagination = seam.first_page(seam.connected_accounts.list, limit=2)
    assert len(page) == 2 and pagination.has_next_page is True
    assert len(seam.flatten_to_list(seam.connected_accounts.list, limit=2)) == 3
    assert len(seam.connected_accounts.list()) == 3
    seam.connected_accounts.update(
        connected_account_id=account_id,
        display_name="Anna's locks",
        automatically_manage_new_devices=False,
        custom_metadata={"user": "anna"},
    )
    account = seam.connected_accounts.get(connected_account_id=account_id)
    assert (account.display_name, account.customer_key) == ("Anna's locks", "anna")
    assert account.custom_metadata == {"user": "anna"} and account.automatically_manage_new_devices is False
    found = seam.connected_accounts.list(custom_metadata_has={"user": "anna"})
    assert [one.connected_account_id for one in found] == [account_id]
    seam.connected_accounts.simulate.disconnect(connected_account_id=account_id)
    account = seam.connected_accounts.get(connected_account_id=account_id)
    assert [error.error_code for error in account.errors] == ["account_disconnected"]
    seam.connected_accounts.sync(connected_account_id=account_id)
    assert seam.connected_accounts.get(connected_account_id=account_id).errors == []
    assert seam.devices.list(connected_account_id=account_id)
    seam.connected_accounts.delete(connected_account_id=account_id)
    assert seam.devices.list(connected_account_id=account_id) == []
    with pytest.raises(SeamHttpApiError) as missing:
        seam.connected_accounts.get(connected_account_id=account_id)
    assert (missing.value.status_code, missing.value.code) == (404, "connected_account_not_found")


# --- What is wrong


def test_invalid_input_is_told_by_parameter(seam: Recorded) -> None:
    with pytest.raises(SeamHttpInvalidInputError) as refused:
        seam.post("/devices/list", device_ids=4242)
    assert refused.value.get_validation_error_messages("device_ids") == ["Expected array, received number"]
    with pytest.raises(SeamHttpInvalidInputError) as refused:
        seam.locks.unlock_door(device_id="not an id")
    assert refused.value.get_validation_error_messages("device_id") == ["Invalid uuid"]
    with pytest.raises(SeamHttpInvalidInputError) as refused:
        seam.webhooks.create(url="no url")
    assert refused.value.get_validation_error_messages("url") == ["Invalid url"]


def test_what_is_not_served_is_not_found(seam: Recorded) -> None:
    with pytest.raises(SeamHttpApiError) as missing:
        seam.devices.report_provider_metadata(devices=[{"device_id": UNKNOWN_ID}])
    assert (missing.value.status_code, missing.value.code) == (404, "not_found")
    assert missing.value.request_id


# --- That nothing is left out


def sdk_methods() -> dict[str, str]:
    """Every method of the SDK with its path; those of the two flavors are the same."""
    methods = dict(methods_of_sdk(Seam(api_key="seam_not_used", endpoint="http://localhost")))
    assert methods == dict(methods_of_sdk(AsyncSeam(api_key="seam_not_used", endpoint="http://localhost")))
    assert len(methods) > 200
    return methods


def parameters_of_sdk(name: str) -> dict[str, set[object]]:
    """The parameters that a method sends, each with the values that its type names."""
    method = operator.attrgetter(name)(Seam(api_key="seam_not_used", endpoint="http://localhost"))
    parameters = inspect.signature(method).parameters
    types = {name: parameter.annotation for name, parameter in parameters.items() if name != "wait_for_action_attempt"}
    return {name: set(literals(annotation)) for name, annotation in types.items()}


def literals(annotation: object) -> Iterator[object]:
    """Every value that a type names."""
    for argument in typing.get_args(annotation):
        if typing.get_origin(annotation) is typing.Literal:
            yield argument
        else:
            yield from literals(argument)


def reason(path: str) -> str | None:
    """Why a path is not served."""
    return next((why for start, why in NOT_SERVED.items() if path == start or path.startswith(f"{start}/")), None)


def test_every_method_is_served_or_there_is_a_reason(house: House) -> None:
    methods = sdk_methods()
    missing = {path for path in methods.values() if path not in house.document.paths}
    assert not [path for path in missing if not reason(path)]
    served = {path for path in methods.values() if path in house.document.paths}
    assert not [path for path in served if reason(path)], "a reason for what is served all the same"
    idle = [start for start in NOT_SERVED if not any(path.startswith(start) for path in methods.values())]
    assert idle == [], "a reason for what the SDK does not have"


def test_every_parameter_of_every_served_method_is_declared(house: House) -> None:
    """And so is every value that the SDK names for it."""
    declared = {operation.path: operation.parameters for operation in house.document.operations}
    wrong = []
    for name, path in sdk_methods().items():
        for parameter, values in parameters_of_sdk(name).items() if path in declared else ():
            schema = declared[path].get(parameter)
            known = schema and schema.get("items", schema).get("enum", values)
            if known is None or not values <= set(known):
                wrong.append(f"{path} {parameter}: {values - set(known or [])}")
    assert not wrong, "\n".join(wrong)


def test_all_that_is_not_served_is_answered_with_not_found(house: House) -> None:
    with house.server.client() as client:
        for name, path in sdk_methods().items():
            if path not in house.document.paths:
                response = client.post(path, json={})
                assert (response.status_code, response.json()["error"]["type"]) == (404, "not_found"), name


def test_every_served_method_was_called_by_both_clients(
    house: House, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if request.config.option.keyword or any("::" in argument for argument in request.config.args):
        pytest.skip("only some of the tests that call methods are run")
    log = house.log
    served = {name: path for name, path in sdk_methods().items() if path in house.document.paths}
    rows = []
    for name, path in sorted(served.items()):
        found = [log.requests[flavor].get(name) for flavor in FLAVORS]
        verb = next((request[0] for request in found if request), "not called")
        marks = [f"{flavor} {'ok' if request == (verb, path) else '--'}" for flavor, request in zip(FLAVORS, found)]
        rows.append((name, verb, path, *marks))
    widths = [max(map(len, column)) for column in zip(*rows)]
    with capsys.disabled():
        print()
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print(f"{len(rows)} methods that reach {len(set(served.values()))} endpoints")
    assert not [row for row in rows if row[3:] != ("sync ok", "async ok")]

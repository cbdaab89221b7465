"""Workspaces full of everything that a workspace can hold, and the credentials for them."""

import uuid
from dataclasses import dataclass, field

import httpx

from .api import API
from .credentials import bearer
from .server import KeywayServer
from .waiting import wait_until


@dataclass
class Half:
    """One user's part of a workspace: an account with its locks, and what was made for it or happened to it."""

    # The text by which everything in this half is named.
    name: str
    # The ids of what there is, by the word for it.
    ids: dict[str, list[str]] = field(default_factory=dict)
    session_token: str = ""
    user_identity_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def values(self, parameter: str) -> list[object]:
        """What a parameter of this name may say to mean things of this half; empty if it cannot."""
        if parameter == "user_identity_ids":
            return [[self.user_identity_id]]
        if parameter.endswith("_ids"):
            ids = self.ids.get(parameter.removesuffix("_ids"), [])
            return [ids] if ids else []
        if parameter == "custom_metadata_has":
            return [{"owner": self.name}]
        if parameter in ("user_identifier_key", "customer_key", "name", "search"):
            return [self.name]
        if parameter == "user_identity_id":
            return [self.user_identity_id]
        return list(self.ids.get(parameter.removesuffix("_id"), [])) if parameter.endswith("_id") else []

    @property
    def secrets(self) -> list[str]:
        ids = [one for ids in self.ids.values() for one in ids]
        return [self.name, self.session_token, self.user_identity_id, *ids]


class Tenant:
    """A sandbox workspace with two halves besides its virtual locks."""

    def __init__(self, server: KeywayServer, name: str, hook: str) -> None:
        """Fills a new workspace; its webhooks send to `hook`, which must answer 200."""
        self.server, self.name, self.hook = server, name, hook
        self.token, self.workspace_id = self._new_workspace()
        key = server.create_key(name, workspace=self.workspace_id)
        self.key, self.key_id = key["api_key"], key["api_key_id"]
        self.client = server.client(self.key)
        self.api = API(self.client)
        self.publishable_key = self.api.get("/workspaces/get")["workspace"]["publishable_key"]
        self.halves = [self._half(number) for number in (1, 2)]

    @property
    def secrets(self) -> list[str]:
        """Texts that nobody else may be told."""
        return [self.workspace_id, self.publishable_key, *self.halves[0].secrets, *self.halves[1].secrets]

    def close(self) -> None:
        self.client.close()

    def _new_workspace(self) -> tuple[str, str]:
        """A personal access token that works in a new workspace only, and the workspace."""
        maker = self.server.create_token(f"{self.name}, maker")["personal_access_token"]
        with httpx.Client(base_url=self.server.url, headers=bearer(maker)) as client:
            made = API(client).post("/workspaces/create", name=self.name, is_sandbox=True)["workspace"]
        workspace_id = made["workspace_id"]
        limited = self.server.create_token(f"{self.name}, limited", workspace=workspace_id)
        return limited["personal_access_token"], workspace_id

    def _half(self, number: int) -> Half:
        half, api = Half(f"{self.name}-{number}"), self.api
        webview = api.post("/connect_webviews/create", customer_key=half.name, custom_metadata={"owner": half.name})
        webview_id = webview["connect_webview"]["connect_webview_id"]
        connect(self.client, webview["connect_webview"]["url"])
        webview = api.get("/connect_webviews/get", connect_webview_id=webview_id)["connect_webview"]
        account_id = webview["connected_account_id"]
        api.post("/connected_accounts/update", connected_account_id=account_id, display_name=half.name)
        locks = api.get("/devices/list", connected_account_id=account_id)["devices"]
        managed, unmanaged = (lock["device_id"] for lock in locks)
        for device_id in (managed, unmanaged):
            api.post("/devices/update", device_id=device_id, name=half.name, custom_metadata={"owner": half.name})
        api.post("/devices/update", device_id=unmanaged, is_managed=False)
        webhook_id = self._webhook()
        half.ids = {
            "connect_webview": [webview_id],
            "connected_account": [account_id],
            "device": [managed, unmanaged],
            "action_attempt": self._attempts(managed),
            "event": [event["event_id"] for event in api.events(device_id=managed)][-1:],
        }
        half.ids["webhook"], half.ids["webhook_delivery"] = [webhook_id], [self._delivery(webhook_id)]
        session = api.post(
            "/client_sessions/create",
            user_identifier_key=half.name,
            user_identity_id=half.user_identity_id,
            connected_account_ids=[account_id],
            connect_webview_ids=[webview_id],
        )["client_session"]
        half.ids["client_session"], half.session_token = [session["client_session_id"]], session["token"]
        return half

    def _attempts(self, device_id: str) -> list[str]:
        """One attempt that is resolved, and one that stays pending."""
        api = self.api
        resolved = api.post("/locks/unlock_door", device_id=device_id, sync=True)["action_attempt"]
        assert resolved["status"] == "success", resolved
        api.post("/locks/simulate/set_behavior", device_id=device_id, behavior="hold")
        pending = api.post("/locks/lock_door", device_id=device_id, deadline_seconds=3600)["action_attempt"]
        return [resolved["action_attempt_id"], pending["action_attempt_id"]]

    def _webhook(self) -> str:
        types = ["action_attempt.unlock_door.succeeded"]
        return self.api.post("/webhooks/create", url=self.hook, event_types=types)["webhook"]["webhook_id"]

    def _delivery(self, webhook_id: str) -> str:
        """A delivery that is done; there will be no other."""
        found = wait_until(
            lambda: self.api.get("/webhooks/deliveries/list", webhook_id=webhook_id, status="succeeded")[
                "webhook_deliveries"
            ],
            "a webhook delivery is taken",
        )
        # No event of this type happens.
        self.api.post("/webhooks/update", webhook_id=webhook_id, event_types=["device.tampered"])
        return found[0]["webhook_delivery_id"]


def connect(client: httpx.Client, url: str) -> None:
    """Does what a user does on the page of a Connect Webview."""
    response = client.post(url, data={"decision": "connect"}, headers={"authorization": ""})
    assert response.status_code == 200, response.text

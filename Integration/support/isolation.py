"""Calls that name things, made from the server's description of itself: who may see what, for every endpoint."""

import json
from collections import Counter
from collections.abc import Iterator

import httpx

from .credentials import Credential, api_key, client_session, publishable_key, token_alone, token_in_workspace
from .openapi import Document, Operation
from .server import KeywayServer
from .tenants import Half, Tenant

# What one owner calls things: it may mean something in several workspaces, and does not always look things up.
LABELS = {
    "user_identifier_key", "customer_key", "name", "search", "custom_metadata_has", "user_identity_id",
    "user_identity_ids",
}  # fmt: skip
# What owners write down for themselves.
REMARKS = {"organization_id", "customer_id"}


class House:
    """One server with two tenants."""

    def __init__(self, server: KeywayServer, hook: str) -> None:
        self.server, self.hook = server, hook
        self.a, self.b = Tenant(server, "aurora", hook), Tenant(server, "borealis", hook)
        self.http = server.client(key="", timeout=30)
        self.document = Document(self.http)
        self.guarded = [operation for operation in self.document.operations if operation.accepts]
        self.streams = [operation for operation in self.document.streams if operation.accepts]
        self.calls: Counter[str] = Counter()

    def send(self, operation: Operation, credential: Credential, parameters: dict[str, object]) -> httpx.Response:
        self.calls[credential.name] += 1
        return operation.send(self.http, credential.headers, parameters)

    def close(self) -> None:
        for client in (self.a, self.b, self.http):
            client.close()


def error_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("error", {}).get("type", "none")


def valid_credentials(tenant: Tenant) -> list[Credential]:
    return [
        api_key(tenant.key),
        token_in_workspace(tenant.token, tenant.workspace_id),
        token_alone(tenant.token),
        client_session(tenant.halves[0].session_token),
        publishable_key(tenant.publishable_key),
    ]


def plausible(name: str, schema: dict, own: Half) -> object:
    """A value that a parameter may have."""
    if own.values(name):
        return own.values(name)[0]
    if name == "event_types":
        return ["device.tampered"]
    match schema:
        case {"const": value} | {"enum": [value, *_]} | {"anyOf": [{"const": value}, *_]}:
            return value
        case {"type": "boolean"}:
            return False
        case {"type": "number" | "integer"}:
            return schema.get("minimum", 1)
        case {"type": "array"}:
            return [plausible(name, schema["items"], own)] * schema.get("minItems", 0)
        case {"format": "uri"}:
            return "https://hooks.example.invalid/in"
        case {"type": "object"}:
            return {}
        case _:
            return "1234"


def named_things(operation: Operation, halves: list[Half]) -> list[str]:
    """The parameters of an operation that can name something in a workspace."""
    found = []
    for name, schema in operation.parameters.items():
        is_id = name.endswith(("_id", "_ids"))
        if "matches no" in schema.get("description", "") or name in REMARKS:
            continue
        looks_up = operation.reads or name in operation.needs_one_of
        if (is_id and name not in LABELS) or (name in LABELS and looks_up):
            assert all(half.values(name) for half in halves), f"{operation}: nothing is known about {name}"
            found.append(name)
    return found


def needed_parameters(operation: Operation, credential: Credential, own: Half) -> dict[str, object]:
    """What an operation cannot do without."""
    needed = set(operation.required)
    if "PK" in credential.looked_at_as and "user_identifier_key" in operation.parameters:
        needed.add("user_identifier_key")
    return {name: plausible(name, operation.parameters[name], own) for name in sorted(needed)}


def calls(operation: Operation, credential: Credential, own: Half, named: Half) -> Iterator[tuple[str, dict]]:
    """Every way to name something of `named`, in calls that are otherwise about `own`."""
    base = needed_parameters(operation, credential, own)
    for name in named_things(operation, [own, named]):
        # Something to act on, if that is not what is named.
        others = [] if operation.reads or name in operation.needs_one_of[:1] else operation.needs_one_of[:1]
        rest = {other: plausible(other, operation.parameters[other], own) for other in others if other not in base}
        for value in named.values(name):
            yield name, base | rest | {name: value}


def is_nothing(operation: Operation, credential: Credential, name: str, response: httpx.Response) -> bool:
    """Whether an answer is that of a thing that does not exist."""
    if operation.reads and operation.is_list and name not in operation.required:
        lists = [response.json().get(key) for key, is_list in operation.answer.items() if is_list]
        return response.status_code == 200 and all(found == [] for found in lists)
    if "PK" in credential.looked_at_as and name.endswith("_ids") and name != "user_identity_ids":
        return error_of(response) == (403, "publishable_keys_must_create_empty_client_sessions")
    subjects = {name.removesuffix("_ids").removesuffix("_id")}
    if operation.reads or name in LABELS:
        subjects |= set(operation.answer)
    return error_of(response) in {(404, f"{subject}_not_found") for subject in subjects}


def is_always_about_the_caller(operation: Operation, credential: Credential) -> bool:
    """Section 4.6: a client session asks for itself only, whatever it names."""
    return "C" in credential.looked_at_as and operation.reads and set(operation.answer) == {"client_session"}


def snapshot(house: House, credential: Credential, halves: list[Half]) -> dict[str, bytes]:
    """Every answer that a credential can get by reading, byte for byte."""
    answers: dict[str, bytes] = {}
    for operation in house.guarded:
        if operation.method != "GET" or credential.refusal(operation.accepts) is not None:
            continue
        asked = [{"since": "2000-01-01T00:00:00Z"}] if "since" in operation.parameters else []
        if not operation.required and not operation.needs_one_of:
            asked.append({})
        for half in halves:
            asked += [parameters for _, parameters in calls(operation, credential, half, half)]
        for parameters in asked:
            response = house.send(operation, credential, parameters)
            answers[f"{operation} {json.dumps(parameters)}"] = response.content
    return answers


def probe(house: House, credential: Credential, own: Half, foreign: list[Half]) -> list[str]:
    """Names foreign things wherever that is possible; returns what was answered otherwise than about nothing."""
    wrong = []
    for operation in house.guarded:
        if credential.refusal(operation.accepts) is not None:
            continue
        for half in foreign:
            for name, parameters in calls(operation, credential, own, half):
                response = house.send(operation, credential, parameters)
                if is_always_about_the_caller(operation, credential):
                    fits = response.json()["client_session"]["client_session_id"] in own.ids["client_session"]
                else:
                    fits = is_nothing(operation, credential, name, response)
                if not fits:
                    wrong.append(f"{operation} {parameters} with {credential.name}: {response.text[:300]}")
    return wrong

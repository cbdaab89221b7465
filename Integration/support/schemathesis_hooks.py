"""What Schemathesis cannot read in the API's description, because OpenAPI has no words for it."""

import os
import re
import uuid

import schemathesis
from schemathesis.generation.meta import TestPhase
from schemathesis.generation.modes import GenerationMode
from schemathesis.openapi.checks import RejectedPositiveData

from .openapi import EVENT_STREAM

# A request that fits the description may be refused for these reasons, and for no other.
UNSAYABLE = {
    # A query has two dialects, and in one of them commas separate the elements of a list.
    r"The query is ambiguous: .* mixes commas with another notation for lists",
    # A description does not know what time it is.
    r"The time must be in the future",
    # What there is already is no matter of the request alone.
    r"There is a client session with this user_identifier_key already; .*",
    r"There are \d+ .* already, which is the most there may be",
    r"Record must contain at most 50 pair\(s\)",
    r"The device is managed already; .*",
    r"The device is not managed; .*",
    r"This cannot happen to the device, as it has no .*",
    r"This device has no pool of backup access codes",
    r"The customer key is set already, and can be set only once",
    # A cursor is what the server made of the page before; any other text is none, or one of another question.
    r"Invalid page cursor",
    r"A page_cursor must be used with parameters identical to .*",
    # JSON Schema cannot compare two values with each other.
    r"Number must be greater than or equal to latency_ms",
    r"The second time must be later than the first",
    r"user_identity_id and user_identity_ids name different users",
    # Rules about several parameters of a query: bodies say them with `anyOf` and `not`, queries have nothing like it.
    r"At least one of .* is required",
    r"Give \w+ or \w+, not both",
    # Whether a key was used before is no matter of the request alone.
    r"The idempotency key was used for a different request\.",
}

# Values with which most requests keep such rules, so that something comes of them.
KEEPING_RULES = {
    "between": ["2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"],
    "expires_at": "2100-01-01T00:00:00Z",
    # `format: uri` takes addresses of anything, and only a parser knows which of them are pages of the web.
    "url": "https://hooks.example.invalid/in",
    "custom_redirect_url": "https://example.com/done",
    "custom_redirect_failure_url": "https://example.com/failed",
    # Otherwise most of what follows would be refused, as it should be.
    "is_suspended": False,
    "is_managed": True,
}

# What some endpoints are about whenever they are about something that could be: if they took what is there for the
# others, there would soon be nothing left. The test sets the environment.
OBJECTS = {
    "/client_sessions/delete": ("client_session_id", os.environ["OTHER_SESSION"]),
    "/client_sessions/revoke": ("client_session_id", os.environ["OTHER_SESSION"]),
    "/connect_webviews/delete": ("connect_webview_id", os.environ["OTHER_WEBVIEW"]),
    # The sandbox has one account only.
    "/connected_accounts/delete": ("connected_account_id", str(uuid.UUID(int=1))),
    "/devices/delete": ("device_id", os.environ["OTHER_DEVICE"]),
    "/devices/unmanaged/get": ("device_id", os.environ["UNMANAGED_DEVICE"]),
    "/devices/unmanaged/update": ("device_id", os.environ["UNMANAGED_DEVICE"]),
    "/webhooks/delete": ("webhook_id", os.environ["OTHER_WEBHOOK"]),
}


@schemathesis.hook
def before_load_schema(context, raw_schema: dict) -> None:
    """Leaves out streams: Schemathesis would wait for their ends, and they have none. test_event_stream.py tries them."""
    streams = [path for path, item in raw_schema["paths"].items() if is_stream(item["post"])]
    for path in streams:
        del raw_schema["paths"][path]


def is_stream(operation: dict) -> bool:
    return EVENT_STREAM in operation["responses"]["200"]["content"]


@schemathesis.hook
def map_case(context, case):
    """Makes most of the requests that shall be accepted keep those rules too, and leave enough for the others."""
    name, value = OBJECTS.get(case.path, (None, None))
    for values in (case.query, case.body):
        if isinstance(values, dict) and name in values and is_uuid(values[name]):
            values[name] = value
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        names = case.operation.definition.raw.get("x-needs-one-of")
        if names and not case.query.keys() & set(names):
            case.query[names[0]] = str(uuid.uuid4())
        for values in (case.query, case.body):
            for name, value in KEEPING_RULES.items():
                if isinstance(values, dict) and values.get(name) is not None:
                    values[name] = value
        # This phase has one key for everything, and would see nothing but that it was used before.
        if case.meta.phase.name is TestPhase.COVERAGE and "idempotency-key" in (case.headers or {}):
            case.headers["idempotency-key"] = str(uuid.uuid4())
    return case


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """Whether a failure counts."""
    return not (isinstance(failure, RejectedPositiveData) and all(map(is_unsayable, reasons(response.json()))))


def reasons(body: dict) -> list[str]:
    """Every single thing that an error says is wrong."""
    error = body["error"]
    return list(messages(error["validation_errors"])) if "validation_errors" in error else [error["message"]]


def messages(tree: dict):
    """The messages of a tree of validation errors."""
    yield from tree["_errors"]
    for name, branch in tree.items():
        if name != "_errors":
            yield from messages(branch)


def is_uuid(value) -> bool:
    try:
        return uuid.UUID(value) is not None
    except (AttributeError, TypeError, ValueError):
        return False


def is_unsayable(message: str) -> bool:
    return any(re.fullmatch(pattern, message) for pattern in UNSAYABLE)

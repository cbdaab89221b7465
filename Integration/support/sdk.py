"""The Seam SDK's clients, synchronous or not, called alike; it is noted which method sent which request."""

import asyncio
import functools
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import seam

FLAVORS = ("sync", "async")


class MethodLog:
    """The first request of each method of the SDK, by the flavor of the client."""

    def __init__(self) -> None:
        self.requests: dict[str, dict[str, tuple[str, str]]] = {flavor: {} for flavor in FLAVORS}

    def note(self, flavor: str, method: str, request: tuple[str, str]) -> None:
        self.requests[flavor].setdefault(method, request)

    def methods(self, flavor: str) -> set[str]:
        return set(self.requests[flavor])


class SDK:
    """Makes clients of one flavor for one server: the endpoint and a credential are all they are given."""

    def __init__(self, flavor: str, endpoint: str, log: MethodLog) -> None:
        self.flavor, self.endpoint, self.log = flavor, endpoint, log
        self.loop = asyncio.new_event_loop() if flavor == "async" else None
        self._clients: list[object] = []

    def client(self, **credential: str) -> "Recorded":
        """A client with an API key, or with a personal access token and a workspace."""
        return self._recorded(seam.Seam if self.loop is None else seam.AsyncSeam, credential)

    def client_without_workspace(self, personal_access_token: str) -> "Recorded":
        made = seam.SeamWithoutWorkspace if self.loop is None else seam.AsyncSeamWithoutWorkspace
        return self._recorded(made, {"personal_access_token": personal_access_token})

    def client_of_session(self, token: str) -> "Recorded":
        """A client with a client session token, which this SDK has no parameter for, but the option of headers."""
        options = {"headers": {"authorization": f"Bearer {token}"}}
        make = seam.Seam if self.loop is None else seam.AsyncSeam
        return self._recorded(functools.partial(make, httpx_options=options), {"api_key": "seam_not_used"})

    def result(self, value: object) -> object:
        """What a method of a client of this flavor returned, awaited if need be."""
        return value if self.loop is None else self.loop.run_until_complete(value)

    def close(self) -> None:
        for client in self._clients:
            self.result(client.close())
        if self.loop is not None:
            self.loop.close()

    def _recorded(self, make: Callable[..., object], credential: dict[str, str]) -> "Recorded":
        client = make(endpoint=self.endpoint, **credential)
        self._clients.append(client)
        return Recorded(self, client)


class Recorded:
    """A client of the SDK: the same names, but calls return results in both flavors and are noted."""

    def __init__(self, sdk: SDK, client: object) -> None:
        self._sdk, self._client = sdk, client
        self._sent: list[httpx.Request] = []
        client.client.event_hooks = {"request": [self._hook()]}

    def _hook(self) -> Callable[[httpx.Request], object]:
        async def note(request: httpx.Request) -> None:
            self._sent.append(request)

        return self._sent.append if self._sdk.loop is None else note

    def __getattr__(self, name: str) -> object:
        return Resource(self, getattr(self._client, name), name)

    def call(self, name: str, method: Callable[..., object], arguments: dict[str, object]) -> object:
        self._sent.clear()
        result = self._sdk.result(method(**arguments))
        first = self._sent[0]
        self._sdk.log.note(self._sdk.flavor, name, (first.method, first.url.path))
        return result

    def post(self, path: str, **body: object) -> object:
        """A request through the SDK's HTTP client."""
        return self._sdk.result(self._client.client.post(path, json=body))

    def flatten_to_list(self, method: "Method", **parameters: object) -> list[object]:
        """Everything that the SDK's paginator finds."""
        return self._sdk.result(self._client.create_paginator(method.function, parameters).flatten_to_list())

    def first_page(self, method: "Method", **parameters: object) -> tuple[list[object], object]:
        return self._sdk.result(self._client.create_paginator(method.function, parameters).first_page())


class Resource:
    """A part of a client, such as `devices` or `devices.simulate`."""

    def __init__(self, client: Recorded, part: object, name: str) -> None:
        self._client, self._part, self._name = client, part, name

    def __getattr__(self, name: str) -> "Resource | Method":
        value, dotted = getattr(self._part, name), f"{self._name}.{name}"
        return Method(self._client, value, dotted) if callable(value) else Resource(self._client, value, dotted)


class Method:
    """One method of a client."""

    def __init__(self, client: Recorded, function: Callable[..., object], name: str) -> None:
        self._client, self.function, self._name = client, function, name

    def __call__(self, **arguments: object) -> object:
        return self._client.call(self._name, self.function, arguments)


def methods_of_sdk(part: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method of a client that reaches an endpoint, with the endpoint's path, found by looking."""
    for name in sorted(set(dir(part))):
        if name.startswith("_"):
            continue
        with suppress(AttributeError):
            value = getattr(part, name)
            path = getattr(value, "__seam_path__", None)
            if path:
                yield prefix + name, path
            elif type(value).__module__.startswith("seam.routes."):
                yield from methods_of_sdk(value, f"{prefix}{name}.")

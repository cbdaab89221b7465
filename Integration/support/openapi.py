"""The server's endpoints as its own description declares them, so that no test has a list of them."""

from dataclasses import dataclass
from functools import cached_property

import httpx

# Which schemes of the description go together, and the wire contract's letter for that kind of credential.
KINDS = {
    frozenset({"client_session"}): "C",
    frozenset({"personal_access_token", "seam_workspace"}): "P",
    frozenset({"personal_access_token"}): "p",
    frozenset({"api_key"}): "K",
    frozenset({"publishable_key"}): "PK",
}


EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Operation:
    """One method of one endpoint."""

    path: str
    method: str
    # The kinds of credential that it accepts; empty for one that asks for none.
    accepts: frozenset[str]
    # The JSON Schema of each parameter.
    parameters: dict[str, dict]
    required: frozenset[str]
    # At least one of these is needed, if there are any.
    needs_one_of: tuple[str, ...]
    # The keys of its answer, each with whether a list stands there; none if it is a stream.
    answer: dict[str, bool]
    # Whether its answer is a stream without end.
    is_stream: bool
    # Whether it only reads.
    reads: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_list(self) -> bool:
        return any(self.answer.values())

    def send(self, client: httpx.Client, headers: dict[str, str], parameters: dict[str, object]) -> httpx.Response:
        """Calls it: parameters in the query or the body, as the method has them."""
        if self.method in ("GET", "DELETE"):
            query = [pair for name, value in parameters.items() for pair in pairs(name, value)]
            return client.request(self.method, self.path, params=query, headers=headers)
        return client.request(self.method, self.path, json=parameters, headers=headers)


def pairs(name: str, value: object) -> list[tuple[str, str]]:
    """A parameter in a query."""
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in pairs(f"{name}.{key}", inner)]
    if isinstance(value, list):
        return [(name, str(element)) for element in value] or [(name, "")]
    return [(name, str(value).lower() if isinstance(value, bool) else str(value))]


class Document:
    """The description, read."""

    def __init__(self, client: httpx.Client) -> None:
        response = client.get("/openapi.json")
        assert response.status_code == 200, response.text
        self.json = response.json()

    @property
    def paths(self) -> set[str]:
        return set(self.json["paths"])

    @property
    def operations(self) -> list[Operation]:
        """Those with an answer in JSON."""
        return [operation for operation in self._all if not operation.is_stream]

    @property
    def streams(self) -> list[Operation]:
        """Those whose answers have no end, so that nobody can wait for it."""
        return [operation for operation in self._all if operation.is_stream]

    @cached_property
    def _all(self) -> list[Operation]:
        return [
            self._operation(path, method, item)
            for path, item in self.json["paths"].items()
            for method in item
        ]  # fmt: skip

    def _operation(self, path: str, method: str, item: dict) -> Operation:
        operation = item[method]
        # Each endpoint takes POST with all of its parameters in the body, where JSON Schema has words for them.
        body = self._resolved(item["post"].get("requestBody", {})).get("content", {}).get("application/json", {})
        schema = self._resolved(body.get("schema", {}))
        alternatives = [entry["required"] for entry in schema.get("anyOf", []) if len(entry.get("required", [])) == 1]
        content = self._resolved(operation["responses"]["200"])["content"]
        answer = content.get("application/json", {}).get("schema", {})
        return Operation(
            path=path,
            method=method.upper(),
            accepts=frozenset(KINDS[frozenset(entry)] for entry in operation["security"]),
            parameters={name: self._resolved(value) for name, value in schema.get("properties", {}).items()},
            required=frozenset(schema.get("required", [])),
            needs_one_of=tuple(name for [name] in alternatives),
            answer={
                name: self._resolved(value).get("type") == "array"
                for name, value in self._resolved(answer).get("properties", {}).items()
                if name != "ok"
            },
            is_stream=EVENT_STREAM in content,
            reads="get" in item,
        )

    def _resolved(self, schema: dict) -> dict:
        """A schema, or what its reference stands for."""
        while "$ref" in schema:
            found = self.json
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            schema = found
        return schema

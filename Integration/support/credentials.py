"""Credentials in the words of the wire contract, section 2.2: what each is looked at as, and how it is refused."""

from dataclasses import dataclass

Refusal = tuple[int, str]
UNAUTHORIZED: Refusal = (401, "unauthorized")


@dataclass(frozen=True)
class Credential:
    """The headers of a request, and the kinds they are looked at as, in order, each with its refusal if it is bad."""

    name: str
    headers: dict[str, str]
    looked_at_as: dict[str, Refusal | None]

    def refusal(self, accepts: frozenset[str]) -> Refusal | None:
        """How an endpoint that accepts these kinds refuses it; None if it does not."""
        for kind, refusal in self.looked_at_as.items():
            if kind in accepts:
                return refusal
        return UNAUTHORIZED


def bearer(token: str, **headers: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} | {name.replace("_", "-"): value for name, value in headers.items()}


def api_key(key: str, name: str = "API key", refusal: Refusal | None = None) -> Credential:
    return Credential(name, bearer(key), {"K": refusal})


def token_in_workspace(
    token: str, workspace_id: str, name: str = "token in workspace", refusal: Refusal | None = None
) -> Credential:
    # Where no workspace counts, the token does all the same.
    return Credential(name, bearer(token, seam_workspace=workspace_id), {"P": refusal, "p": None})


def token_alone(token: str, name: str = "token alone", refusal: Refusal | None = None) -> Credential:
    return Credential(name, bearer(token), {"p": refusal})


def client_session(token: str, name: str = "client session", refusal: Refusal | None = None) -> Credential:
    return Credential(name, bearer(token), {"C": refusal})


def publishable_key(key: str, name: str = "publishable key", refusal: Refusal | None = None) -> Credential:
    return Credential(name, {"seam-publishable-key": key}, {"PK": refusal})

"""Short names for the requests that most tests make; nothing here hides an answer that is not 200."""

import httpx

from .waiting import wait_until


class API:
    """A thin layer over an HTTP client, for what the SDK has no parameter for."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self._locks: dict[str, str] = {}

    def post(self, path: str, **body: object) -> dict:
        response = self.client.post(path, json=body)
        assert response.status_code == 200, f"{path} answered {response.status_code}: {response.text}"
        return response.json()

    def get(self, path: str, **query: object) -> dict:
        response = self.client.get(path, params=query)
        assert response.status_code == 200, f"{path} answered {response.status_code}: {response.text}"
        return response.json()

    def locks(self) -> dict[str, str]:
        """The ids of all locks, by their display names."""
        return {device["display_name"]: device["device_id"] for device in self.get("/locks/list")["devices"]}

    def lock(self, name: str) -> str:
        """The id of a lock; the sandbox locks stay the same, so they are asked for once."""
        if name not in self._locks:
            self._locks = self.locks()
        return self._locks[name]

    def unlock(self, name: str, **options: object) -> dict:
        return self.post("/locks/unlock_door", device_id=self.lock(name), **options)["action_attempt"]

    def relock(self, name: str, **options: object) -> dict:
        return self.post("/locks/lock_door", device_id=self.lock(name), **options)["action_attempt"]

    def attempt(self, attempt_id: str, timeline: bool = False) -> dict:
        extra = {"include": "timeline"} if timeline else {}
        return self.get("/action_attempts/get", action_attempt_id=attempt_id, **extra)["action_attempt"]

    def resolved(self, attempt: dict | str, seconds: float = 10, timeline: bool = False) -> dict:
        """The attempt once it is no longer pending."""
        attempt_id = attempt if isinstance(attempt, str) else attempt["action_attempt_id"]

        def answer() -> dict | None:
            found = self.attempt(attempt_id, timeline)
            return found if found["status"] != "pending" else None

        return wait_until(answer, f"attempt {attempt_id} resolves", seconds)

    def events(self, **filters: object) -> list[dict]:
        return self.get("/events/list", **({"since": "2020-01-01T00:00:00Z"} | filters))["events"]

    def set_behavior(self, name: str, behavior: str, **options: object) -> None:
        self.post("/locks/simulate/set_behavior", device_id=self.lock(name), behavior=behavior, **options)

"""What a run leaves behind: the clients' notes, the maker's record, the database and the API's answers."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
from support.database import Database

MICROSECONDS = 1_000_000


def nothing_noted() -> dict[str, list[dict]]:
    return {"commands": [], "acts": [], "reads": [], "deliveries": [], "reports": [], "absences": []}


@dataclass
class Call:
    """One request of a client; times are in seconds since 1970, status 0 means that no answer came."""

    kind: str  # `act`, `reuse` (a used key with another body), `cancel` or `read`
    sent_at: float
    status: int = 0
    device_id: str = ""
    action: str = ""
    key: str | None = None
    body: str = ""
    overlap: str = ""
    attempt_id: str | None = None
    error_type: str | None = None
    # The attempt as a `read` saw it.
    seen: dict | None = None


@dataclass
class Life:
    """One process of the server, from its start to its SIGKILL."""

    started_at: float
    listening_at: float | None = None
    ended_at: float = float("inf")
    # Its exit status if it ended without being killed.
    own_end: int | None = None


@dataclass
class Attempt:
    """A row of the database; times are in seconds since 1970."""

    id: str
    sequence: int
    device_id: str
    action: str
    status: str
    created_at: float
    deadline_at: float
    dispatched_at: float | None
    resolved_at: float | None
    was_confirmed: bool | None
    error_type: str | None
    timeline: list[dict]

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.timeline]

    @property
    def wanted_state(self) -> str:
        return "unlocked" if self.action == "UNLOCK_DOOR" else "locked"

    @property
    def ended_in_doubt(self) -> bool:
        return self.error_type in ("timed_out", "outcome_unknown")


@dataclass
class Event:
    workspace_id: str
    sequence: int
    event_type: str
    attempt_id: str | None

    @property
    def is_outcome(self) -> bool:
        return self.event_type.endswith((".succeeded", ".failed")) and self.event_type.startswith("action_attempt.")


@dataclass
class Records:
    grace: float
    calls: list[Call]
    lives: list[Life]
    attempts: dict[str, Attempt]
    events: list[Event]
    # Attempt ids by idempotency key.
    keys: dict[str, str]
    # The attempts as `action_attempts/list` shows them, with timelines.
    api: dict[str, dict]
    # What the devices noted: `commands` they received, with the attempt's id as `custom_id`, and `acts`, the moves of
    # their bolts; of the maker's locks `reads` and `deliveries` of callbacks too, of MQTT locks `reports`.
    devices: dict[str, list[dict]] = field(default_factory=nothing_noted)
    # The lock ids by which the devices know themselves, by device id.
    locks: dict[str, str] = field(default_factory=dict)
    # When the MQTT broker was killed.
    broker_kills: list[float] = field(default_factory=list)

    @property
    def accepted(self) -> set[str]:
        """The attempts that a client was promised."""
        return {call.attempt_id for call in self.calls if call.kind in ("act", "reuse") and call.status == 200}

    def save(self, path: Path) -> None:
        """Writes everything down, for whoever has to find out what happened."""
        path.write_text(json.dumps(asdict(self), indent=1))


def read_attempts(database: Database) -> dict[str, Attempt]:
    def seconds(microseconds: int | None) -> float | None:
        return None if microseconds is None else microseconds / MICROSECONDS

    rows = database.query(
        "SELECT action_attempt_id, sequence, device_id, action_type, status, created_at, deadline_at, dispatched_at,"
        " resolved_at, was_confirmed, error_type, timeline FROM action_attempts"
    )
    return {
        row[0]: Attempt(
            *row[:5], *map(seconds, row[5:9]), None if row[9] is None else bool(row[9]), row[10], json.loads(row[11])
        )
        for row in rows
    }


def read_events(database: Database) -> list[Event]:
    rows = database.query("SELECT workspace_id, sequence, event_type, action_attempt_id FROM events ORDER BY 1, 2")
    return [Event(*row) for row in rows]


def read_api(client: httpx.Client) -> dict[str, dict]:
    """All attempts, page by page."""
    attempts: dict[str, dict] = {}
    query = {"limit": 500, "include": ["timeline"]}
    while True:
        response = client.post("/action_attempts/list", json=query)
        assert response.status_code == 200, response.text
        page = response.json()
        attempts |= {attempt["action_attempt_id"]: attempt for attempt in page["action_attempts"]}
        cursor = page["pagination"]["next_page_cursor"]
        if cursor is None:
            return attempts
        query["page_cursor"] = cursor

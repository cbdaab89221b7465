"""Questions to the database file, asked behind the server's back."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# The events that announce an outcome. `action_attempt.late_report` is not one: it may follow later (G8).
OUTCOME = "(event_type LIKE 'action_attempt.%.succeeded' OR event_type LIKE 'action_attempt.%.failed')"


class Database:
    """The SQLite file of a server, running or not."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def query(self, sql: str) -> list[tuple]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(sql).fetchall()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps everybody else from writing, as another process may, until the body ends."""
        with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                connection.execute("ROLLBACK")

    def statuses(self) -> dict[str, str]:
        """The status of every attempt."""
        return dict(self.query("SELECT action_attempt_id, status FROM action_attempts"))

    def pending_count(self) -> int:
        return self.query("SELECT count(*) FROM action_attempts WHERE status = 'pending'")[0][0]

    def outcome_events(self) -> dict[str, list[str]]:
        """The types of the events that announced an outcome, by attempt."""
        events: dict[str, list[str]] = {}
        for attempt, event_type in self.query(f"SELECT action_attempt_id, event_type FROM events WHERE {OUTCOME}"):
            events.setdefault(attempt, []).append(event_type)
        return events

    def assert_every_attempt_resolved_exactly_once(self) -> None:
        """Checks G2 and G7 for all attempts: an outcome, one event that says the same, gapless sequence numbers."""
        statuses, events = self.statuses(), self.outcome_events()
        counts = Counter(statuses.values())
        assert counts["pending"] == 0, f"unresolved attempts remain: {counts}"
        assert set(events) == set(statuses), "events and attempts are not about the same attempts"
        suffix = {"success": ".succeeded", "error": ".failed"}
        wrong = {
            attempt: (status, events[attempt])
            for attempt, status in statuses.items()
            if len(events[attempt]) != 1 or not events[attempt][0].endswith(suffix[status])
        }
        assert not wrong, f"attempts whose events do not announce their outcome exactly once: {wrong}"
        self.assert_sequences_are_gapless()

    def assert_sequences_are_gapless(self) -> None:
        rows = self.query(
            "SELECT workspace_id, count(*), count(DISTINCT sequence), min(sequence), max(sequence)"
            " FROM events GROUP BY workspace_id"
        )
        for workspace, count, distinct, first, last in rows:
            assert (first, last, distinct) == (1, count, count), f"sequence numbers of {workspace} have gaps"

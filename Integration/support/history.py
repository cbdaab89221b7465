"""Fills the database of a stopped server with attempts of the past, as if it had worked for months and then crashed."""

import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from .database import Database

SECOND = 1_000_000


@dataclass(frozen=True)
class Past:
    """An attempt to insert; times are in seconds from now, negative for the past."""

    device_id: str
    action: str
    created: float
    deadline: float
    dispatched: bool
    is_resolved: bool


def insert(database: Database, past: list[Past]) -> list[str]:
    """Inserts the attempts in this order, with the events of the resolved ones, in one transaction; returns the ids."""
    writer = _Writer(database)
    with closing(sqlite3.connect(database.path, timeout=10)) as connection, connection:
        ids = [str(uuid.uuid4()) for _ in past]
        connection.executemany(
            "INSERT INTO action_attempts (action_attempt_id, workspace_id, device_id, action_type, status,"
            " requested_by, created_at, deadline_at, dispatched_at, resolved_at, was_confirmed, timeline)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [writer.attempt(attempt_id, one) for attempt_id, one in zip(ids, past, strict=True)],
        )
        connection.executemany(
            "INSERT INTO events (workspace_id, sequence, event_id, event_type, written_at, connected_account_id,"
            " device_id, action_attempt_id, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            writer.events(zip(ids, past, strict=True)),
        )
        connection.execute(
            "UPDATE workspaces SET last_event_sequence = ?, last_event_written_at = ?", (writer.sequence, writer.now)
        )
    return ids


class _Writer:
    """Makes rows as Keyway writes them."""

    def __init__(self, database: Database) -> None:
        self.now = int(time.time() * SECOND)
        [(self.workspace_id,)] = database.query("SELECT workspace_id FROM workspaces")
        [(self.account_id,)] = database.query("SELECT connected_account_id FROM connected_accounts")
        [(key_id,)] = database.query("SELECT api_key_id FROM api_keys")
        [(self.sequence,)] = database.query("SELECT last_event_sequence FROM workspaces")
        self.requested_by = f"api_key:{key_id}"

    def attempt(self, attempt_id: str, one: Past) -> tuple:
        created = self.now + int(one.created * SECOND)
        dispatched = created if one.dispatched else None
        kinds = ["accepted"] + (["dispatched"] if one.dispatched else [])
        timeline = [{"kind": kind, "at": iso(created)} for kind in kinds]
        if one.is_resolved:
            timeline += [{"kind": "report", "at": iso(created), "detail": wanted(one)}]
            timeline += [{"kind": "resolved", "at": iso(created)}]
        return (
            attempt_id, self.workspace_id, one.device_id, one.action, "success" if one.is_resolved else "pending",
            self.requested_by, created, self.now + int(one.deadline * SECOND), dispatched,
            created if one.is_resolved else None, 1 if one.is_resolved else None, json.dumps(timeline),
        )  # fmt: skip

    def events(self, attempts: Iterator[tuple[str, Past]]) -> Iterator[tuple]:
        for attempt_id, one in attempts:
            if not one.is_resolved:
                continue
            self.sequence += 1
            event_id, kind = str(uuid.uuid4()), f"action_attempt.{one.action.lower()}.succeeded"
            at = self.now + int(one.created * SECOND)
            body = {
                "event_id": event_id, "event_type": kind, "workspace_id": self.workspace_id, "created_at": iso(at),
                "occurred_at": iso(at), "connected_account_id": self.account_id, "device_id": one.device_id,
                "action_attempt_id": attempt_id, "action_type": one.action, "status": "success",
            }  # fmt: skip
            yield (
                self.workspace_id, self.sequence, event_id, kind, at, self.account_id, one.device_id, attempt_id,
                json.dumps(body),
            )  # fmt: skip


def wanted(one: Past) -> str:
    return "unlocked" if one.action == "UNLOCK_DOOR" else "locked"


def iso(microseconds: int) -> str:
    moment = datetime.fromtimestamp(microseconds / SECOND, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

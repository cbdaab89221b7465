"""The same questions on a data set that has grown."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from support.api import API

from .. import wrk
from ..copies import changed, columns, insert
from ..pairs import in_turns
from ..plan import Plan
from ..rows import Part, at_least
from ..servers import fast_locks, keyway
from .actions import UNLOCK

LOCKS = 64
MICROSECONDS = 1_000_000
SAMPLE = 5_000


def measure(plan: Plan) -> Part:
    part = Part("growth")
    small, large = plan.place("grown-small"), plan.directory / "grown-large"
    with keyway(small, KEYWAY_SANDBOX_FAST_LOCKS=LOCKS) as server:
        locks, key = fast_locks(server, LOCKS), server.first_key
        with server.client() as client:
            api = API(client)
            api.resolved(api.unlock("Fast Lock 1"))
        server.terminate()
        server.wait()
    shutil.copytree(small, large)
    samples = {directory: fill(directory, count) for directory, count in ((small, plan.small), (large, plan.large))}
    with keyway(small) as few, keyway(large) as many:

        def side(server, *paths: str, seconds: float = plan.seconds):
            return lambda: wrk.reads(server.url, key, *paths, seconds=seconds)

        def unlocks(server):
            def run() -> float:
                summary = wrk.run(UNLOCK, server.url, key, *locks, connections=LOCKS, seconds=plan.seconds)
                return summary["per_second"]

            return run

        beside = f"itself with {plan.small:,} attempts"
        lists = [f"/action_attempts/list?device_id={lock}&limit=20" for lock in locks]
        for name, ours, theirs in [
            ("get of random attempts", side(many, f"@{samples[large]}"), side(few, f"@{samples[small]}")),
            ("list by device", side(many, *lists), side(few, *lists)),
            ("accept", unlocks(many), unlocks(few)),
        ]:
            pair = in_turns(plan.rounds, ours, theirs)
            part.rows.append(at_least(f"{plan.large:,} attempts: {name}", beside, pair, 0.9))
    return part


def fill(directory: Path, count: int) -> Path:
    """Fills a server's database with attempts like the one that it has; returns a file with questions for some of them.

    They are asked for with their timelines, since answers with those are not kept.
    """
    with closing(sqlite3.connect(directory / "data/keyway.sqlite", isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        devices = [row[0] for row in database.execute("SELECT DISTINCT device_id FROM devices ORDER BY 1")]
        attempt, event = columns(database, "action_attempts"), columns(database, "events")
        last = database.execute("SELECT max(sequence) FROM events").fetchone()[0]
        like = database.execute(f"SELECT {', '.join(attempt)} FROM action_attempts LIMIT 1").fetchone()
        events = database.execute(
            f"SELECT {', '.join(event)} FROM events WHERE action_attempt_id = ? ORDER BY sequence", [like[attempt.index("action_attempt_id")]]
        ).fetchall()
        begin = like[attempt.index("created_at")]
        ids = [f"01800000-{number >> 16:04x}-7{number & 0xFFF:03x}-8{number >> 12 & 0xF:x}00-{number:012x}" for number in range(count)]

        def attempts() -> Iterator[list]:
            for number, one in enumerate(ids):
                yield changed(attempt, like, action_attempt_id=one, device_id=devices[number % len(devices)], created_at=begin + number)

        def all_events() -> Iterator[list]:
            for number, one in enumerate(ids):
                for place, told in enumerate(events):
                    sequence = last + number * len(events) + place + 1
                    yield [*changed(event, told, event_id=f"{place}{one[1:]}", action_attempt_id=one,
                                    device_id=devices[number % len(devices)], written_at=begin + number), sequence]  # fmt: skip

        database.execute("BEGIN")
        insert(database, "action_attempts", attempt, attempts())
        insert(database, "events", [*event, "sequence"], all_events())
        database.execute("UPDATE workspaces SET last_event_sequence = ? WHERE last_event_sequence = ?", [last + count * len(events), last])
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sample = directory / "paths.txt"
    chosen = random.Random(1).sample(ids, min(SAMPLE, count))
    sample.write_text("".join(f"/action_attempts/get?action_attempt_id={one}&include=timeline\n" for one in chosen))
    return sample

"""How much memory the server has in use."""

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

from support.api import API
from support.waiting import wait_until

from ..copies import changed, columns, insert
from ..plan import Plan
from ..rows import Part, Row
from ..servers import fast_locks, keyway, resident_mebibytes

LOCKS = 64
CALLERS = 8
# What is freed after a burst goes back to the system in a moment.
SETTLING_SECONDS = 2.0


def measure(plan: Plan) -> Part:
    part = Part("memory")
    with keyway(plan.place("memory"), KEYWAY_SANDBOX_FAST_LOCKS=LOCKS) as server:
        time.sleep(SETTLING_SECONDS)
        idle = resident_mebibytes(server)
        part.rows.append(row("memory: idle", idle, 50))
        with server.client() as client:
            api = API(client)
            locks = fast_locks(server, LOCKS)
            for number in range(1, LOCKS + 1):
                api.set_behavior(f"Fast Lock {number}", "never_respond")
            for number in range(1000):
                api.post("/locks/unlock_door", device_id=locks[number % LOCKS], deadline_seconds=600)
        assert server.database.pending_count() >= 1000
        time.sleep(SETTLING_SECONDS)
        part.rows.append(row("memory: 1,000 unresolved attempts", resident_mebibytes(server), 80))
    figures = {count: with_devices(plan, count) for count in plan.devices}
    first, *_, last = plan.devices
    each = (figures[last] - figures[first]) / (last - first) * 1024
    text = ", ".join(f"{count:,}: {figure:.0f} MiB" for count, figure in figures.items())
    part.rows.append(
        Row("memory: devices, each used once", "–", text, f"{each:.1f} KiB a device", reach="stated, and linear")
    )
    return part


def row(measure: str, figure: float, limit: int) -> Row:
    return Row(measure, "–", f"{figure:.0f} MiB", "–", reach=f"≤ {limit} MiB", is_reached=figure <= limit)


def with_devices(plan: Plan, count: int) -> float:
    """The memory after each of so many devices was unlocked once."""
    with keyway(plan.place(f"devices-{count}"), KEYWAY_SANDBOX_FAST_LOCKS=LOCKS) as server:
        lock = fast_locks(server, 1)[0]
        server.terminate()
        server.wait()
        ids = copy_device(server.data_directory / "keyway.sqlite", lock, count)
        server.start()
        with ThreadPoolExecutor(CALLERS) as callers:
            list(callers.map(lambda number: unlock(server, ids[number::CALLERS]), range(CALLERS)))
        wait_until(lambda: server.database.pending_count() == 0, "every attempt resolves", seconds=60, interval=0.5)
        time.sleep(SETTLING_SECONDS)
        return resident_mebibytes(server)


def unlock(server, devices: list[str]) -> None:
    """Unlocks one door after the other, over one connection."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"authorization": f"Bearer {server.first_key}", "content-type": "application/json"}
    for device in devices:
        connection.request("POST", "/locks/unlock_door", json.dumps({"device_id": device}), headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
    connection.close()


def copy_device(path, device: str, count: int) -> list[str]:
    """Adds devices like one that is there."""
    ids = [f"0f000000-0000-4000-8000-{number:012x}" for number in range(count)]
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN")
        for table in ("devices", "device_states"):
            names = columns(database, table)
            like = database.execute(f"SELECT {', '.join(names)} FROM {table} WHERE device_id = ?", [device]).fetchone()
            insert(database, table, names, (changed(names, like, device_id=one, native_id=one) for one in ids))
        database.execute("COMMIT")
    return ids

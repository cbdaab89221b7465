"""Reads beside a bare Hummingbird route that returns the same bytes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from support.api import API

from .. import wrk
from ..bench_tool import bare_server
from ..pairs import in_turns
from ..plan import Plan
from ..rows import Part, at_least
from ..servers import fast_locks, keyway

BARE = "bare Hummingbird route, same bytes"


def measure(plan: Plan) -> Part:
    part = Part("reads")
    with keyway(plan.place("reads"), KEYWAY_SANDBOX_FAST_LOCKS=64) as server:
        locks = fast_locks(server, 64)
        with server.client() as client:
            api = API(client)
            attempt = api.resolved(api.unlock("Fast Lock 1"))["action_attempt_id"]
            get = f"/action_attempts/get?action_attempt_id={attempt}"
            devices = "/devices/list?limit=50"
            assert len(client.get(devices).json()["devices"]) == 50
            bodies = {path: client.get(path).content for path in (get, devices)}

        def side(url: str, path: str):
            return lambda: wrk.reads(url, server.first_key, path, seconds=plan.seconds)

        for path, name, share in [
            (get, "`GET /action_attempts/get`, a resolved attempt", 0.85),
            (devices, "`GET /devices/list` of 50 locks", 0.8),
        ]:
            with bare_server(bodies[path], plan.place(f"bare-{len(part.rows)}")) as bare:
                pair = in_turns(plan.rounds, side(server.url, path), side(bare, path))
                part.rows.append(at_least(name, BARE, pair, share))
                if path == devices:
                    with unlocks(server, locks[63], per_second=10):
                        pair = in_turns(plan.rounds, side(server.url, path), side(bare, path))
                    part.rows.append(at_least("the same list, while its workspace unlocks 10 doors/s", BARE, pair, None))
    return part


@contextmanager
def unlocks(server, lock: str, per_second: int) -> Iterator[None]:
    """Somebody who unlocks a door again and again."""
    end = threading.Event()

    def act() -> None:
        with server.client() as client:
            while not end.wait(1 / per_second):
                client.post("/locks/unlock_door", json={"device_id": lock}).raise_for_status()

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    try:
        yield
    finally:
        assert thread.is_alive(), "the unlocks failed"
        end.set()
        thread.join(timeout=10)

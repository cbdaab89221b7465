"""Keyway beside Home Assistant: how long a caller waits who locks a door."""

import time
from collections.abc import Callable
from statistics import median

from support.api import API

from ..home_assistant import DEMO_LOCK, INSTANT_LOCK, Unavailable, install, running
from ..pairs import in_turns
from ..plan import Plan
from ..rows import Part, Row, stated
from ..servers import keyway

# Home Assistant's demo lock takes two seconds for each.
DEMO_CALLS, INSTANT_CALLS = 3, 200
DEMO = "`POST /locks/lock_door` on a sandbox lock, until the answer: a durable pending attempt"
INSTANT = "the same on a lock without latency, with `sync`, until the outcome, which is durable"
BESIDE_DEMO = "Home Assistant's `lock.lock` on its demo lock, until the answer, which comes when the lock is done"
BESIDE_INSTANT = "Home Assistant's `lock.lock` on a lock without latency; nothing is stored"


def measure(plan: Plan) -> Part:
    """How long one caller waits, one call after the other; rows that say why, if there is no Home Assistant."""
    try:
        install()
        return _measure(plan)
    except Unavailable as error:
        reason = f"not measured: {error}"
        rows = [Row(ours, theirs, "–", "–", reason) for ours, theirs in [(DEMO, BESIDE_DEMO), (INSTANT, BESIDE_INSTANT)]]
        return Part("home_assistant", rows)


def _measure(plan: Plan) -> Part:
    with (
        keyway(plan.place("keyway-alone"), KEYWAY_SANDBOX_FAST_LOCKS=1) as server,
        server.client() as client,
        running(plan.place("home-assistant")) as house,
    ):
        api = API(client)

        demo = in_turns(
            plan.rounds,
            # The lock is done before the next one asks.
            lambda: median(_milliseconds(lambda: api.relock("Front Door"), api.resolved) for _ in range(DEMO_CALLS)),
            lambda: median(_milliseconds(lambda: house.lock(DEMO_LOCK)) for _ in range(DEMO_CALLS)),
        )
        instant = in_turns(
            plan.rounds,
            lambda: median(_milliseconds(lambda: api.relock("Fast Lock 1", sync=True)) for _ in range(INSTANT_CALLS)),
            lambda: median(_milliseconds(lambda: house.lock(INSTANT_LOCK)) for _ in range(INSTANT_CALLS)),
        )
    return Part("home_assistant", [stated(DEMO, BESIDE_DEMO, demo, ratio_digits=4), stated(INSTANT, BESIDE_INSTANT, instant)])


def _milliseconds(call: Callable[[], object], afterwards: Callable[[object], object] = lambda _: None) -> float:
    """How long a call takes; what is done with its answer does not count."""
    start = time.perf_counter()
    answer = call()
    taken = time.perf_counter() - start
    afterwards(answer)
    return taken * 1000

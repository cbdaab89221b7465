"""Unlocking doors: how many, how fast the store takes them, and how soon the command leaves."""

from itertools import count

from support.database import Database
from support.server import ROOT
from support.waiting import wait_until

from .. import bench_tool, wrk
from ..pairs import Figures, Pair, in_turns
from ..plan import Plan
from ..rows import Part, at_least, at_most, stated
from ..servers import fast_locks, keyway

LOCKS = 64
UNLOCK = ROOT / "Integration/load/unlock.lua"


def unlock(plan: Plan) -> Part:
    """Accepted and resolved unlocks per second, with what each costs the disk."""
    with keyway(plan.place("unlock"), KEYWAY_SANDBOX_FAST_LOCKS=LOCKS) as server:
        locks = fast_locks(server, LOCKS)
        with bench_tool.bare_server(b"{}", plan.place("bare-unlock")) as bare:

            def keyway_side() -> float:
                before = resolved(server.database)
                summary = wrk.run(
                    UNLOCK, server.url, server.first_key, *locks, connections=LOCKS, seconds=plan.seconds
                )
                after = resolved(server.database)
                wait_until(lambda: server.database.pending_count() == 0, "every attempt resolves", seconds=30)
                return min(summary["per_second"], (after - before) / summary["seconds"])

            def bare_side() -> float:
                summary = wrk.run(UNLOCK, bare, "none", *locks, connections=LOCKS, seconds=plan.seconds)
                return summary["per_second"]

            pair = in_turns(plan.rounds, keyway_side, bare_side)
    beside = "bare Hummingbird POST that decodes and encodes the same, and stores nothing"
    return Part("unlock", [at_least(f"`POST /locks/unlock_door`, {LOCKS} locks, accepted and resolved", beside, pair, 0.5)])


def resolved(database: Database) -> int:
    return database.query("SELECT count(*) FROM action_attempts WHERE status <> 'pending'")[0][0]


def store(plan: Plan) -> Part:
    """Durable attempts per second through the group commit, beside hand-written transactions of the same size."""
    place, numbers = plan.place("store"), count()
    sizes: list[float] = []

    def keyway_side() -> float:
        figures = bench_tool.measure("store", "--database", place / f"{next(numbers)}.sqlite")
        sizes.append(figures["commits_per_transaction"])
        return figures["attempts_per_second"]

    def by_hand() -> float:
        batch = round(sizes[-1]) if sizes else 32
        options = ["--by-hand", "--batch", batch]
        return bench_tool.measure("store", "--database", place / f"{next(numbers)}.sqlite", *options)["attempts_per_second"]

    pair = in_turns(plan.rounds, keyway_side, by_hand)
    beside = f"the same rows by hand on SQLite's C API, {round(sum(sizes) / len(sizes))} commits to a transaction"
    return Part("store", [at_least("store: durable attempts, 64 writers", beside, pair, 0.8)])


def latency(plan: Plan) -> Part:
    """From a request to its command at the driver, beside the disk's own commits in the same process."""
    place = plan.place("latency")
    runs = [
        bench_tool.measure("latency", "--database", place / f"{number}.sqlite", "--seconds", int(plan.seconds))
        for number in range(plan.rounds)
    ]

    def pair(name: str, beside: str = "disk") -> Pair:
        return Pair(*(Figures([run[f"{side}_{name}"] for run in runs]) for side in ("command", beside)))

    row = at_most("request → command at the driver, p99 at 500 unlocks/s", "p99 of a one-row commit, 500/s", pair("p99_ms"), 1.5)
    middle = at_most("the same, median", "the same, median", pair("p50_ms"), 1.5)
    by_hand = stated("the same, p99", "p99 of the attempt's own commit by hand on SQLite's C API", pair("p99_ms", "hand"))
    return Part("latency", [row, middle, by_hand])

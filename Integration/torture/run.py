"""One run: a server under load that is killed again and again, and then left alone until everything has its end."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from support.accounts import add_device_cloud_account, add_mqtt_account
from support.broker import Broker
from support.maker_process import MakerProcess
from support.mqtt_house_process import MQTTHouseProcess
from support.server import KeywayServer
from support.waiting import wait_until

from .load import Load
from .mqtt_commands import assign
from .records import Life, Records, nothing_noted, read_api, read_attempts, read_events

CLIENTS = 8
MAKER_LOCKS = 12
MQTT_LOCKS = 12
FAST_LOCKS = 4
LONGEST_DEADLINE = 5.0
GRACE = 2.0
# Behaviours are drawn anew for some locks with each kill; `fast` more often, so that there is traffic.
BEHAVIORS = [
    *["fast"] * 4, *["slow"] * 3, "silent", "jammed", "refuses", "offline", "rate_limited", "server_error", "hangs_up",
    "hangs_up_idle", *["duplicates"] * 2, *["reorders"] * 2, *["late"] * 2, *["mute"] * 2,
]  # fmt: skip
MQTT_BEHAVIORS = [
    *["fast"] * 4, *["slow"] * 3, "silent", "stuck", "jammed", "mute", *["repeats"] * 2, *["hesitates"] * 2, "late",
]  # fmt: skip
PROVIDERS = {
    "sandbox": {"sandbox"},
    "device-cloud": {"device_cloud"},
    "mqtt": {"mqtt"},
    "both": {"sandbox", "device_cloud"},
    "all": {"sandbox", "device_cloud", "mqtt"},
}


@dataclass(frozen=True)
class Plan:
    """What to do: how many kills, with which locks, by which seed."""

    kills: int
    provider: str  # A name in PROVIDERS.
    seed: int

    @property
    def providers(self) -> set[str]:
        """The providers whose devices are asked to act, as the database names them."""
        return PROVIDERS[self.provider]


class Run:
    """Performs a plan in a directory and returns the records."""

    def __init__(self, plan: Plan, directory: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._say = say
        self._choice = random.Random(plan.seed)
        self._server = KeywayServer(directory, {"KEYWAY_SANDBOX_FAST_LOCKS": FAST_LOCKS})
        self._maker: MakerProcess | None = None
        self._broker: Broker | None = None
        self._house: MQTTHouseProcess | None = None
        self._broker_kills: list[float] = []
        self._directory = directory
        self._lives: list[Life] = []

    def perform(self) -> Records:
        begun = time.monotonic()
        try:
            self._prepare()
            load = Load(self._server, self._devices(), CLIENTS, self._plan.seed)
            load.start()
            kills = 0
            while kills < self._plan.kills:
                self._let_live(load)
                kills += self._kill_and_start(load, self._plan.kills - kills)
                self._change_behaviors()
                accepted = sum(call.kind == "act" and call.status == 200 for call in load.calls)
                elapsed = time.monotonic() - begun
                self._say(f"kill {kills:3} of {self._plan.kills}  {elapsed:5.1f} s  {accepted} requests accepted")
            load.pause(1)
            load.stop()
            self._settle()
            return self._collect(load)
        finally:
            self._server.kill()
            if self._maker:
                self._maker.stop()
            if self._house:
                self._house.stop()
            if self._broker:
                self._broker.kill()

    # --- Before

    def _prepare(self) -> None:
        self._start()
        if "device_cloud" in self._plan.providers:
            self._prepare_maker()
        if "mqtt" in self._plan.providers:
            self._prepare_house()

    def _prepare_maker(self) -> None:
        self._maker = MakerProcess(MAKER_LOCKS, seed=self._plan.seed)
        account = add_device_cloud_account(self._server, self._maker)
        self._maker.connect(self._server.url, account["connected_account_id"], account["callback_secret"])
        self._kill()
        self._start()
        wait_until(lambda: len(self._locks("device_cloud")) == MAKER_LOCKS, "the maker's locks are discovered", 20)
        for number in range(1, MAKER_LOCKS + 1):
            self._change_behavior(f"lock-{number:02}")

    def _prepare_house(self) -> None:
        self._broker = Broker(self._directory / "broker").start()
        self._house = MQTTHouseProcess(self._broker, MQTT_LOCKS, self._plan.seed)
        add_mqtt_account(self._server, self._broker)
        wait_until(lambda: len(self._locks("mqtt")) == MQTT_LOCKS, "the house's locks are discovered", 20)

    def _devices(self) -> list[str]:
        rows = self._server.database.query("SELECT device_id, provider FROM devices ORDER BY sequence")
        return [device_id for device_id, provider in rows if provider in self._plan.providers]

    def _locks(self, provider: str) -> dict[str, str]:
        """The lock ids by which the devices of a provider know themselves, by device id."""
        rows = self._server.database.query("SELECT device_id, native_id, provider FROM devices")
        return {device_id: native_id for device_id, native_id, its_provider in rows if its_provider == provider}

    # --- In the middle

    def _let_live(self, load: Load) -> None:
        """Lets the server live for a while, and at an instant in it disturbs what stands between it and the locks."""
        seconds, part = self._pause(), self._choice.random()
        load.pause(seconds * part)
        if self._house:
            self._disturb_house(load)
        load.pause(seconds * (1 - part))

    def _disturb_house(self, load: Load) -> None:
        for lock_id in self._choice.sample(self._house.lock_ids, MQTT_LOCKS // 3):
            self._house.leave(lock_id, self._choice.uniform(0.1, 2.5))
        self._house.turn(self._choice.choice(self._house.lock_ids))
        if self._choice.random() < 0.25:
            self._broker_kills.append(time.time())
            self._broker.kill()
            load.pause(self._choice.uniform(0, 2))
            self._broker.start()

    def _pause(self) -> float:
        """How long a server may live: now and then it dies young."""
        return self._choice.choice([self._choice.uniform(0, 0.5), *[self._choice.uniform(0.5, 7)] * 3])

    def _kill_and_start(self, load: Load, most: int) -> int:
        """Kills the server, sometimes once more before it listens, and starts it; returns how many kills it were."""
        kills = 1
        load.server_is_up.clear()
        self._kill()
        if most > 1 and self._choice.random() < 0.2:
            self._lives.append(Life(time.time()))
            self._server.launch()
            load.pause(self._choice.uniform(0, 0.3))
            self._kill()
            kills += 1
        self._start()
        load.server_is_up.set()
        return kills

    def _start(self) -> None:
        life = Life(time.time())
        self._lives.append(life)
        self._server.start()
        life.listening_at = time.time()

    def _kill(self) -> None:
        life = self._lives[-1]
        life.ended_at = time.time()
        if not self._server.is_running:
            life.own_end = self._server.process.returncode
        self._server.kill()

    def _change_behaviors(self) -> None:
        if self._maker:
            for number in self._choice.sample(range(1, MAKER_LOCKS + 1), MAKER_LOCKS // 3):
                self._change_behavior(f"lock-{number:02}")
            self._maker.set_online(f"lock-{MAKER_LOCKS:02}", self._choice.random() < 0.7)
        if self._house:
            for lock_id in self._choice.sample(self._house.lock_ids, MQTT_LOCKS // 3):
                self._house.set_behavior(lock_id, self._choice.choice(MQTT_BEHAVIORS))

    def _change_behavior(self, lock_id: str) -> None:
        self._maker.set_behavior(lock_id, self._choice.choice(BEHAVIORS))

    # --- After

    def _settle(self) -> None:
        self._say("the load has stopped; waiting for everything to resolve")
        # What is pending or on its way after that is a finding of the checker, not a failure of the run.
        with suppress(AssertionError):
            wait_until(lambda: self._server.database.pending_count() == 0, "", LONGEST_DEADLINE + GRACE + 5, 0.1)
            if self._maker:
                self._maker.finish(30)
            if self._house:
                self._house.finish(30)

    def _collect(self, load: Load) -> Records:
        with self._server.client(timeout=60) as http:
            api = read_api(http)
        self._kill()
        database = self._server.database
        attempts = read_attempts(database)
        cloud_locks, house_locks = self._locks("device_cloud"), self._locks("mqtt")
        noted = nothing_noted()
        if self._maker:
            add_notes(noted, self._maker.record())
        if self._house:
            add_notes(noted, assign(self._house.record(), attempts.values(), house_locks))
        return Records(
            grace=GRACE,
            calls=load.calls,
            lives=self._lives,
            attempts=attempts,
            events=read_events(database),
            keys=dict(database.query("SELECT key, action_attempt_id FROM idempotency_keys")),
            api=api,
            devices=noted,
            locks=cloud_locks | house_locks,
            broker_kills=self._broker_kills,
        )


def add_notes(notes: dict[str, list[dict]], more: dict[str, list[dict]]) -> None:
    for kind, entries in more.items():
        notes[kind] += entries

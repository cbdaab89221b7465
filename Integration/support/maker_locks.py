"""The scripted maker's locks: what they do with commands, and the record of everything."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .maker_behavior import BEHAVIORS, Behavior
from .maker_callbacks import Callbacks
from .timetable import Timetable

STATES = {"lock": "locked", "unlock": "unlocked"}


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Lock:
    """One lock, as the maker knows it."""

    lock_id: str
    name: str
    bridge_id: str | None
    behavior: Behavior = BEHAVIORS["fast"]
    lock_state: str = "locked"
    # The command whose callback must come before the maker says where the bolt is.
    hidden_by: str | None = None
    online: bool = True
    battery_level: int = 80
    updated_at: float = field(default_factory=time.time)
    # Callbacks to send once more in the middle of the next command.
    stale: list[dict] = field(default_factory=list)

    @property
    def shown_state(self) -> str:
        return "unknown" if self.hidden_by else self.lock_state

    def summary(self) -> dict:
        return {"lock_id": self.lock_id, "name": self.name, "model": "Scripted Lock", "address": "1 Test Lane"}

    def body(self) -> dict:
        body = {
            "device_id": self.lock_id, "lock_id": self.lock_id, "name": self.name, "device_type": "smart_lock",
            "device_model": "Scripted Lock", "online": self.online, "battery_level": self.battery_level,
            "signal_quality": -60, "timezone": "Europe/Lisbon", "lock_state": self.shown_state,
            "updated_at": iso(self.updated_at),
        }  # fmt: skip
        return body | ({"bridge_id": self.bridge_id} if self.bridge_id else {})


@dataclass(frozen=True)
class Answer:
    """What the maker answers to a command; `body` is None if it hangs up instead."""

    status: int
    body: dict | None


class Maker:
    """All locks and the record; safe to use from many threads."""

    def __init__(self, locks: int, seed: int) -> None:
        self._guard = threading.RLock()
        self._random = random.Random(seed)
        self._timetable = Timetable(workers=16)
        self._answers: dict[str, Answer] = {}
        self.record: dict[str, list[dict]] = {"commands": [], "acts": [], "reads": [], "deliveries": []}
        self.callbacks = Callbacks(self._timetable, self._note)
        self.locks = {
            f"lock-{n:02}": Lock(f"lock-{n:02}", f"Maker Lock {n}", "bridge-1" if n % 2 == 0 else None)
            for n in range(1, locks + 1)
        }

    @property
    def outstanding(self) -> int:
        """How many acts and callbacks are still to come."""
        return self._timetable.outstanding

    def dump(self) -> dict:
        with self._guard:
            return {kind: list(entries) for kind, entries in self.record.items()}

    def read(self, lock: Lock) -> dict:
        with self._guard:
            self._note("reads", lock_id=lock.lock_id, lock_state=lock.shown_state)
            return lock.body()

    # --- Commands

    def command(self, lock: Lock, action: str, custom_id: str, expires_at: float | None, received: float) -> Answer:
        """Takes a command; `received` and `expires_at` are in seconds since 1970."""
        with self._guard:
            behavior = lock.behavior
            is_late = expires_at is not None and received > expires_at
            self._note(
                "commands", at=received, monotonic=time.monotonic() - (time.time() - received), lock_id=lock.lock_id,
                custom_id=custom_id, action=action, expires_at=expires_at, behavior=behavior.name,
                is_repeat=custom_id in self._answers, is_late=is_late,
            )  # fmt: skip
            if custom_id not in self._answers:
                self._answers[custom_id] = self._take(lock, behavior, action, custom_id, expires_at, is_late)
            answer = self._answers[custom_id]
            pause = self._random.uniform(*behavior.answer_after)
        if pause > 0:
            time.sleep(pause)
        return answer

    def _take(
        self, lock: Lock, behavior: Behavior, action: str, custom_id: str, expires_at: float | None, is_late: bool
    ) -> Answer:
        if is_late:
            return Answer(409, {"error_code": "EXPIRED", "message": "The command came after its expires_at."})
        if behavior.answer == "refuse":
            return Answer(behavior.status, {"error_code": behavior.error_code, "message": "The maker says no."})
        action_id = f"act_{uuid.UUID(int=self._random.getrandbits(128))}"
        for event in lock.stale:
            self.callbacks.send(event, after=self._random.uniform(0, 0.03))
        lock.stale = []
        if behavior.act != "none":
            self._timetable.after(
                self._random.uniform(*behavior.act_after),
                lambda: self._act(lock, behavior, action, custom_id, action_id, expires_at),
            )
        if behavior.answer == "hang_up":
            return Answer(0, None)
        accepted = {"action_id": action_id, "custom_id": custom_id, "status": "pending", "lock_id": lock.lock_id}
        return Answer(200, accepted | {"action": action})

    def _act(
        self, lock: Lock, behavior: Behavior, action: str, custom_id: str, action_id: str, expires_at: float | None
    ) -> None:
        with self._guard:
            now = time.time()
            event = self._completed(lock, action, custom_id, action_id, now)
            if expires_at is not None and now > expires_at:
                event |= {"status": "failed", "error_code": "EXPIRED", "message": "It was too late to move the bolt."}
            elif behavior.act == "jam":
                lock.lock_state = "unknown"
                event |= {"status": "failed", "error_code": "LOCK_JAMMED", "message": "The bolt is stuck."}
            else:
                lock.lock_state, lock.updated_at = STATES[action], now
                lock.hidden_by = custom_id if behavior.callback == "late" else None
                self._note("acts", at=now, lock_id=lock.lock_id, custom_id=custom_id, lock_state=lock.lock_state)
            self._call_back(lock, behavior, event, (expires_at or now) - now)

    def _call_back(self, lock: Lock, behavior: Behavior, event: dict, time_left: float) -> None:
        match behavior.callback:
            case "once":
                self.callbacks.send(event)
            case "duplicated":
                webhook_id = self.callbacks.send(event)
                self.callbacks.send(event, webhook_id=webhook_id)
                self.callbacks.send(event, after=self._random.uniform(0.1, 1), webhook_id=webhook_id)
            case "reordered":
                self.callbacks.send(event, after=self._random.uniform(0, 1.5))
                lock.stale.append(event)
            case "late":
                self._timetable.after(
                    max(0, time_left) + self._random.uniform(*behavior.late_by), lambda: self._tell_late(lock, event)
                )

    def _tell_late(self, lock: Lock, event: dict) -> None:
        with self._guard:
            if lock.hidden_by == event["custom_id"]:
                lock.hidden_by = None
            self.callbacks.send(event)

    def _completed(self, lock: Lock, action: str, custom_id: str, action_id: str, at: float) -> dict:
        return {
            "event_type": "lock.action_completed", "device_id": lock.lock_id, "timestamp": iso(at), "action": action,
            "action_id": action_id, "custom_id": custom_id, "status": "success", "performed_via": "remote_api",
        }  # fmt: skip

    # --- What happens without a command

    def set_behavior(self, lock: Lock, name: str, **options: object) -> None:
        with self._guard:
            lock.behavior = BEHAVIORS[name].with_options(options)

    def turn(self, lock: Lock, action: str, performed_via: str) -> None:
        """Somebody at the door moves the bolt."""
        with self._guard:
            now = time.time()
            lock.lock_state, lock.updated_at, lock.hidden_by = STATES[action], now, None
            event = self._completed(lock, action, "", f"act_{uuid.uuid4()}", now) | {"performed_via": performed_via}
            del event["custom_id"]
            self.callbacks.send(event)

    def set_online(self, lock: Lock, online: bool) -> None:
        with self._guard:
            lock.online = online
            name = "device.online" if online else "device.offline"
            self.callbacks.send({"event_type": name, "device_id": lock.lock_id, "timestamp": iso(time.time())})

    def _note(self, kind: str, **entry: object) -> None:
        with self._guard:
            self.record[kind].append({"at": time.time()} | entry)

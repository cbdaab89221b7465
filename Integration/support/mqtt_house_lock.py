"""A lock of the scripted house behind an MQTT broker, and the journal of what it was told and what it did."""

import random
import threading
import time
from dataclasses import dataclass

import paho.mqtt.client as mqtt

from .mqtt_house_behavior import BEHAVIORS, MQTTBehavior
from .mqtt_lock import MQTTLock
from .timetable import Timetable

BOLTS = {"LOCK": "LOCKED", "UNLOCK": "UNLOCKED"}


class Journal:
    """What happened, in the order in which it did; safe to use from many threads.

    `commands` were received, `acts` moved a bolt, `reports` said where a bolt is, `absences` began.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._entries: dict[str, list[dict]] = {"commands": [], "acts": [], "reports": [], "absences": []}

    def note(self, kind: str, at: float, **entry: object) -> int:
        """Notes what happened at `at`, in seconds since 1970; returns its number among its kind."""
        monotonic = time.monotonic() - (time.time() - at)
        with self._guard:
            entries = self._entries[kind]
            entries.append({"number": len(entries), "at": at, "monotonic": monotonic} | entry)
            return len(entries) - 1

    def dump(self) -> dict[str, list[dict]]:
        with self._guard:
            return {kind: list(entries) for kind, entries in self._entries.items()}


@dataclass
class HouseLock(MQTTLock):
    """A lock that says only what is true, and that while it is connected; what it does is drawn by its behaviour."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.behavior: MQTTBehavior = BEHAVIORS["fast"]
        self._guard = threading.RLock()
        # Whether the broker hears it, and whether it was told to be away.
        self._is_heard = self._is_away = False
        self.client.on_disconnect = self._disconnected

    def join(self, journal: Journal, timetable: Timetable, choice: random.Random) -> "HouseLock":
        """Starts it in a house."""
        self._journal, self._timetable, self._choice = journal, timetable, choice
        self.start()
        return self

    # --- What it says

    def publish(self, last: str, text: str | bytes, retain: bool = False, qos: int = 0) -> None:
        """Publishes now or not at all: with QoS 0 nothing waits for a connection until it is no longer true."""
        if not self._is_heard:
            return
        if last == "state":
            self._journal.note("reports", time.time(), lock_id=self.id, state=str(text))
        super().publish(last, text, retain=retain, qos=qos)

    def _connected(self, *details: object) -> None:
        with self._guard:
            self._is_heard = True
            super()._connected(*details)

    def _disconnected(self, *_: object) -> None:
        self._is_heard = False

    # --- What it is told

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        at = time.time()
        action = self._action(message.payload)
        expiry = getattr(message.properties, "MessageExpiryInterval", None)
        with self._guard:
            behavior = self.behavior
            # A broker that does not know whether its message has come gives it again, marked: no second command.
            number = self._journal.note(
                "commands", at, lock_id=self.id, action=action, expiry=expiry, qos=message.qos, retain=message.retain,
                is_given_again=message.dup, can_be_kept=self.session_seconds > 0, behavior=behavior.name,
            )  # fmt: skip
            if message.dup:
                return
            if behavior.says_old_state:
                self.say(self.bolt)
            if behavior.act != "none":
                pause = self._choice.uniform(*behavior.act_after)
                self._timetable.after(pause, lambda: self._act(behavior, action, number, at + (expiry or 0)))

    def _action(self, payload: bytes) -> str:
        return payload.decode()

    def _act(self, behavior: MQTTBehavior, action: str, number: int, expires_at: float) -> None:
        with self._guard:
            now = time.time()
            self.bolt = "JAMMED" if behavior.act == "jam" else BOLTS[action]
            if self.bolt != "JAMMED":
                self._journal.note("acts", now, lock_id=self.id, command=number, lock_state=self.bolt.lower())
            match behavior.report:
                case "once":
                    self.say(self.bolt)
                case "twice":
                    self.say(self.bolt)
                    self._timetable.after(self._choice.uniform(0.1, 1), self._say_again)
                case "late":
                    late = max(0, expires_at - now) + self._choice.uniform(*behavior.late_by)
                    self._timetable.after(late, self._say_again)

    def _say_again(self) -> None:
        with self._guard:
            self.say(self.bolt)

    # --- What happens without a command

    def turn(self) -> None:
        """Somebody at the door moves the bolt."""
        with self._guard:
            self.say("LOCKED" if self.bolt == "UNLOCKED" else "UNLOCKED")

    def leave(self, seconds: float) -> None:
        """Is gone for a while, without a word; if it is gone already, until then."""
        if self._is_away:
            return
        self._is_away, self._is_heard = True, False
        self._journal.note("absences", time.time(), lock_id=self.id, seconds=seconds)
        self.stop()
        self._timetable.after(seconds, self._return)

    def _return(self) -> None:
        self._is_away = False
        self.client.loop_start()

"""The lock of the scripted house that is behind a Zigbee2MQTT without discovery, and the bridge itself."""

import json
import time
from dataclasses import dataclass

import paho.mqtt.client as mqtt

from .mqtt_house_lock import HouseLock
from .mqtt_lock import ZigbeeBridge

BASE = "zigbee2mqtt"
STATES = {
    "LOCKED": {"state": "LOCK", "lock_state": "locked"},
    "UNLOCKED": {"state": "UNLOCK", "lock_state": "unlocked"},
}


@dataclass
class ZigbeeHouseLock(HouseLock):
    """A lock whose bridge puts what it remembers into every message, and may be asked.

    Only what the lock itself has just told the bridge is a report, and in the journal. That the bridge repeats is none:
    it stands in messages about something else, in the answers for a lock that cannot be reached, and after a restart,
    when it can be older than what was said before.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        # As Keyway names it.
        self.id = f"{ZigbeeBridge.ADDRESS}_lock_{BASE}"
        self.client.will_set(f"{BASE}/bridge/state", '{"state":"offline"}', qos=1, retain=True)
        self._remembered = self._before = "LOCKED"

    # --- What it says

    def publish(self, last: str, text: str | bytes, retain: bool = False, qos: int = 0) -> None:
        """Tells a state that the lock has just told the bridge; a Zigbee lock has no word for a jam."""
        if last != "state" or text not in STATES or not self._is_heard:
            return
        self._journal.note("reports", time.time(), lock_id=self.id, state=text)
        self._before, self._remembered = self._remembered, text
        self._repeat()

    def _repeat(self) -> None:
        """Says something about the radio, and with it where the bolt was, as far as the bridge remembers."""
        message = STATES[self._remembered] | {"battery": 90, "linkquality": self._choice.randrange(256)}
        if self._is_heard:
            self.client.publish(f"{BASE}/{self.name}", json.dumps(message))

    def _connected(self, *_: object) -> None:
        with self._guard:
            self._is_heard = True
            self.client.subscribe([(f"{BASE}/{self.name}/set", 1), (f"{BASE}/{self.name}/get", 0)])
            devices = [ZigbeeBridge.COORDINATOR, ZigbeeBridge.description(self.name)]
            self.client.publish(f"{BASE}/bridge/devices", json.dumps(devices), retain=True)
            self.client.publish(f"{BASE}/bridge/state", '{"state":"online"}', retain=True)
            self._repeat()

    # --- What it is told

    def _message(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith("/get"):
            with self._guard:
                if self.behavior.report == "never":
                    self._repeat()
                else:
                    self.say(self.bolt)
            return
        self._repeat()
        super()._message(client, data, message)

    def _action(self, payload: bytes) -> str:
        return json.loads(payload)["state"]

    # --- What happens without a command

    def leave(self, seconds: float) -> None:
        """The bridge is gone for a while, without a word, and may come back with what it knew before."""
        super().leave(seconds)
        if self._choice.random() < 0.5:
            self._remembered = self._before

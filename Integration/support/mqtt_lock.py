"""Scripted locks behind an MQTT broker, as bridges and firmwares announce them."""

import json
import threading
import time
from dataclasses import dataclass, field

import paho.mqtt.client as mqtt

from .broker import Broker, BrokerAddress, connect
from .waiting import wait_until


@dataclass(frozen=True)
class Received:
    """A command as the device got it."""

    payload: str
    at: float
    qos: int
    retain: bool
    expiry: int | None


@dataclass
class MQTTLock:
    """A lock that announces itself by Home Assistant's discovery, and does with commands what its script says.

    Scripts: `succeed`, `jam`, `silent`.
    """

    broker: Broker | BrokerAddress
    name: str
    script: str = "succeed"
    options: dict = field(default_factory=dict)
    # How long the broker keeps commands for it while it is away.
    session_seconds: int = 0
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = self.name.lower().replace(" ", "_")
        self.bolt = "LOCKED"
        self._ready = threading.Event()
        will = (self.topic("availability"), "offline")
        self.client = connect(self.broker, f"device-{self.id}", will=will, session_seconds=self.session_seconds)
        self.client.on_connect = self._connected
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = self._message

    def topic(self, last: str) -> str:
        return f"test/{self.id}/{last}"

    @property
    def config_topic(self) -> str:
        return f"homeassistant/lock/{self.id}/config"

    @property
    def config(self) -> dict:
        """What it announces; an option that is None takes a key away."""
        config = {
            "name": None, "unique_id": self.id, "command_topic": self.topic("set"), "state_topic": self.topic("state"),
            "availability_topic": self.topic("availability"), "device": self.device,
        } | self.options  # fmt: skip
        return {key: value for key, value in config.items() if value is not None or key not in self.options}

    @property
    def device(self) -> dict:
        return {"identifiers": [self.id], "name": self.name, "manufacturer": "Test & Sons", "model": "T-1"}

    # --- Life

    def start(self) -> "MQTTLock":
        """Connects, for the first time or after `stop`."""
        self.client.loop_start()
        assert self._ready.wait(10), "the device connects"
        return self

    def stop(self) -> None:
        """Leaves without a word, so that the broker publishes the last will."""
        self.client.loop_stop()
        self._ready.clear()
        if self.client.socket():
            self.client.socket().close()

    def _connected(self, *_: object) -> None:
        self.client.subscribe(self.topic("set"), qos=1)
        self.announce()
        self.publish("availability", "online", retain=True)
        self.publish("state", self.bolt, retain=True)

    # --- What it says

    def announce(self) -> None:
        self.client.publish(self.config_topic, json.dumps(self.config), qos=1, retain=True)

    def unannounce(self) -> None:
        self.client.publish(self.config_topic, "", qos=1, retain=True)

    def publish(self, last: str, text: str | bytes, retain: bool = False, qos: int = 1) -> mqtt.MQTTMessageInfo:
        return self.client.publish(self.topic(last), text, qos=qos, retain=retain)

    def say(self, bolt: str) -> None:
        """Reports a state, as after a turn by hand."""
        self.bolt = bolt
        self.publish("state", bolt, retain=True)

    # --- What it is told

    @property
    def commands(self) -> list[str]:
        return [command.payload for command in self.received]

    def wait_for_commands(self, count: int = 1, seconds: float = 10) -> list[Received]:
        wait_until(lambda: len(self.received) >= count, f"{count} commands at {self.name}", seconds)
        return self.received

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        expiry = getattr(message.properties, "MessageExpiryInterval", None)
        payload = message.payload.decode()
        self.received.append(Received(payload, time.time(), message.qos, message.retain, expiry))
        if self.script == "silent":
            return
        self.say({"LOCK": "LOCKING", "UNLOCK": "UNLOCKING"}[payload])
        self.say("JAMMED" if self.script == "jam" else {"LOCK": "LOCKED", "UNLOCK": "UNLOCKED"}[payload])


class ZigbeeBridge:
    """A Zigbee2MQTT with one lock and without discovery for Home Assistant."""

    ADDRESS = "0x00158d0001a2b3c4"
    COORDINATOR = {"ieee_address": "0x00124b0024c2d9e1", "type": "Coordinator", "definition": None}

    def __init__(self, broker: Broker, name: str) -> None:
        self.name = name
        self.remembered: dict = {"state": "LOCK", "lock_state": "locked", "battery": 90}
        self.received: list[tuple[str, dict]] = []
        self._ready = threading.Event()
        self.client = connect(broker, "zigbee2mqtt", will=("zigbee2mqtt/bridge/state", '{"state":"offline"}'))
        self.client.on_connect = self._connected
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = self._message

    def start(self) -> "ZigbeeBridge":
        self.client.loop_start()
        assert self._ready.wait(10), "the bridge connects"
        return self

    def stop(self) -> None:
        self.client.loop_stop()
        if self.client.socket():
            self.client.socket().close()

    def say(self, **members: object) -> None:
        """Publishes what it remembers together with what is new; an action is not remembered."""
        self.remembered |= {name: value for name, value in members.items() if not name.startswith("action")}
        self._publish(self.name, self.remembered | members)

    def fail(self, reason: str) -> None:
        text = f"Publish 'set' 'state' to '{self.name}' failed: 'Error: {reason}'"
        self._publish("bridge/logging", {"level": "error", "message": text, "namespace": "z2m"})

    def _publish(self, topic: str, message: object, retain: bool = False) -> None:
        self.client.publish(f"zigbee2mqtt/{topic}", json.dumps(message), retain=retain)

    def _connected(self, *_: object) -> None:
        self.client.subscribe([(f"zigbee2mqtt/{self.name}/set", 0), (f"zigbee2mqtt/{self.name}/get", 0)])
        self._publish("bridge/devices", [self.COORDINATOR, self.description(self.name)], retain=True)
        self._publish("bridge/state", {"state": "online"}, retain=True)
        self.say()

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self.received.append((message.topic.rsplit("/", 1)[1], json.loads(message.payload)))
        if message.topic.endswith("/get"):
            self.say()
        elif self.received[-1][1]["state"] == "UNLOCK":
            self.say(state="UNLOCK", lock_state="unlocked")
        else:
            self.say(state="LOCK", lock_state="locked")

    @classmethod
    def description(cls, name: str) -> dict:
        """The lock as the bridge's list of devices shows it."""
        features = [
            {"type": "binary", "name": "state", "property": "state", "value_on": "LOCK", "value_off": "UNLOCK"},
            {"type": "enum", "name": "lock_state", "property": "lock_state"},
        ]
        return {
            "ieee_address": cls.ADDRESS, "type": "EndDevice", "friendly_name": name, "disabled": False,
            "definition": {"model": "YRD226", "vendor": "Yale", "exposes": [{"type": "lock", "features": features}]},
        }  # fmt: skip

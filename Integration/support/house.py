"""A server with locks behind an MQTT broker, for a test."""

from pathlib import Path

from .api import API
from .broker import Broker
from .mqtt_lock import MQTTLock, ZigbeeBridge
from .server import KeywayServer
from .waiting import wait_until


class House:
    """The server, the broker and its devices, as one API key sees them; the first key if none is given."""

    def __init__(self, server: KeywayServer, broker: Broker, key: str | None = None) -> None:
        self.server, self.broker = server, broker
        self.client = server.client(key)
        self.api = API(self.client)
        self.devices: list[MQTTLock | ZigbeeBridge] = []

    def add(self, device: MQTTLock | ZigbeeBridge, is_online: bool = True) -> MQTTLock | ZigbeeBridge:
        """Starts a device and waits until the server knows it."""
        self.devices.append(device.start())
        wait_until(lambda: device.name in self.api.locks(), f"{device.name} is discovered", 20)
        if is_online:
            self.wait_for_property(device.name, "online", True)
            wait_until(lambda: self.properties(device.name).get("locked") is not None, "its state is known")
        return device

    def device(self, name: str) -> dict:
        return self.api.get("/devices/get", device_id=self.api.lock(name))["device"]

    def properties(self, name: str) -> dict:
        return self.device(name)["properties"]

    def wait_for_property(self, name: str, key: str, value: object, seconds: float = 10) -> None:
        wait_until(lambda: self.properties(name).get(key) == value, f"{key} of {name} is {value}", seconds)

    def events(self, name: str) -> list[dict]:
        return self.api.events(device_id=self.api.lock(name))

    def event_types(self, name: str) -> list[str]:
        return [event["event_type"] for event in self.events(name)]

    def wait_for_event(self, name: str, event_type: str, count: int = 1, seconds: float = 10) -> dict:
        def found() -> dict | None:
            events = [event for event in self.events(name) if event["event_type"] == event_type]
            return events[count - 1] if len(events) >= count else None

        return wait_until(found, f"{event_type} of {name}", seconds)

    def everything_written(self) -> str:
        directory = Path(self.server.directory)
        files = [*directory.glob("output-*.txt"), *directory.glob("log-*.txt")]
        return "\n".join(path.read_text(errors="replace") for path in files)

    def stop(self) -> None:
        for device in self.devices:
            device.stop()
        self.client.close()

"""How long a command takes to a lock behind an MQTT broker, and its report back, beside the broker's own round trip.

    make bench-mqtt
    .venv/bin/python Benchmarks/mqtt_latency.py --binary .build/release/keyway --samples 2000

One thread does everything, with a loop over its sockets, so that no time is lost between threads: it is the publisher,
the subscriber, the lock, the caller and the reader of the event stream. The measurements take turns, so that all of
them see the same machine. Prints Markdown.
"""

import argparse
import json
import os
import platform
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import paho.mqtt.client as mqtt

ROOT = Path(__file__).resolve().parents[1]
# Its modules are imported only when they are needed: they look for the binary that the options name.
sys.path.insert(0, str(ROOT / "Integration"))
LOCKS = 32
MICROSECONDS = 1_000_000


class Sockets:
    """The loop: reads whatever comes until a question is answered."""

    def __init__(self) -> None:
        self._readers: dict[int, Callable[[], object]] = {}
        self._clients: list[mqtt.Client] = []

    def add(self, one: socket.socket, read: Callable[[], object]) -> None:
        self._readers[one.fileno()] = read

    def add_client(self, client: mqtt.Client) -> mqtt.Client:
        """Takes a client that has been told to connect, and returns when it has."""
        client.reconnect()
        # An acknowledgement must not wait for the next packet.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._clients.append(client)
        self.add(client.socket(), client.loop_read)
        self.wait(client.is_connected, "the broker lets the client in")
        return client

    def wait(self, question: Callable[[], object], what: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not question():
            for client in self._clients:
                if client.want_write():
                    client.loop_write()
            readable, _, _ = select.select(list(self._readers), [], [], 0.5)
            for descriptor in readable:
                self._readers[descriptor]()
            if not readable:
                assert time.monotonic() < end, f"not within {seconds} s: {what}"
            for client in self._clients:
                client.loop_misc()


class Probe:
    """What the measured messages were, and when they came."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def take(self, name: str) -> None:
        self.at[name] = time.perf_counter()

    def start(self, *names: str) -> float:
        for name in names:
            self.at.pop(name, None)
        return time.perf_counter()


class Caller:
    """A connection to the server that is kept open."""

    def __init__(self, server, sockets: Sockets) -> None:
        from support.event_stream import StreamReader

        self._reader_type = StreamReader
        self._key = server.first_key
        self._socket = socket.create_connection(("127.0.0.1", server.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = StreamReader()
        sockets.add(self._socket, lambda: self.answer.feed(self._socket.recv(1 << 16)))

    def post(self, path: str, **body: object) -> None:
        """Sends a request without waiting for its answer, which comes to `answer`."""
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self.answer = self._reader_type()
        self._socket.sendall(head.encode() + content)


class Bench:
    """The house and the measurements."""

    def __init__(self, directory: Path, sockets: Sockets) -> None:
        from support.accounts import add_mqtt_account
        from support.api import API
        from support.broker import Broker, connect
        from support.event_stream import EventStream
        from support.server import KeywayServer

        self._sockets = sockets
        self._probe = Probe()
        self.broker = Broker(directory / "broker").start()
        self.server = KeywayServer(directory, {"KEYWAY_RATE_LIMIT_PER_MINUTE": 0}).start()
        self._publisher = sockets.add_client(connect(self.broker, "publisher"))
        self._subscriber = sockets.add_client(connect(self.broker, "subscriber"))
        self._lock = sockets.add_client(connect(self.broker, "lock"))
        self._publisher.on_publish = lambda *_: self._probe.take("acknowledged")
        self._subscriber.on_message = lambda *_: self._probe.take("received")
        self._lock.on_message = lambda *_: self._probe.take("command")
        subscribed = []
        for client, topic in [(self._subscriber, "bench/echo"), (self._lock, "bench/+/set")]:
            client.on_subscribe = lambda *_: subscribed.append(1)
            client.subscribe(topic, qos=1)
        sockets.wait(lambda: len(subscribed) == 2, "the subscriptions")
        add_mqtt_account(self.server, self.broker)
        self._announce()
        with self.server.client() as http:
            api = API(http)
            while not {f"Bench {n}" for n in range(LOCKS)} <= api.locks().keys():
                self._lock.loop(0.1)
            self._ids = [api.locks()[f"Bench {n}"] for n in range(LOCKS)]
        self._say_all("LOCKED")
        self._caller = Caller(self.server, sockets)
        self._file = os.open(directory / "disk", os.O_WRONLY | os.O_CREAT)
        self._stream = EventStream(self.server).begin()
        sockets.add(self._stream.socket, self._read_stream)
        self._resolved: set[str] = set()
        # When each attempt's state was published, in seconds since 1970.
        self._published: dict[str, float] = {}
        self.samples: dict[str, list[float]] = {}

    def stop(self) -> None:
        self.server.kill()
        self.broker.kill()

    # --- The house

    def _announce(self) -> None:
        for number in range(LOCKS):
            config = {
                "name": f"Bench {number}", "unique_id": f"bench_{number}", "command_topic": f"bench/{number}/set",
                "state_topic": f"bench/{number}/state",
            }  # fmt: skip
            self._lock.publish(f"homeassistant/lock/bench_{number}/config", json.dumps(config), qos=1, retain=True)

    def _say_all(self, state: str) -> None:
        for number in range(LOCKS):
            self._lock.publish(f"bench/{number}/state", state, qos=1)
        with self.server.client() as http:
            devices = [{}]
            while not all(device.get("properties", {}).get("locked") for device in devices):
                self._lock.loop(0.1)
                listed = http.get("/locks/list").json()["devices"]
                devices = [device for device in listed if device["device_id"] in self._ids]

    def _read_stream(self) -> None:
        self._stream.read(0)
        for frame in self._stream.reader.frames:
            if frame.event and frame.event.startswith("action_attempt."):
                self._resolved.add(frame.json["action_attempt_id"])
                assert frame.event.endswith("succeeded"), frame.data
        self._stream.reader.frames.clear()

    # --- The measurements

    def round_trip(self) -> None:
        """Of the broker: published until received by another client, and until acknowledged."""
        probe = self._probe
        begun = probe.start("received", "acknowledged")
        self._publisher.publish("bench/echo", "UNLOCK", qos=1)
        self._sockets.wait(lambda: {"received", "acknowledged"} <= probe.at.keys(), "the message comes back")
        self._note("broker: published → received", probe.at["received"] - begun)
        self._note("broker: published → acknowledged", probe.at["acknowledged"] - begun)

    def disk(self) -> None:
        """Of the disk: each way needs one commit, as no attempt is promised or ended before that is durable."""
        begun = time.perf_counter()
        os.write(self._file, bytes(8192))
        os.fdatasync(self._file)
        self._note("disk: 8 KiB written → durable", time.perf_counter() - begun)

    def command(self, turn: int) -> None:
        """Of Keyway: a request until the lock has the command, and the lock's report until the attempt is resolved."""
        probe, number = self._probe, turn % LOCKS
        action, state = [("unlock_door", "UNLOCKED"), ("lock_door", "LOCKED")][turn // LOCKS % 2]
        begun = probe.start("command")
        self._caller.post(f"/locks/{action}", device_id=self._ids[number])
        self._sockets.wait(lambda: "command" in probe.at, "the command")
        self._note("request sent → command received by the lock", probe.at["command"] - begun)
        self._sockets.wait(lambda: self._caller.answer.is_finished, "the answer to the request")
        assert self._caller.answer.status == 200, self._caller.answer.body
        attempt_id = json.loads(self._caller.answer.body)["action_attempt"]["action_attempt_id"]
        self._sockets.wait(lambda: not self._lock.want_write(), "the command's acknowledgement")
        published_at, begun = time.time(), probe.start()
        self._lock.publish(f"bench/{number}/state", state, qos=1)
        self._sockets.wait(lambda: attempt_id in self._resolved, "the attempt resolves")
        self._note("state published → outcome on the event stream", time.perf_counter() - begun)
        self._published[attempt_id] = published_at

    def read_resolutions(self) -> None:
        """Adds how long after the report Keyway had decided, by the database."""
        rows = self.server.database.query("SELECT action_attempt_id, resolved_at, was_confirmed FROM action_attempts")
        for attempt_id, resolved_at, was_confirmed in rows:
            assert was_confirmed, attempt_id
            if attempt_id in self._published:
                seconds = resolved_at / MICROSECONDS - self._published[attempt_id]
                self._note("state published → `resolved_at`, before it is on disk", seconds)

    def forget(self) -> None:
        self.samples.clear()
        self._published.clear()

    def _note(self, name: str, seconds: float) -> None:
        self.samples.setdefault(name, []).append(seconds)


# --- The report


def share(values: list[float], part: float) -> str:
    return f"{sorted(values)[min(len(values) - 1, int(len(values) * part))] * 1000:.2f} ms"


def table(samples: dict[str, list[float]]) -> list[str]:
    lines = ["| Measured | Samples | p50 | p99 |", "|---|---|---|---|"]
    return lines + [f"| {name} | {len(of):,} | {share(of, 0.5)} | {share(of, 0.99)} |" for name, of in samples.items()]


def machine(binary: Path, directory: Path) -> str:
    processor = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        processor = names[0] if names else processor
    from support.broker import MOSQUITTO

    said = subprocess.run([MOSQUITTO, "-h"], capture_output=True, text=True, check=False).stdout
    kind = subprocess.run(
        ["stat", "-f", "-c", "%T", str(directory)], capture_output=True, text=True, check=False
    ).stdout.strip()
    build = "release" if "release" in str(binary.resolve()) else "debug"
    day = datetime.now().astimezone().date()
    return (
        f"{day}: {os.cpu_count()} × {processor}, {platform.system()} {platform.release()}, {said.splitlines()[0]} with"
        f" `set_tcp_nodelay true`, all on one machine, database on {kind or 'the temporary folder'}, {build} build"
        f" of Keyway, load before the run {os.getloadavg()[0]:.2f}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/keyway")
    parser.add_argument("--samples", type=int, default=2000, help="of each kind (default: 2000)")
    parser.add_argument("--directory", type=Path, help="where the database is (default: the temporary folder)")
    options = parser.parse_args()
    os.environ["KEYWAY_BINARY"] = str(options.binary.resolve())
    with tempfile.TemporaryDirectory(prefix="keyway-bench-", dir=options.directory) as folder:
        facts = machine(options.binary, Path(folder))
        bench = Bench(Path(folder), Sockets())
        try:
            # Two rounds for each lock, so that nothing is done for the first time.
            warm_up = 2 * LOCKS
            for turn in range(warm_up + options.samples):
                if turn == warm_up:
                    bench.forget()
                bench.round_trip()
                bench.disk()
                bench.command(turn)
        finally:
            bench.stop()
        bench.read_resolutions()
        print("\n".join([*table(bench.samples), "", facts]))


if __name__ == "__main__":
    main()

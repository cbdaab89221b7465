"""A real mosquitto with a password file and TLS, on free ports, that can be killed and started again."""

import shutil
import socket
import subprocess
from pathlib import Path
from typing import NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from .guarded import GuardedProcess
from .waiting import wait_until

# Debian puts it where only root's PATH looks.
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
USERS = {"keyway": "the password of Keyway", "device": "the password of the devices"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class BrokerAddress(NamedTuple):
    """Where a broker listens on this machine."""

    port: int


class Broker:
    """A broker process in a directory of its own; it ends with this process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        self.port, self.tls_port = free_port(), free_port()
        self.ca_file = directory / "ca.pem"
        self.process: GuardedProcess | None = None
        self._make_certificates()
        self._write_passwords(USERS)
        self._config.write_text(
            f"""
            per_listener_settings false
            allow_anonymous false
            password_file {directory}/passwords
            persistence false
            # Without it an acknowledgement can wait 40 ms for the next packet.
            set_tcp_nodelay true
            user root
            listener {self.port} 127.0.0.1
            listener {self.tls_port} 127.0.0.1
            cafile {self.ca_file}
            certfile {directory}/server.pem
            keyfile {directory}/server.key
            """.replace("            ", "")
        )

    @property
    def _config(self) -> Path:
        return self.directory / "mosquitto.conf"

    # --- Life

    def start(self, seconds: float = 10) -> "Broker":
        """Starts the process and returns when it listens; one that does not in time is ended."""
        with (self.directory / "log.txt").open("ab") as log:
            self.process = GuardedProcess([MOSQUITTO, "-c", str(self._config)], log)
        try:
            wait_until(self._listens_or_ended, "mosquitto listens", seconds)
            status = self.process.end_status
            assert status is None, f"mosquitto ended with {status}:\n{self.log()}"
        except BaseException:
            self.kill()
            raise
        return self

    def kill(self) -> None:
        """Ends the process at once: whatever it kept, retained messages too, is lost."""
        if self.process:
            self.process.kill()

    def restart(self) -> None:
        self.kill()
        self.start()

    def log(self) -> str:
        path = self.directory / "log.txt"
        return path.read_text(errors="replace") if path.exists() else ""

    def _listens_or_ended(self) -> bool:
        if self.process.end_status is not None:
            return True
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    # --- What it is made of

    def _write_passwords(self, users: dict[str, str]) -> None:
        path = self.directory / "passwords"
        path.write_text("".join(f"{user}:{password}\n" for user, password in users.items()))
        subprocess.run(["mosquitto_passwd", "-U", str(path)], check=True, capture_output=True)

    def _make_certificates(self) -> None:
        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True)

        openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test CA",
            "-keyout", "ca.key", "-out", "ca.pem",
        )  # fmt: skip
        openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", "server.key", "-out", "server.csr",
        )  # fmt: skip
        openssl(
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-copy_extensions", "copy", "-out", "server.pem",
        )  # fmt: skip


def connect(
    broker: Broker | BrokerAddress,
    client_id: str = "",
    user: str = "device",
    will: tuple[str, str] | None = None,
    session_seconds: int = 0,
) -> mqtt.Client:
    """A client that stays connected, over restarts of the broker too; the caller subscribes in `on_connect`.

    The broker keeps what it has for the client for `session_seconds` while the client is away.
    """
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.username_pw_set(user, USERS[user])
    client.reconnect_delay_set(0.1, 0.5)
    client.max_queued_messages_set(0)
    if will:
        client.will_set(will[0], will[1], qos=1, retain=True)
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = session_seconds
    client.connect_async(
        "127.0.0.1", broker.port, keepalive=10, clean_start=session_seconds == 0, properties=properties
    )
    return client

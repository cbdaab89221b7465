"""A Home Assistant of the bench's own: installed beside Keyway, started in an empty directory, asked over its HTTP API."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
from support.server import ROOT, clean_environment
from support.waiting import wait_until

PLACE = ROOT / ".venv-homeassistant"
REQUIREMENTS = ROOT / "Benchmarks/home-assistant-requirements.txt"
# The version of Python that the pinned Home Assistant runs on.
PYTHON = "3.13"
# Installs Home Assistant's two hundred packages in half a minute instead of six.
INSTALLER = "uv==0.6.10"
CONFIGURATION = """\
http: {{server_host: 127.0.0.1, server_port: {port}}}
api:
demo:
lock: [{{platform: kitchen_sink}}]
"""
# A lock whose bolt takes two seconds, and one that has no latency; both are Home Assistant's own, for trying it out.
DEMO_LOCK, INSTANT_LOCK = "lock.front_door", "lock.basic_lock"


class Unavailable(Exception):
    """Home Assistant cannot be had here, for the reason in its text."""


def install() -> None:
    """Installs Home Assistant, once.

    Raises Unavailable if this machine has no Python for it, or it cannot be fetched.
    """
    marker = PLACE / "requirements.txt"
    if marker.exists() and marker.read_text() == REQUIREMENTS.read_text():
        return
    python = _python()
    if python is None:
        raise Unavailable(f"no Python {PYTHON} on this machine")
    print(f"  installing Home Assistant into {PLACE.name}", file=sys.stderr, flush=True)
    own = PLACE / "bin/python"
    try:
        for command in (
            [python, "-m", "venv", "--clear", PLACE],
            [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", INSTALLER],
            [PLACE / "bin/uv", "pip", "install", "--quiet", "--python", own, "--requirement", REQUIREMENTS],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired as error:
        raise Unavailable("its packages are not installed within 15 minutes") from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["no reason given"]
        raise Unavailable(f"its packages cannot be installed: {lines[-1]}") from error
    shutil.copy(REQUIREMENTS, marker)


def _python() -> str | None:
    """The path of the Python that is needed, from PATH or from pyenv."""
    versions = Path.home().glob(f".pyenv/versions/{PYTHON}.*/bin/python{PYTHON}")
    for candidate in [f"python{PYTHON}", *map(str, sorted(versions))]:
        # A version manager's shim may be there with nothing behind it.
        if shutil.which(candidate) and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
            return candidate
    return None


class HomeAssistant:
    """A running one, as its owner sees it over HTTP."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def lock(self, entity: str) -> None:
        """Calls the service `lock.lock`, which answers when the lock has done it."""
        answer = self.client.post("/api/services/lock/lock", json={"entity_id": entity})
        assert answer.status_code == 200, answer.text

    def state(self, entity: str) -> str | None:
        """The state of an entity; None if there is none."""
        answer = self.client.get(f"/api/states/{entity}")
        return answer.json()["state"] if answer.status_code == 200 else None


@contextmanager
def running(directory: Path) -> Iterator[HomeAssistant]:
    """Home Assistant with its demo locks, in an empty directory, until the body ends.

    Raises Unavailable if it does not start.
    """
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port = chosen.getsockname()[1]
    (directory / "configuration.yaml").write_text(CONFIGURATION.format(port=port))
    with (directory / "output.txt").open("wb") as log:
        process = subprocess.Popen(
            # What it may want to install at its start is installed.
            [PLACE / "bin/hass", "--config", directory, "--skip-pip"],
            env=clean_environment() | {"PATH": f"{PLACE / 'bin'}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            with _house(f"http://127.0.0.1:{port}") as house:
                yield house
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _house(url: str) -> Iterator[HomeAssistant]:
    """A client of one that is starting, once its locks are there."""
    try:
        token = wait_until(lambda: _own(url), "it takes its owner", seconds=120, interval=0.5)
        client = httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=30)
        house = HomeAssistant(client)
        for entity in (DEMO_LOCK, INSTANT_LOCK):
            wait_until(lambda entity=entity: house.state(entity), f"{entity} is there", seconds=120, interval=0.5)
    except AssertionError as error:
        raise Unavailable(f"it does not start: {error}") from error
    with closing(client):
        yield house


def _own(url: str) -> str | None:
    """Makes the first user, as the page that greets a new owner does; returns a token, None before it listens."""
    user = {"client_id": url, "name": "Bench", "username": "bench", "password": "bench", "language": "en"}
    try:
        answer = httpx.post(f"{url}/api/onboarding/users", json=user, timeout=10)
    except httpx.TransportError:
        return None
    if answer.status_code != 200:
        return None
    grant = {"grant_type": "authorization_code", "code": answer.json()["auth_code"], "client_id": url}
    return httpx.post(f"{url}/auth/token", data=grant, timeout=10).json()["access_token"]

"""Almost every test gets a server of its own, on a free port and a fresh data directory."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from seam import Seam
from support.api import API
from support.broker import Broker
from support.server import BINARY, KeywayServer


def pytest_sessionstart(session: pytest.Session) -> None:
    if not BINARY.exists():
        pytest.exit(f"{BINARY} does not exist. Build it with 'make release', or set KEYWAY_BINARY.", returncode=3)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., KeywayServer]]:
    """Starts servers with settings of the test's own, and ends them all afterwards."""
    servers: list[KeywayServer] = []
    numbers = itertools.count(1)

    def start(ignore_file_size_signal: bool = False, **settings: object) -> KeywayServer:
        directory = tmp_path / f"server-{next(numbers)}"
        directory.mkdir()
        server = KeywayServer(directory, settings)
        servers.append(server)
        return server.start(ignore_file_size_signal=ignore_file_size_signal)

    yield start
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywayServer]:
    """One server for all tests of a file, which then keep out of each other's way."""
    server = KeywayServer(tmp_path_factory.mktemp("shared"))
    try:
        yield server.start()
    finally:
        server.kill()


@pytest.fixture
def server(start_server: Callable[..., KeywayServer]) -> KeywayServer:
    """A server with default settings."""
    return start_server()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A real MQTT broker of the test's own."""
    broker = Broker(tmp_path / "broker").start()
    yield broker
    broker.kill()


@pytest.fixture
def key(server: KeywayServer) -> str:
    """The API key that the first start printed."""
    return server.first_key


@pytest.fixture
def seam(server: KeywayServer, key: str) -> Iterator[Seam]:
    """The unmodified Seam SDK, pointed at the server."""
    with Seam(api_key=key, endpoint=server.url) as client:
        yield client


@pytest.fixture
def http(server: KeywayServer) -> Iterator[httpx.Client]:
    """A plain HTTP client with the API key."""
    with server.client() as client:
        yield client


@pytest.fixture
def api(server: KeywayServer) -> Iterator[API]:
    """Short names for the requests that most tests make."""
    with server.client() as client:
        yield API(client)


@pytest.fixture
def lock(api: API) -> Callable[[str], str]:
    """The id of a lock, by its display name."""
    return api.lock

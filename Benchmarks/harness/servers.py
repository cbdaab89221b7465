"""Keyway as it is measured: the release binary with its default settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.api import API
from support.server import KeywayServer


@contextmanager
def keyway(directory: Path, **settings: object) -> Iterator[KeywayServer]:
    """A server on a data directory of its own, which may have served before."""
    server = KeywayServer(directory, settings)
    try:
        yield server.start()
    finally:
        server.kill()


def fast_locks(server: KeywayServer, count: int) -> list[str]:
    """The ids of the locks without latency."""
    with server.client() as client:
        locks = API(client).locks()
    return [locks[f"Fast Lock {number}"] for number in range(1, count + 1)]


def resident_mebibytes(server: KeywayServer) -> float:
    """The memory that the process has in use."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024

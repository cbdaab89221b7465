"""A keyway process as an operator runs it: the release binary, a port, a data directory."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx

from .database import Database
from .waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("KEYWAY_BINARY", ROOT / ".build/release/keyway")).resolve()


def clean_environment(settings: Mapping[str, object] | None = None) -> dict[str, str]:
    """This process's environment without settings meant for another keyway, and with these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KEYWAY_")}
    return inherited | {name: str(value) for name, value in (settings or {}).items()}


def run_keyway(
    *arguments: str, check: bool = True, timeout: float = 20, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command that ends by itself, such as `keys create`."""
    result = subprocess.run(
        [str(BINARY), *arguments],
        env=clean_environment(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if check and result.returncode != 0:
        raise AssertionError(f"keyway {' '.join(arguments)} ended with {result.returncode}: {result.stderr}")
    return result


class KeywayServer:
    """A server process that can be stopped, killed and started again on the same data directory and port."""

    def __init__(self, directory: Path, settings: Mapping[str, object] | None = None) -> None:
        self.directory = directory
        self.data_directory = directory / "data"
        self.settings = dict(settings or {})
        self.database = Database(self.data_directory / "keyway.sqlite")
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._first_key: str | None = None

    # --- Life

    def start(self, ignore_file_size_signal: bool = False) -> "KeywayServer":
        """Starts the process and returns when it listens; the first start chooses the port, later ones keep it."""
        self.launch(ignore_file_size_signal)
        line = wait_until(self._listening_line_or_end, f"listening\n{self.log()}", seconds=20)
        assert line != "ended", f"keyway ended with {self.process.returncode} before it listened:\n{self.log()}"
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def launch(self, ignore_file_size_signal: bool = False) -> None:
        """Starts the process without waiting for anything."""
        self._starts += 1
        command = [str(BINARY), "serve", "--port", str(self.port), "--data-directory", str(self.data_directory)]
        if ignore_file_size_signal:
            # At the limit of RLIMIT_FSIZE a write then fails, as on a full disk, instead of ending the process.
            command = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh", *command]
        with self._output().open("wb") as output, self._log().open("wb") as log:
            self.process = subprocess.Popen(
                command, env=clean_environment(self.settings), stdin=subprocess.DEVNULL, stdout=output, stderr=log
            )

    def kill(self) -> None:
        """Ends the process as a power cut would: SIGKILL."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait(timeout=10)

    def terminate(self) -> None:
        """Asks the process to stop: SIGTERM."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, timeout: float = 15) -> int:
        """Waits for the process to end and returns its exit status."""
        return self.process.wait(timeout=timeout)

    def restart(self) -> None:
        """Kills the process and starts another on the same data directory and port."""
        self.kill()
        self.start()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    # --- What it says

    def output(self) -> str:
        """What this start printed on standard output."""
        return self._output().read_text(errors="replace")

    def log(self) -> str:
        """What this start printed on standard error."""
        return self._log().read_text(errors="replace")

    @property
    def first_key(self) -> str:
        """The API key that the first start printed."""
        if self._first_key is None:
            text = (self.directory / "output-1.txt").read_text()
            match = re.search(r"API key: *(seam_\w+)", text)
            assert match, f"the first start printed no API key:\n{text}"
            self._first_key = match[1]
        return self._first_key

    # --- How to reach it

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str | None = None, timeout: float = 15) -> httpx.Client:
        """A plain HTTP client with an API key; without one if `key` is empty."""
        key = self.first_key if key is None else key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
        return httpx.Client(base_url=self.url, headers=headers, timeout=timeout, limits=limits)

    def create_key(self, name: str = "test", workspace: str | None = None) -> dict:
        """Makes a key with the command line, as an operator does."""
        return json.loads(self.keys("create", "--name", name, "--json", *self._limit(workspace)).stdout)

    def create_token(self, name: str = "test", workspace: str | None = None) -> dict:
        """Makes a personal access token with the command line; for all workspaces if none is given."""
        return json.loads(self.tokens("create", "--name", name, "--json", *self._limit(workspace)).stdout)

    def keys(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs `keyway keys …` on this server's data directory."""
        return run_keyway("keys", *arguments, "--data-directory", str(self.data_directory), check=check)

    def tokens(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs `keyway tokens …` on this server's data directory."""
        return run_keyway("tokens", *arguments, "--data-directory", str(self.data_directory), check=check)

    def _limit(self, workspace: str | None) -> list[str]:
        return [] if workspace is None else ["--workspace", workspace]

    # --- Inside

    def _output(self) -> Path:
        return self.directory / f"output-{self._starts}.txt"

    def _log(self) -> Path:
        return self.directory / f"log-{self._starts}.txt"

    def _listening_line_or_end(self) -> str | None:
        match = re.search(r"^Keyway is listening on (http://[\d.]+:\d+)$", self.output(), re.MULTILINE)
        if match:
            return match[1]
        return None if self.is_running else "ended"

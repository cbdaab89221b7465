"""The commands that speak with a running server: what they print, and how they end."""

import http.server
import json
import os
import pty
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from support.api import API
from support.recording_proxy import recording
from support.server import BINARY, KeywayServer, clean_environment, run_keyway
from support.waiting import wait_until

SUCCESS, FAILED, USAGE, UNREACHABLE, REFUSED, UNRESOLVED = range(6)
Run = Callable[..., subprocess.CompletedProcess[str]]


def run_client(server: KeywayServer, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with the server's address and key in its environment."""
    settings = {"KEYWAY_ENDPOINT": server.url, "KEYWAY_API_KEY": server.first_key} | variables
    return subprocess.run(
        [str(BINARY), *arguments],
        env=clean_environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def cli(server: KeywayServer) -> Run:
    """Runs a command against the server."""
    return lambda *arguments, **variables: run_client(server, *arguments, **variables)


class Follower:
    """A `keyway events --follow` that runs beside the test."""

    def __init__(self, server: KeywayServer, *arguments: str) -> None:
        settings = {"KEYWAY_ENDPOINT": server.url, "KEYWAY_API_KEY": server.first_key}
        self.process = subprocess.Popen(
            [str(BINARY), "events", "--follow", "--json", *arguments],
            env=clean_environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.notices: list[str] = []
        self._threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.lines), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.notices), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(stream, lines: list[str]) -> None:
        for line in stream:
            lines.append(line)

    def events(self) -> list[dict]:
        return [json.loads(line) for line in list(self.lines)]

    def types(self) -> list[str]:
        return [event["event_type"] for event in self.events()]

    def end(self, number: int = signal.SIGINT) -> int:
        """Sends a signal and returns the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=10)
        for thread in self._threads:
            thread.join(timeout=5)
        return status


@pytest.fixture
def follow(server: KeywayServer) -> Iterator[Callable[..., Follower]]:
    """Starts followers, and ends them all afterwards."""
    followers: list[Follower] = []

    def start(*arguments: str) -> Follower:
        followers.append(Follower(server, *arguments))
        return followers[-1]

    yield start
    for follower in followers:
        if follower.process.poll() is None:
            follower.process.kill()
            follower.process.wait()


# --- Devices


def test_devices_are_a_table_that_lines_up(cli):
    result = cli("devices")
    assert result.returncode == SUCCESS
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["NAME", "STATE", "NETWORK", "BATTERY", "TYPE", "ID"]
    assert "\x1b" not in result.stdout, "no colours where no terminal is"
    assert result.stderr == "", "no spinner either"
    for title in ("STATE", "ID"):
        column = lines[0].index(title)
        assert all(line[column - 2 : column] == "  " and line[column] != " " for line in lines)
    garage = next(line for line in lines if line.startswith("Garage"))
    assert "locked" in garage
    assert "online" in garage


def test_devices_as_json_are_what_the_api_says(cli, http):
    listed = json.loads(cli("devices", "list", "--json").stdout)
    assert listed == http.get("/devices/list").json()["devices"]
    device = json.loads(cli("devices", "get", "Lobby", "--json").stdout)
    assert device["display_name"] == "Lobby"
    found = json.loads(cli("devices", "--search", "meeting", "--json").stdout)
    assert [device["display_name"] for device in found] == ["Meeting Room"]


def test_a_device_is_found_by_id_name_and_beginning(cli, lock):
    lobby = lock("Lobby")
    for word in (lobby, lobby.upper(), "Lobby", "lobby", lobby[:8]):
        result = cli("devices", "get", word)
        assert result.returncode == SUCCESS, result.stderr
        assert re.search(rf"^Id +{lobby}$", result.stdout, re.MULTILINE)


# --- Doors


def test_unlocking_waits_until_the_door_has_answered(cli, api):
    result = cli("unlock", "Front Door")
    assert (result.returncode, result.stdout) == (SUCCESS, "Front Door is unlocked.\n")
    assert result.stderr == ""
    attempt = api.get("/action_attempts/list")["action_attempts"][0]
    assert (attempt["status"], attempt["action_type"]) == ("success", "UNLOCK_DOOR")
    result = cli("lock", "Front Door")
    assert (result.returncode, result.stdout) == (SUCCESS, "Front Door is locked.\n")


def test_a_door_that_cannot_confirm_is_not_said_to_be_unlocked(cli):
    result = cli("unlock", "Meeting Room")
    assert result.returncode == SUCCESS
    assert "cannot confirm" in result.stdout


def test_a_failed_action_prints_its_cause_and_ends_with_1(cli):
    result = cli("unlock", "Garage")
    assert (result.returncode, result.stdout) == (FAILED, "")
    assert "lock_jammed" in result.stderr
    assert "Trying again" not in result.stderr
    result = cli("unlock", "Guest House")
    assert result.returncode == FAILED
    assert "device_offline" in result.stderr
    assert "Trying again may help." in result.stderr
    result = cli("unlock", "Garage", "--json")
    assert result.returncode == FAILED
    assert json.loads(result.stdout)["error"]["type"] == "lock_jammed"


def test_an_action_that_is_not_resolved_in_time_ends_with_5(cli, api):
    result = cli("unlock", "Vault", "--timeout", "1.5", "--json")
    assert result.returncode == UNRESOLVED
    attempt = json.loads(result.stdout)
    assert attempt["status"] == "pending"
    assert attempt["action_attempt_id"] in result.stderr
    assert api.attempt(attempt["action_attempt_id"])["status"] == "pending", "it goes on without the client"


def test_an_action_need_not_be_waited_for(cli, api):
    result = cli("unlock", "Vault", "--no-wait", "--json", "--deadline", "5")
    assert result.returncode == SUCCESS
    attempt = json.loads(result.stdout)
    assert attempt["status"] == "pending"
    assert api.attempt(attempt["action_attempt_id"])["deadline_at"] == attempt["deadline_at"]


def test_the_overlap_is_the_callers_choice(cli, api):
    first = api.unlock("Vault")
    result = cli("unlock", "Vault", "--overlap", "reject")
    assert result.returncode == REFUSED
    assert "action_attempt_in_progress" in result.stderr
    joined = json.loads(cli("unlock", "Vault", "--overlap", "join", "--no-wait", "--json").stdout)
    assert joined["status"] == "pending"
    api.post("/action_attempts/simulate/resolve", action_attempt_id=first["action_attempt_id"], status="success")
    assert api.resolved(joined["action_attempt_id"])["status"] == "success"


def test_a_lock_that_is_away_is_waited_for_if_the_caller_wants_to(cli, api):
    result = cli("unlock", "Guest House", "--when-offline", "wait", "--deadline", "2")
    assert result.returncode == FAILED
    assert "action_attempt_expired" in result.stderr
    result = cli("unlock", "Guest House", "--when-offline", "fail")
    assert "device_offline" in result.stderr
    result = cli("unlock", "Guest House", "--when-offline", "pray")
    assert result.returncode == REFUSED
    assert "when_offline" in result.stderr


def test_the_server_is_left_to_hold_its_answer_instead_of_being_polled(server, api):
    with recording(server.url) as proxy:
        started = time.monotonic()
        process = subprocess.Popen(
            [str(BINARY), "unlock", "Vault", "--endpoint", proxy.url, "--api-key", server.first_key],
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        attempts = wait_until(lambda: api.get("/action_attempts/list")["action_attempts"], "the attempt is there")
        wait_until(lambda: time.monotonic() > started + 2, "a client that polls would have asked more than once")
        api.post(
            "/action_attempts/simulate/resolve",
            action_attempt_id=attempts[0]["action_attempt_id"],
            status="success",
            result={"was_confirmed_by_device": True},
        )
        output, _ = process.communicate(timeout=10)
    assert (process.returncode, output) == (SUCCESS, "Vault is unlocked.\n")
    assert proxy.requests == ["GET /devices/list", "POST /locks/unlock_door"]


def test_a_spinner_turns_on_a_terminal_and_is_gone_at_the_end(server):
    primary, secondary = pty.openpty()
    settings = {"KEYWAY_ENDPOINT": server.url, "KEYWAY_API_KEY": server.first_key, "TERM": "xterm"}
    process = subprocess.Popen(
        [str(BINARY), "unlock", "Front Door"],
        env=clean_environment(settings),
        stdout=subprocess.PIPE,
        stderr=secondary,
        text=True,
    )
    os.close(secondary)
    shown = b""
    try:
        while block := os.read(primary, 1024):
            shown += block
    except OSError:
        pass  # The other end is closed.
    output, _ = process.communicate(timeout=10)
    os.close(primary)
    assert output == "Front Door is unlocked.\n"
    assert "Unlocking Front Door…" in shown.decode()
    assert shown.decode().endswith("\r\x1b[2K"), "the line is empty at the end"


# --- Attempts


def test_attempts_are_listed_shown_and_taken_back(cli, api):
    api.resolved(api.unlock("Lobby"))
    first, second = api.unlock("Vault"), api.unlock("Vault")
    table = cli("attempts").stdout
    assert table.splitlines()[1].split()[-1] == second["action_attempt_id"], "the latest comes first"
    assert "Lobby" in table
    listed = json.loads(cli("attempts", "list", "--device", "vault", "--json").stdout)
    assert [attempt["action_attempt_id"] for attempt in listed] == [
        second["action_attempt_id"],
        first["action_attempt_id"],
    ]
    assert len(json.loads(cli("attempts", "--limit", "1", "--json").stdout)) == 1

    shown = cli("attempts", "get", first["action_attempt_id"]).stdout
    assert "dispatched" in shown
    result = cli("attempts", "cancel", second["action_attempt_id"])
    assert (result.returncode, api.attempt(second["action_attempt_id"])["error"]["type"]) == (SUCCESS, "cancelled")
    result = cli("attempts", "cancel", first["action_attempt_id"])
    assert result.returncode == REFUSED
    assert "action_attempt_already_sent" in result.stderr


# --- Events


def test_events_are_listed_with_filters(cli, api):
    for name in ("Lobby", "Back Door"):
        api.resolved(api.unlock(name))
    wait_until(lambda: len(api.events()) == 4, "all events are there")
    table = cli("events").stdout
    assert len(table.splitlines()) == 5
    assert "lock.unlocked" in table
    assert "Back Door" in table
    assert json.loads(cli("events", "--json").stdout) == api.events()
    unlocked = json.loads(cli("events", "--type", "lock.unlocked", "--device", "lobby", "--json").stdout)
    assert [(event["event_type"], event["device_id"]) for event in unlocked] == [("lock.unlocked", api.lock("Lobby"))]
    assert len(json.loads(cli("events", "--limit", "2", "--json", "--since", "1h").stdout)) == 2
    assert cli("events", "--since", "2099-01-01").stdout == "There are no such events.\n"


def test_following_shows_what_happens_until_ctrl_c(follow, api):
    api.resolved(api.unlock("Lobby"))
    before = api.events()
    follower = follow("--since", "1h")
    wait_until(lambda: follower.events() == before, "what happened before is there")
    api.resolved(api.relock("Lobby"))
    wait_until(lambda: "lock.locked" in follower.types(), "what happens is there at once")
    assert follower.events() == api.events()
    assert follower.end() == SUCCESS
    assert follower.notices == []


def test_following_goes_on_over_a_restart_without_a_gap_or_a_repetition(follow, server, api):
    follower = follow("--since", "1h")
    api.resolved(api.unlock("Lobby"))
    wait_until(lambda: len(follower.events()) == 2, "the first events are there")
    server.restart()
    with server.client() as client:
        api = API(client)
        api.resolved(api.relock("Lobby"))
        wait_until(lambda: "lock.locked" in follower.types(), "events after the restart are there", seconds=20)
        assert follower.events() == api.events()
    assert follower.notices, "the interruption is told on standard error"
    assert follower.end(signal.SIGTERM) == SUCCESS


def test_following_has_filters(follow, api):
    follower = follow("--since", "1h", "--type", "lock.locked", "--device", "Lobby")
    for name in ("Lobby", "Back Door"):
        api.resolved(api.unlock(name))
        api.resolved(api.relock(name))
    wait_until(lambda: len(api.events(event_type="lock.locked")) == 2, "both doors are locked")
    wait_until(lambda: follower.events(), "one of them is told")
    assert follower.end() == SUCCESS
    assert [(event["event_type"], event["device_id"]) for event in follower.events()] == [
        ("lock.locked", api.lock("Lobby"))
    ]


def test_following_ends_when_nobody_reads_any_more(server, api):
    settings = {"KEYWAY_ENDPOINT": server.url, "KEYWAY_API_KEY": server.first_key}
    process = subprocess.Popen(
        [str(BINARY), "events", "--follow", "--since", "1h"],
        env=clean_environment(settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    api.resolved(api.unlock("Lobby"))
    assert process.stdout.readline()
    process.stdout.close()
    for _ in range(2):
        api.resolved(api.unlock("Lobby"))
    assert process.wait(timeout=10) == SUCCESS


# --- Webhooks


def test_webhooks_are_made_changed_and_deleted(cli, http):
    made = cli("webhooks", "create", "https://hooks.example.invalid/in", "--type", "lock.locked", "--type", "lock.unlocked")
    assert made.returncode == SUCCESS, made.stderr
    webhook_id = re.search(r"^Webhook: (\S+)$", made.stdout, re.MULTILINE)[1]
    assert re.search(r"^Secret: whsec_\S+$", made.stdout, re.MULTILINE)
    assert "https://hooks.example.invalid/in" in cli("webhooks").stdout
    assert re.search(r" enabled +" + webhook_id, cli("webhooks").stdout)
    assert [hook["webhook_id"] for hook in json.loads(cli("webhooks", "list", "--json").stdout)] == [webhook_id]

    assert cli("webhooks", "update", webhook_id, "--type", "device.connected").returncode == SUCCESS
    webhook = http.get("/webhooks/get", params={"webhook_id": webhook_id}).json()["webhook"]
    assert webhook["event_types"] == ["device.connected"]
    assert cli("webhooks", "delete", webhook_id).returncode == SUCCESS
    assert http.get("/webhooks/list").json()["webhooks"] == []
    result = cli("webhooks", "delete", webhook_id)
    assert result.returncode == REFUSED
    assert "webhook_not_found" in result.stderr


def test_a_webhook_without_types_gets_all(cli):
    webhook = json.loads(cli("webhooks", "create", "https://hooks.example.invalid/in", "--json").stdout)
    assert webhook["event_types"] == ["*"]


# --- How commands end


@pytest.mark.parametrize(
    "arguments",
    [
        ["unlock"],
        ["unlock", "Nowhere"],
        ["unlock", "Front Door", "--deadline", "0"],
        ["devices", "--nonsense"],
        ["nonsense"],
        ["events", "--since", "soon"],
    ],
)
def test_a_wrong_command_line_ends_with_2(cli, arguments):
    result = cli(*arguments)
    assert (result.returncode, result.stdout) == (USAGE, "")
    assert result.stderr


def test_a_word_that_can_mean_several_devices_opens_none(server, cli, http, api):
    for name in ("Lobby", "Back Door"):
        http.post("/devices/update", json={"device_id": api.lock(name), "name": "Twin"}).raise_for_status()
    result = cli("unlock", "Twin")
    assert result.returncode == USAGE
    assert api.lock("Lobby") in result.stderr
    assert api.get("/action_attempts/list")["action_attempts"] == []


def test_without_a_key_no_request_is_made():
    result = run_keyway("devices", check=False)
    assert result.returncode == USAGE
    assert "KEYWAY_API_KEY" in result.stderr


def test_a_server_that_is_not_there_ends_with_3(server, cli):
    server.kill()
    result = cli("devices")
    assert result.returncode == UNREACHABLE
    assert server.url in result.stderr


@pytest.mark.parametrize("device", ["Front Door", "01a20eef-2e01-7000-8bcb-012779658fd9"])
def test_a_server_that_says_nothing_costs_no_more_than_the_time_out(cli, device):
    with socket.create_server(("127.0.0.1", 0), backlog=50) as mute:
        started = time.monotonic()
        result = cli("unlock", device, "--timeout", "1", KEYWAY_ENDPOINT=f"http://127.0.0.1:{mute.getsockname()[1]}")
    assert (result.returncode, result.stdout) == (UNREACHABLE, "")
    assert time.monotonic() - started < 4


def test_an_action_that_the_server_never_accepts_costs_no_more_than_the_time_out(cli, server):
    with recording(server.url, mute="/locks/unlock_door") as proxy:
        started = time.monotonic()
        result = cli("unlock", "Front Door", "--timeout", "1", KEYWAY_ENDPOINT=proxy.url)
    assert (result.returncode, result.stdout) == (UNREACHABLE, "")
    assert time.monotonic() - started < 6


def test_a_name_with_line_feeds_forges_no_line(cli, http, api):
    name = "Twin\nkeyway: Front Door is unlocked.\u2028\u200f"
    for device in ("Lobby", "Back Door"):
        http.post("/devices/update", json={"device_id": api.lock(device), "name": name}).raise_for_status()
    result = cli("unlock", name)
    assert result.returncode == USAGE
    lines = result.stderr.splitlines()
    assert lines[0].startswith("keyway: ")
    assert all(line.startswith("  ") for line in lines[1:])


def test_something_that_is_no_keyway_server_ends_with_3(cli):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello")

        def log_message(self, *_: object) -> None:
            pass

    other = http.server.HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        result = cli("devices", KEYWAY_ENDPOINT=f"http://127.0.0.1:{other.server_port}")
    finally:
        other.shutdown()
    assert result.returncode == UNREACHABLE


def test_a_refused_request_ends_with_4_and_never_shows_the_key(cli):
    result = cli("devices", KEYWAY_API_KEY="seam_test1_wrongkey")
    assert (result.returncode, result.stdout) == (REFUSED, "")
    assert "unauthorized" in result.stderr
    assert "wrongkey" not in result.stderr


def test_the_key_can_come_from_a_file(server, cli, tmp_path):
    file = tmp_path / "key"
    file.write_text(server.first_key + "\n")
    assert cli("devices", "--api-key-file", str(file), KEYWAY_API_KEY="").returncode == SUCCESS


def test_the_help_tells_the_exit_statuses():
    for command in ("devices", "lock", "unlock", "attempts", "events", "webhooks"):
        text = run_keyway(command, "--help").stdout
        assert "Exit statuses:" in text
        assert re.search(r"^ +5 ", text, re.MULTILINE)


def test_a_serving_keyway_knows_the_clients_variables(start_server):
    server = start_server(KEYWAY_ENDPOINT="http://127.0.0.1:1", KEYWAY_API_KEY="seam_x")
    assert "KEYWAY_ENDPOINT" not in server.log()
    assert "KEYWAY_API_KEY" not in server.log()

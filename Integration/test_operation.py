"""Starting, stopping and starting again."""

import json
import re
import signal
import subprocess
import time
from datetime import UTC, datetime

import httpx
import pytest
from support.server import BINARY, KeywayServer, clean_environment
from support.waiting import wait_until


def test_the_first_start_says_how_to_use_it(server):
    output = server.output()
    assert server.first_key in output
    assert f"Keyway is listening on {server.url}" in output


def test_a_later_start_does_not_make_another_key(server):
    server.restart()
    assert "API key:" not in server.output()
    with server.client() as client:
        assert client.get("/locks/list").status_code == 200


def test_it_binds_to_the_loopback_address_unless_told_otherwise(server):
    listening = subprocess.run(["ss", "-ltnH", f"sport = :{server.port}"], capture_output=True, text=True, check=False)
    if listening.returncode != 0:
        pytest.skip("ss is not installed")
    assert f"127.0.0.1:{server.port}" in listening.stdout
    assert f"0.0.0.0:{server.port}" not in listening.stdout


def test_settings_come_from_a_file_below_environment_and_arguments(start_server, tmp_path):
    config = tmp_path / "keyway.json"
    config.write_text(json.dumps({"maximum_lane_length": 1, "sandbox_fast_locks": 3}))
    environment = clean_environment({"KEYWAY_SANDBOX_FAST_LOCKS": 2, "KEYWAY_DATA_DIRECTORY": tmp_path / "data"})
    output, log = tmp_path / "output.txt", tmp_path / "log.txt"
    with output.open("wb") as out, log.open("wb") as err:
        process = subprocess.Popen(
            [str(BINARY), "serve", "--port", "0", "--config", str(config)], env=environment, stdout=out, stderr=err
        )
    try:
        url = wait_until(lambda: re.search(r"listening on (http\S+)", output.read_text()), "listening", 20)[1]
        key = re.search(r"API key: *(seam_\w+)", output.read_text())[1]
        with httpx.Client(base_url=url, headers={"authorization": f"Bearer {key}"}) as http:
            devices = {device["display_name"]: device["device_id"]
                       for device in http.get("/locks/list").json()["devices"]}  # fmt: skip
            assert {"Fast Lock 1", "Fast Lock 2"} <= set(devices) and "Fast Lock 3" not in devices
            statuses = [http.post("/locks/unlock_door", json={"device_id": devices["Vault"]}).status_code
                        for _ in range(2)]  # fmt: skip
        assert statuses == [200, 429], "the lane length of the file holds"
        assert (tmp_path / "data" / "keyway.sqlite").exists()
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"KEYWAY_PORT": "many"}, "port"),
        ({"KEYWAY_LOG_LEVEL": "loud"}, "log_level"),
        ({"KEYWAY_MAXIMUM_LANE_LENGTH": "0"}, "maximum_lane_length"),
        ({"KEYWAY_DEFAULT_DEADLINE_SECONDS": "-5"}, "default_deadline_seconds"),
    ],
)
def test_a_bad_setting_is_named_and_nothing_starts(tmp_path, settings: dict, named: str):
    result = subprocess.run(
        [str(BINARY), "serve", "--data-directory", str(tmp_path / "data")]
        + (["--port", "0"] if named != "port" else []),
        env=clean_environment(settings),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert result.returncode != 0
    assert named in (result.stderr + result.stdout).lower()


def test_a_config_file_that_is_missing_or_broken_is_named(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for path in (broken, tmp_path / "missing.json"):
        command = [str(BINARY), "serve", "--port", "0", "--config", str(path), "--data-directory", str(tmp_path / "d")]
        result = subprocess.run(
            command, env=clean_environment(), capture_output=True, text=True, timeout=20, check=False
        )
        assert result.returncode != 0
        assert path.name in result.stderr


def test_a_second_server_on_the_same_data_directory_refuses(server, http):
    second = subprocess.run(
        [str(BINARY), "serve", "--port", "0", "--data-directory", str(server.data_directory)],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert second.returncode != 0
    assert str(server.data_directory) in second.stderr
    assert "Fatal error" not in second.stderr
    assert http.get("/health").status_code == 200


def test_a_port_in_use_is_named(server, tmp_path):
    second = subprocess.run(
        [str(BINARY), "serve", "--port", str(server.port), "--data-directory", str(tmp_path / "other")],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert second.returncode != 0
    assert str(server.port) in second.stderr


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_with_status_0(server, stop: signal.Signals):
    server.process.send_signal(stop)
    assert server.wait() == 0


def test_stopping_waits_for_what_is_in_flight(server, api):
    api.set_behavior("Lobby", "succeed", latency_ms=700)
    attempt = api.unlock("Lobby")["action_attempt_id"]
    server.terminate()
    assert server.wait() == 0
    assert server.database.statuses()[attempt] == "success"
    server.database.assert_every_attempt_resolved_exactly_once()


def test_stopping_does_not_wait_for_ever(start_server):
    server = start_server(KEYWAY_DRAIN_TIMEOUT_SECONDS=1)
    with server.client() as http:
        vault = http.get("/locks/get", params={"name": "Vault"}).json()["device"]["device_id"]
        assert http.post("/locks/unlock_door", json={"device_id": vault}).status_code == 200
    begun = time.monotonic()
    server.terminate()
    assert server.wait() == 0
    assert time.monotonic() - begun < 6


def test_what_was_waiting_when_it_stopped_is_done_after_the_next_start(server, api):
    api.set_behavior("Lobby", "succeed", latency_ms=500)
    first, second = (api.unlock("Lobby")["action_attempt_id"] for _ in range(2))
    server.terminate()
    assert server.wait() == 0
    assert server.database.statuses() == {first: "success", second: "pending"}
    server.start()
    assert api.resolved(second)["status"] == "success"
    server.database.assert_every_attempt_resolved_exactly_once()


def past(instant: str) -> bool:
    return datetime.now(UTC) > datetime.fromisoformat(instant)


def test_what_was_waiting_past_its_deadline_is_never_sent_G3(server: KeywayServer, api):
    api.unlock("Vault", deadline_seconds=2)
    waiting = api.unlock("Vault", deadline_seconds=1)
    server.kill()
    wait_until(lambda: past(waiting["deadline_at"]), "the deadline passes while the server is down")
    server.start()
    resolved = api.resolved(waiting, timeline=True)
    assert resolved["error"]["type"] == "action_attempt_expired"
    assert resolved["dispatched_at"] is None


def test_what_was_sent_is_not_sent_again_after_a_crash_G4(server: KeywayServer, api):
    attempt = api.unlock("Vault", deadline_seconds=2)
    server.restart()
    resolved = api.resolved(attempt, timeline=True)
    assert resolved["status"] == "error"
    assert resolved["error"]["type"] in ("timed_out", "outcome_unknown")
    kinds = [entry["kind"] for entry in resolved["timeline"]]
    assert kinds.count("dispatched") == 1
    assert "recovered" in kinds
    server.database.assert_every_attempt_resolved_exactly_once()


def test_resolved_attempts_and_events_are_the_same_after_a_crash_G1(server: KeywayServer, api):
    attempts = [api.resolved(api.unlock(name)) for name in ("Lobby", "Garage", "Guest House")]
    events = api.events()
    server.restart()
    assert [api.attempt(attempt["action_attempt_id"]) for attempt in attempts] == attempts
    assert api.events() == events

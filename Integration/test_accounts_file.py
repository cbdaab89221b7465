"""Connected accounts that a file lists: what the server makes of them at each start, against a real mosquitto."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.api import API
from support.broker import USERS, Broker
from support.mqtt_lock import MQTTLock
from support.server import KeywayServer, run_keyway
from support.waiting import wait_until

NAME = "Cellar MQTT"


@pytest.fixture
def lock(broker: Broker) -> Iterator[MQTTLock]:
    lock = MQTTLock(broker, NAME).start()
    yield lock
    lock.stop()


@pytest.fixture
def accounts_file(tmp_path: Path, broker: Broker) -> Path:
    """A file with one account over TLS, whose password and authority stand in files beside it."""
    (tmp_path / "password").write_text(USERS["keyway"] + "\n")
    account = {
        "provider": "mqtt",
        "key": "cellar",
        "name": "Cellar",
        "host": "127.0.0.1",
        "port": broker.tls_port,
        "tls": {"ca_file": str(broker.ca_file)},
        "user": "keyway",
        "password_file": "password",
    }
    path = tmp_path / "accounts.json"
    path.write_text(json.dumps({"accounts": [account]}))
    return path


def change(path: Path, **members: object) -> None:
    document = json.loads(path.read_text())
    document["accounts"][0].update(members)
    path.write_text(json.dumps(document))


def listed(server: KeywayServer) -> list[dict]:
    return json.loads(run_keyway("accounts", "list", "--json", "--data-directory", str(server.data_directory)).stdout)


def test_an_account_of_the_file_is_served_and_shows_its_password_nowhere(start_server, accounts_file, lock):
    server = start_server(KEYWAY_ACCOUNTS_FILE=accounts_file)
    with server.client() as client:
        api = API(client)
        wait_until(lambda: NAME in api.locks(), "the lock is discovered", 20)
        device_id = api.lock(NAME)
        wait_until(
            lambda: api.get("/devices/get", device_id=device_id)["device"]["properties"]["online"], "it is online", 20
        )
        attempt = api.unlock(NAME)
        assert api.resolved(attempt["action_attempt_id"])["status"] == "success"
        shown = json.dumps([api.get("/connected_accounts/list"), api.get("/devices/list"), api.get("/events/list")])
    written = server.output() + server.log() + json.dumps(listed(server)) + shown
    assert USERS["keyway"] not in written
    assert [account["display_name"] for account in listed(server)] == ["Cellar"]


def test_the_file_counts_again_at_every_start(start_server: Callable[..., KeywayServer], accounts_file, broker, lock):
    right = accounts_file.with_name("password").read_text()
    accounts_file.with_name("password").write_text("another word")
    server = start_server(KEYWAY_ACCOUNTS_FILE=accounts_file)
    wait_until(lambda: "password" in server.log(), "the refusal is logged", 20)
    assert "another word" not in server.log()
    [account] = listed(server)
    server.kill()

    accounts_file.with_name("password").write_text(right)
    change(accounts_file, name="Cellar and garden")
    server.start()
    with server.client() as client:
        api = API(client)
        wait_until(lambda: NAME in api.locks(), "the lock is discovered", 20)
    [changed] = listed(server)
    assert changed["display_name"] == "Cellar and garden"
    assert changed["connected_account_id"] == account["connected_account_id"]
    server.kill()

    # What the file lists no longer stays, until it is removed by hand; then the file does not bring it back.
    original = accounts_file.read_text()
    accounts_file.write_text(json.dumps({"accounts": []}))
    server.start()
    assert ["removed_at" in account for account in listed(server)] == [False]
    run_keyway(
        "accounts", "remove", account["connected_account_id"], "--data-directory", str(server.data_directory)
    )
    server.kill()
    accounts_file.write_text(original)
    server.start()
    assert "stays so" in server.log()
    assert ["removed_at" in account for account in listed(server)] == [True]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"prot": 1}, "prot"),
        ({"port": 0}, "port"),
        ({"password_file": "no-such-file"}, "no-such-file"),
        ({"workspace_id": "00000000-0000-4000-8000-000000000000"}, "workspace"),
        ({"provider": "carrier pigeon"}, "provider"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_start_and_says_why(tmp_path, accounts_file, members, reason):
    change(accounts_file, **members)
    result = run_keyway(
        "serve", "--port", "0", "--data-directory", str(tmp_path / "data"), check=False,
        environment={"KEYWAY_ACCOUNTS_FILE": str(accounts_file)},
    )  # fmt: skip
    assert result.returncode != 0
    assert reason in result.stderr
    assert USERS["keyway"] not in result.stderr

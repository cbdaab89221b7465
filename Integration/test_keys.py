"""API keys: made, listed and revoked on the command line, with and without a running server."""

import json

from support.server import run_keyway
from support.waiting import wait_until


def test_a_created_key_works_at_once(server):
    created = server.create_key("door app")
    assert created["api_key"].startswith("seam_")
    assert created["name"] == "door app"
    with server.client(created["api_key"]) as client:
        workspace = client.get("/workspaces/get").json()["workspace"]
    assert workspace["workspace_id"] == created["workspace_id"]


def test_keys_list_shows_every_key_and_no_secret(server):
    created = server.create_key("door app")
    listed = json.loads(server.keys("list", "--json").stdout)
    keys = listed if isinstance(listed, list) else listed["api_keys"]
    assert created["api_key_id"] in [key["api_key_id"] for key in keys]
    assert len(keys) == 2, "the first start's key and this one"
    for secret in (created["api_key"], server.first_key):
        assert secret.rsplit("_", 1)[1] not in json.dumps(keys)
        assert secret.rsplit("_", 1)[1] not in server.keys("list").stdout


def test_a_revoked_key_stops_working_within_a_second_or_two(server):
    created = server.create_key()
    with server.client(created["api_key"]) as client:
        assert client.get("/locks/list").status_code == 200
        server.keys("revoke", created["api_key_id"])
        wait_until(lambda: client.get("/locks/list").status_code == 401, "the revoked key is refused", seconds=2)
    with server.client() as other:
        assert other.get("/locks/list").status_code == 200


def test_a_revoked_key_stays_revoked_after_a_restart(server):
    created = server.create_key()
    server.keys("revoke", created["api_key_id"])
    server.restart()
    with server.client(created["api_key"]) as client:
        assert client.get("/locks/list").status_code == 401


def test_revoking_an_unknown_key_fails_clearly(server):
    for key_id in ("11111111-1111-4111-8111-111111111111", "nonsense"):
        result = server.keys("revoke", key_id, check=False)
        assert result.returncode != 0
        assert key_id in result.stderr


def test_a_key_is_nowhere_stored_or_logged_in_clear(start_server):
    server = start_server(KEYWAY_LOG_LEVEL="trace")
    created = server.create_key()
    secrets = [created["api_key"].rsplit("_", 1)[1], server.first_key.rsplit("_", 1)[1]]
    for key in (created["api_key"], server.first_key):
        with server.client(key) as client:
            assert client.get("/locks/list").status_code == 200
    server.terminate()
    server.wait()
    files = [path for path in server.data_directory.rglob("*") if path.is_file()]
    assert any(path.name == "keyway.sqlite" for path in files)
    for path in files:
        content = path.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, f"{path.name} holds a key in clear"
    for secret in secrets:
        assert secret not in server.log()


def test_keys_can_be_made_before_the_first_start(tmp_path):
    data = str(tmp_path / "new" / "data")
    created = json.loads(run_keyway("keys", "create", "--json", "--data-directory", data).stdout)
    assert set(created) >= {"api_key", "api_key_id", "workspace_id", "name", "created_at"}
    listed = run_keyway("keys", "list", "--data-directory", data).stdout
    assert created["api_key_id"] in listed


def test_version_and_help():
    assert run_keyway("--version").stdout.strip()
    help_text = run_keyway("serve", "--help").stdout
    for option in ("--host", "--port", "--data-directory", "--config"):
        assert option in help_text

"""What a new data directory looks like, and what happens when the first start goes wrong."""

import socket
import stat
from collections.abc import Callable
from pathlib import Path

from support.server import KeywayServer, run_keyway

Start = Callable[..., KeywayServer]


def test_a_first_start_that_cannot_listen_makes_no_key_that_nobody_has_seen(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        data = str(tmp_path / "data")
        failed = run_keyway("serve", "--port", port, "--data-directory", data, check=False)
        assert failed.returncode == 1
        assert f"Another program listens on port {port}" in failed.stderr
    assert "There are no API keys" in run_keyway("keys", "list", "--data-directory", data).stdout


def test_keys_list_and_revoke_refuse_a_directory_without_a_database(tmp_path: Path) -> None:
    missing = tmp_path / "typo"
    key_id = "00000000-0000-0000-0000-000000000001"
    for command in [["keys", "list"], ["keys", "revoke", key_id]]:
        answer = run_keyway(*command, "--data-directory", str(missing), check=False)
        assert answer.returncode == 1
        assert "There is no Keyway database" in answer.stderr
    assert not missing.exists()


def test_nobody_but_the_owner_can_read_the_database_even_in_an_open_directory(tmp_path: Path) -> None:
    data = tmp_path / "open"
    data.mkdir(mode=0o755)
    run_keyway("keys", "create", "--data-directory", str(data))
    files = list(data.iterdir())
    assert files
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name


def test_a_misspelt_setting_is_named_in_the_log(start_server: Start) -> None:
    server = start_server(KEYWAY_MAXIMUM_LANE_LENGHT=3)
    assert "KEYWAY_MAXIMUM_LANE_LENGHT" in server.log()


def test_a_public_url_must_be_one(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"public_url": "locks.example.com"}')
    command = ["serve", "--port", "0", "--config", str(settings), "--data-directory", str(tmp_path / "data")]
    answer = run_keyway(*command, check=False)
    assert answer.returncode != 0
    assert "public_url must be an http or https URL" in answer.stderr

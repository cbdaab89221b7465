"""Schemathesis reads the API's description and looks for answers that it does not describe."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template

import pytest
from support.api import API
from support.server import KeywayServer

FOLDER = Path(__file__).parent
TIME_LIMIT = 300


def make_objects(api: API) -> tuple[dict[str, str], dict[str, str]]:
    """The ids of objects that requests can be about, and of others that may go."""

    def webhook() -> str:
        return api.post("/webhooks/create", url="https://hooks.example.invalid/in")["webhook"]["webhook_id"]

    def session(user: str) -> str:
        answer = api.post("/client_sessions/create", user_identifier_key=user)
        return answer["client_session"]["client_session_id"]

    def webview() -> str:
        return api.post("/connect_webviews/create")["connect_webview"]["connect_webview_id"]

    objects = {
        "DEVICE": api.lock("Lobby"),
        "ACCOUNT": api.get("/devices/get", name="Lobby")["device"]["connected_account_id"],
        "RESOLVED": api.unlock("Lobby", sync=True)["action_attempt_id"],
        # The Vault says nothing until it is told how an attempt ends.
        "PENDING": api.unlock("Vault", deadline_seconds=3600)["action_attempt_id"],
        "WEBHOOK": webhook(),
        "SESSION": session("somebody"),
        "WEBVIEW": webview(),
    }
    others = {
        "OTHER_DEVICE": api.lock("Cellar"),
        "UNMANAGED_DEVICE": api.lock("Garage"),
        "OTHER_WEBHOOK": webhook(),
        "OTHER_SESSION": session("somebody else"),
        "OTHER_WEBVIEW": webview(),
    }
    api.post("/devices/update", device_id=others["UNMANAGED_DEVICE"], is_managed=False)
    return objects, others


@pytest.mark.timeout(TIME_LIMIT + 30)
def test_every_answer_is_as_the_description_says(start_server: Callable[..., KeywayServer], tmp_path: Path) -> None:
    # Requests with `sync` would otherwise wait for locks that the test itself told not to answer.
    server = start_server(KEYWAY_MAXIMUM_SYNC_WAIT_SECONDS=1)
    with server.client() as client:
        objects, others = make_objects(API(client))
    token = server.create_token()["personal_access_token"]
    with server.client(token) as client:
        other = API(client).post("/workspaces/create", name="Other", is_sandbox=True)["workspace"]
    objects |= {"KEY": server.first_key, "TOKEN": token, "OTHER_WORKSPACE": other["workspace_id"]}
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(Template((FOLDER / "schemathesis.toml").read_text()).substitute(objects))
    environment = os.environ | others | {"PYTHONPATH": str(FOLDER)}
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    command += ["--config-file", str(configuration), "run", f"{server.url}/openapi.json", "--no-color"]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=TIME_LIMIT, check=False
    )
    print(result.stdout[result.stdout.find("= SUMMARY =") :])
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    assert "Tested: 0" not in result.stdout

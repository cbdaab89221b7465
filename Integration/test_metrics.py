"""/metrics, from outside: what Prometheus is told while a server works."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.accounts import add_mqtt_account
from support.api import API
from support.event_stream import streaming
from support.metrics import SETTINGS, TOKEN, Metrics, answer
from support.server import ROOT, KeywayServer, run_keyway
from support.waiting import wait_until
from support.webhook_receiver import Answer, WebhookReceiver

Start = Callable[..., KeywayServer]


@pytest.fixture
def server(start_server: Start) -> KeywayServer:
    return start_server(
        **SETTINGS, KEYWAY_WEBHOOK_ALLOWED_NETWORKS="127.0.0.0/8", KEYWAY_STORE_BUSY_TIMEOUT_SECONDS=1
    )


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver()
    yield receiver
    receiver.stop()


def stage(metrics: Metrics, name: str) -> float:
    return metrics.value("keyway_action_attempt_stage_seconds_count", stage=name)


def unresolved(server: KeywayServer) -> float:
    return Metrics(server).value("keyway_action_attempts_unresolved")


# --- What it says


def test_attempts_are_counted_by_outcome_and_their_stages_and_lanes_are_measured(server, api) -> None:
    before = Metrics(server)
    assert before.value("keyway_action_attempts_total", action_type="UNLOCK_DOOR", outcome="success") == 0
    api.set_behavior("Back Door", "jam")
    # So slow that the second one waits for the first on any machine.
    api.set_behavior("Front Door", "succeed", latency_ms=2000)
    first, second = api.unlock("Front Door"), api.relock("Front Door")
    jammed = api.unlock("Back Door")
    assert [api.resolved(one)["status"] for one in (first, second, jammed)] == ["success", "success", "error"]
    wait_until(lambda: unresolved(server) == 0, "every outcome is counted")
    after = Metrics(server)
    for action_type, outcome in [("UNLOCK_DOOR", "success"), ("LOCK_DOOR", "success"), ("UNLOCK_DOOR", "lock_jammed")]:
        assert after.value("keyway_action_attempts_total", action_type=action_type, outcome=outcome) == 1
    assert [stage(after, name) for name in ("accept", "queue", "device", "resolve")] == [3, 3, 3, 3]
    assert after.value("keyway_lane_depth_sum") == 1 + 2 + 1
    # The second one waited for the first, and each took the lock its two seconds.
    assert after.value("keyway_action_attempt_stage_seconds_sum", stage="queue") >= 1
    assert after.value("keyway_action_attempt_stage_seconds_sum", stage="device") >= 4
    commits = after.value("keyway_store_commit_seconds_count") - before.value("keyway_store_commit_seconds_count")
    assert commits >= 3
    assert after.value("keyway_store_commit_writes_count") == after.value("keyway_store_commit_seconds_count")
    assert after.value("keyway_store_commit_failures_total") == 0


def test_attempts_that_a_killed_server_left_are_unresolved_after_its_restart_and_then_counted(server, api) -> None:
    api.set_behavior("Vault", "never_respond")
    attempt = api.unlock("Vault", deadline_seconds=120)
    assert unresolved(server) == 1
    server.restart()
    wait_until(lambda: unresolved(server) == 1, "it is taken up")
    api.post(
        "/action_attempts/simulate/resolve", action_attempt_id=attempt["action_attempt_id"], status="error",
        error={"type": "device_busy"},
    )  # fmt: skip
    wait_until(lambda: unresolved(server) == 0, "it is resolved")
    after = Metrics(server)
    assert after.value("keyway_action_attempts_total", action_type="UNLOCK_DOOR", outcome="device_busy") == 1


def test_deliveries_are_counted_by_what_they_led_to_with_their_lag(server, api, receiver) -> None:
    def tries(result: str) -> float:
        return Metrics(server).value("keyway_webhook_tries_total", result=result)

    webhook = api.post("/webhooks/create", url=receiver.url, event_types=["lock.unlocked"])["webhook"]
    api.resolved(api.unlock("Front Door"))
    wait_until(lambda: tries("taken") == 1, "the event is taken")
    assert Metrics(server).value("keyway_webhook_lag_seconds_count") == 1
    receiver.reaction = lambda _: Answer(500)
    api.resolved(api.unlock("Back Door"))
    wait_until(lambda: tries("retried") == 1, "the event will be sent again")
    receiver.reaction = lambda _: Answer(410)
    api.resolved(api.unlock("Lobby"))
    wait_until(lambda: tries("failed") == 1, "the webhook is gone")
    assert api.get("/webhooks/get", webhook_id=webhook["webhook_id"])["webhook"]["webhook_id"]


def test_open_event_streams_are_counted_while_they_are_open(server) -> None:
    def open_streams() -> float:
        return Metrics(server).value("keyway_event_streams_open")

    with streaming(server), streaming(server):
        wait_until(lambda: open_streams() == 2, "two streams are open")
    wait_until(lambda: open_streams() == 0, "none is open")


def test_accounts_are_counted_by_whether_their_broker_can_be_reached(server, broker) -> None:
    def accounts() -> tuple[float, float]:
        metrics = Metrics(server)
        return tuple(
            metrics.value("keyway_connected_accounts", provider="mqtt", state=state)
            for state in ("connected", "disconnected")
        )

    assert accounts() == (0, 0)
    add_mqtt_account(server, broker)
    wait_until(lambda: accounts() == (1, 0), "the broker is connected")
    broker.kill()
    wait_until(lambda: accounts() == (0, 1), "the broker is gone", seconds=20)


def test_a_store_that_cannot_be_written_shows(server, api) -> None:
    with server.database.locked():
        assert api.client.post("/locks/unlock_door", json={"device_id": api.lock("Vault")}).status_code == 503
    assert Metrics(server).value("keyway_store_commit_failures_total") > 0


# --- What it does not say


def test_G12_the_answer_never_grows_and_G11_nothing_of_a_tenant_is_in_it(server, api) -> None:
    before = Metrics(server)
    ids = [api.get("/workspaces/get")["workspace"]["workspace_id"], *api.locks().values()]
    for name in ("Front Door", "Back Door", "Lobby"):
        attempt = api.resolved(api.unlock(name))
        ids.append(attempt["action_attempt_id"])
    api.client.get("/nowhere/in/particular")
    after = Metrics(server)
    assert after.series() == before.series()
    assert len(after.series()) == len(set(after.series()))
    assert not any(one in after.text for one in [*ids, *api.locks(), server.first_key, TOKEN])


def test_what_is_served_is_what_the_guide_lists(server) -> None:
    guide = (ROOT / "docs/metrics.md").read_text()
    listed = {}
    for name, kind, labels in re.findall(r"^\| `(keyway_\w+)` \| (\w+) \| ([^|]*)\|", guide, re.MULTILINE):
        listed[name] = (kind, set(re.findall(r"`(\w+)`", labels)))
    served = {}
    for family in Metrics(server).families:
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        served[name] = (family.type, labels)
    assert served == listed


# --- Who may read it


def test_G11_only_the_operators_token_opens_it(server, start_server: Start) -> None:
    for token in ["x", server.first_key, server.create_token()["personal_access_token"], TOKEN.upper()]:
        refused = answer(server, token)
        assert (refused.status_code, refused.json()["error"]["type"]) == (401, "unauthorized")
    assert answer(start_server()).status_code == 404
    with server.client(TOKEN) as client:
        assert client.get("/locks/list").status_code == 401
        assert client.head("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")
        assert client.post("/metrics").status_code == 405


def test_a_token_that_is_too_short_keeps_the_server_from_starting_and_is_not_repeated(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"metrics_token": "hush-hush"}))
    result = run_keyway("serve", "--config", str(settings), "--port", "0", check=False)
    assert result.returncode != 0
    assert "metrics_token must be 16 to 256" in result.stderr
    assert "hush-hush" not in result.stderr + result.stdout


def test_the_token_is_not_in_the_log(start_server: Start) -> None:
    server = start_server(**SETTINGS, KEYWAY_LOG_LEVEL="trace")
    with server.client() as client:
        API(client).unlock("Front Door")
    answer(server)
    wait_until(lambda: "/metrics" in server.log(), "the request is logged")
    assert TOKEN not in server.log()

"""Connected accounts, added with the command line as an operator does."""

import json

from .broker import USERS, Broker
from .maker_process import MakerProcess
from .server import KeywayServer, run_keyway


def add_device_cloud_account(server: KeywayServer, maker: MakerProcess) -> dict:
    """Adds the maker's account; the server uses it after its next start."""
    result = run_keyway(
        "accounts", "add", "device-cloud", "--base-url", maker.url, "--token", maker.token,
        "--data-directory", str(server.data_directory), "--json",
    )  # fmt: skip
    return json.loads(result.stdout)


def add_mqtt_account(
    server: KeywayServer, broker: Broker, *options: str, password: str = USERS["keyway"], port: int = 0
) -> dict:
    """Adds the broker; a running server uses it at once. The password stands in this one command's environment only."""
    result = run_keyway(
        "accounts", "add", "mqtt", "--name", "House", "--host", "127.0.0.1", "--port", str(port or broker.port),
        "--user", "keyway", *options, "--data-directory", str(server.data_directory), "--json",
        environment={"KEYWAY_ACCOUNT_PASSWORD": password},
    )  # fmt: skip
    return json.loads(result.stdout)

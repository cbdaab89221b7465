"""Connected accounts, added with the command line as an operator does."""

import json

from .maker_process import MakerProcess
from .server import KeywayServer, run_keyway


def add_device_cloud_account(server: KeywayServer, maker: MakerProcess) -> dict:
    """Adds the maker's account; the server uses it after its next start."""
    result = run_keyway(
        "accounts", "add", "device-cloud", "--base-url", maker.url, "--token", maker.token,
        "--data-directory", str(server.data_directory), "--json",
    )  # fmt: skip
    return json.loads(result.stdout)

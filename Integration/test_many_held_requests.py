"""A thousand requests that are held at one time: what they cost, and that each gets its own outcome."""

import asyncio
import json
import time
from collections.abc import Callable

import pytest
from support.api import API
from support.server import KeywayServer
from support.usage import Usage, many_files

REQUESTS = 1000
QUIET_SECONDS = 5


async def post(server: KeywayServer, path: str, body: dict, prefer: str | None = None) -> dict:
    """One request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    text = json.dumps(body)
    head = [f"POST {path} HTTP/1.1", "host: localhost", f"authorization: Bearer {server.first_key}"]
    head += ["content-type: application/json", "connection: close", f"content-length: {len(text)}"]
    head += [f"prefer: {prefer}"] if prefer else []
    writer.write(("\r\n".join(head) + "\r\n\r\n" + text).encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    return json.loads(answer.split(b"\r\n\r\n", 1)[1])


async def hold(server: KeywayServer, locks: list[str]) -> int:
    """Opens every door with a held request, waits, and lets the doors answer; returns how many bytes that took."""
    limit = asyncio.Semaphore(50)

    async def limited(path: str, **body: object) -> None:
        async with limit:
            await post(server, path, body)

    await asyncio.gather(*[limited("/locks/simulate/set_behavior", device_id=id, behavior="hold") for id in locks])
    before = Usage(server.process.pid)
    held = [asyncio.create_task(post(server, "/locks/unlock_door", {"device_id": id}, "wait=60")) for id in locks]
    while server.database.pending_count() < len(locks):
        await asyncio.sleep(0.1)
    quiet, began = Usage(server.process.pid), time.monotonic()
    # Nothing is waited for here: this is the time over which the processor is measured.
    await asyncio.sleep(QUIET_SECONDS)
    during, seconds = Usage(server.process.pid), time.monotonic() - began
    assert not any(task.done() for task in held)
    ids = dict(server.database.query("SELECT device_id, action_attempt_id FROM action_attempts"))
    resolve = "/action_attempts/simulate/resolve"
    await asyncio.gather(*[limited(resolve, action_attempt_id=ids[id], status="success") for id in locks])
    answers = [(await task)["action_attempt"] for task in held]
    grown = during.resident_bytes - before.resident_bytes
    share = (during.processor_seconds - quiet.processor_seconds) / seconds
    print(
        f"\n{len(locks)} held requests: {grown / len(locks) / 1024:.0f} KiB of memory each "
        f"({before.resident_bytes >> 20} MiB before), {100 * share:.1f} % of a core while they wait"
    )
    assert [answer["status"] for answer in answers] == ["success"] * len(locks)
    assert [answer["action_attempt_id"] for answer in answers] == [ids[id] for id in locks]
    return grown


@pytest.mark.timeout(180)
def test_a_thousand_held_requests_are_cheap_and_each_gets_its_own_outcome(
    start_server: Callable[..., KeywayServer], capsys: pytest.CaptureFixture[str]
) -> None:
    with many_files(2 * REQUESTS + 200), capsys.disabled():
        server = start_server(KEYWAY_SANDBOX_FAST_LOCKS=REQUESTS, KEYWAY_MAXIMUM_PAGE_SIZE=5000)
        with server.client() as client:
            locks = [id for name, id in API(client).locks().items() if name.startswith("Fast Lock")]
        assert len(locks) == REQUESTS
        grown = asyncio.run(hold(server, locks))
    # Several times what was measured, so that only a leak or a thread per request fails.
    assert grown < REQUESTS * (256 << 10)

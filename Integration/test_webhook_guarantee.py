"""G10 as a whole: ten thousand events, three endpoints, one of them dead, and a server that is killed twice."""

import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from seam import SeamWebhook
from support.api import API
from support.server import KeywayServer
from support.waiting import wait_until
from support.webhook_receiver import Answer, Delivered, WebhookReceiver

EVENTS = 10_000
LOCKS = 40
KILLS_AT = (0.3, 0.7)


def dead_port() -> int:
    """A port on which nobody listens."""
    receiver = WebhookReceiver()
    receiver.stop()
    return receiver.port


class Load:
    """Unlocks and locks doors until enough events are written; a server that is down meanwhile is waited for."""

    def __init__(self, server: KeywayServer) -> None:
        self.server = server
        self.is_over = threading.Event()

    def work(self, device_ids: list[str]) -> None:
        with self.server.client() as client:
            while not self.is_over.is_set():
                for path in ("/locks/unlock_door", "/locks/lock_door"):
                    for device_id in device_ids:
                        self.act(client, path, device_id)

    def act(self, client: httpx.Client, path: str, device_id: str) -> None:
        try:
            client.post(path, json={"device_id": device_id, "sync": True})
        except httpx.TransportError:
            self.is_over.wait(0.05)


@pytest.mark.timeout(400)
def test_g10_no_event_is_lost_or_out_of_order_beside_a_dead_endpoint_and_through_two_kills(
    start_server: Callable[..., KeywayServer],
) -> None:
    server = start_server(
        KEYWAY_WEBHOOK_ALLOWED_NETWORKS="127.0.0.1",
        KEYWAY_WEBHOOK_TIMEOUT_SECONDS=2,
        KEYWAY_SANDBOX_FAST_LOCKS=LOCKS,
    )
    seen_once: set[str] = set()
    counter = iter(range(10**9))

    def moody(delivered: Delivered) -> Answer:
        """Fails, hangs, redirects or lies on one event of 200 when it comes the first time."""
        if delivered.id in seen_once:
            return Answer()
        seen_once.add(delivered.id)
        number = next(counter)
        if number % 200:
            return Answer()
        moods = [
            Answer(500),
            Answer(hangs=True),
            Answer(302, {"location": "/elsewhere"}),
            Answer(raw=b"HTTP/1.1 2000 What\r\n\r\n"),
        ]
        return moods[number // 200 % len(moods)]

    good, strange = WebhookReceiver(), WebhookReceiver(moody)
    try:
        with server.client() as client:
            api = API(client)
            urls = [good.url, strange.url, f"http://127.0.0.1:{dead_port()}/hook"]
            secrets = [api.post("/webhooks/create", url=url)["webhook"]["secret"] for url in urls]
            locks = [id for name, id in api.locks().items() if name.startswith("Fast Lock")]
        assert len(locks) == LOCKS
        load = Load(server)
        with ThreadPoolExecutor(8) as pool:
            workers = [pool.submit(load.work, locks[index::8]) for index in range(8)]
            try:
                for share in KILLS_AT:
                    wait_until(lambda share=share: len(good.received) >= EVENTS * share, "events arrive", 120)
                    server.restart()
                wait_until(lambda: event_count(server) >= EVENTS, "enough events are written", 120)
            finally:
                load.is_over.set()
        for worker in workers:
            worker.result()
        for receiver in (good, strange):
            wait_until(lambda receiver=receiver: is_complete(server, receiver), "every event has arrived", 120, 0.5)
        events = server.database.query("SELECT event_id, device_id, sequence FROM events ORDER BY sequence")
        print(f"\n{len(events)} events; {len(good.received)} and {len(strange.received)} requests at the live endpoints")
        assert len(events) >= EVENTS
        for receiver, secret in ((good, secrets[0]), (strange, secrets[1])):
            check(events, receiver.received, SeamWebhook(secret))
        assert failures(server) > 0
    finally:
        good.stop()
        strange.stop()


def event_count(server: KeywayServer) -> int:
    return server.database.query("SELECT count(*) FROM events")[0][0]


def failures(server: KeywayServer) -> int:
    """How many deliveries were tried more than once."""
    return server.database.query("SELECT count(*) FROM webhook_deliveries WHERE try_count > 1")[0][0]


def is_complete(server: KeywayServer, receiver: WebhookReceiver) -> bool:
    return len({delivered.headers["svix-id"] for delivered in list(receiver.received)}) >= event_count(server)


def check(events: list[tuple], received: list[Delivered], webhook: SeamWebhook) -> None:
    """Every event at least once, signed, and by its first arrival in sequence per device."""
    first: dict[str, int] = {}
    for place, delivered in enumerate(received):
        first.setdefault(delivered.event["event_id"], place)
        webhook.verify(delivered.body.decode(), delivered.headers)
    assert set(first) == {event_id for event_id, _, _ in events}
    places = defaultdict(list)
    for event_id, device_id, _ in events:
        places[device_id].append(first[event_id])
    for device_id, order in places.items():
        assert order == sorted(order), f"the events of {device_id} arrived out of order"

"""Webhooks from outside: signed as three libraries check it, retried, bounded, and safe."""

import contextlib
import dataclasses
import datetime
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from seam import SeamWebhook
from standardwebhooks.webhooks import Webhook as StandardWebhook
from standardwebhooks.webhooks import WebhookVerificationError as StandardVerificationError
from support.api import API
from support.server import KeywayServer
from support.waiting import wait_until
from support.webhook_receiver import Answer, Delivered, WebhookReceiver
from svix.webhooks import Webhook as SvixWebhook
from svix.webhooks import WebhookVerificationError as SvixVerificationError

LOOPBACK = {"KEYWAY_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.1"}
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER_KEY = "/wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.fixture
def make_receiver() -> Iterator[Callable[..., WebhookReceiver]]:
    receivers: list[WebhookReceiver] = []

    def make(*arguments: object, **options: object) -> WebhookReceiver:
        receivers.append(WebhookReceiver(*arguments, **options))
        return receivers[-1]

    yield make
    for receiver in receivers:
        receiver.stop()


@pytest.fixture
def server(start_server: Callable[..., KeywayServer]) -> KeywayServer:
    """A server whose webhooks may go to this machine, and that waits a second for an answer."""
    return start_server(**LOOPBACK, KEYWAY_WEBHOOK_TIMEOUT_SECONDS=1)


def subscribe(api: API, receiver: WebhookReceiver, *types: str) -> dict:
    types = types or ("*",)
    return api.post("/webhooks/create", url=receiver.url, event_types=list(types))["webhook"]


def deliveries(api: API, webhook: dict, **filters: object) -> list[dict]:
    answer = api.get("/webhooks/deliveries/list", webhook_id=webhook["webhook_id"], limit=1000, **filters)
    return answer["webhook_deliveries"]


def tried(api: API, webhook: dict, count: int = 1) -> dict:
    """The only delivery of a webhook, once it was tried so often."""

    def answer() -> dict | None:
        found = deliveries(api, webhook)
        return found[0] if found and found[0]["try_count"] >= count else None

    return wait_until(answer, f"a delivery that was tried {count} times")


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


# --- What arrives


def test_every_event_arrives_as_the_api_shows_it_and_three_libraries_verify_it(api: API, make_receiver) -> None:
    receiver = make_receiver()
    secret = subscribe(api, receiver)["secret"]
    api.resolved(api.unlock("Back Door"))
    received = receiver.wait_for(2)
    events = {event["event_id"]: event for event in api.events()}
    for delivered in received:
        assert delivered.headers["content-type"] == "application/json"
        assert delivered.event == events[delivered.event["event_id"]]
        text = delivered.body.decode()
        event = SeamWebhook(secret).verify(text, delivered.headers)
        assert event.event_id == delivered.event["event_id"]
        for family in ("svix-", "webhook-"):
            headers = {name: value for name, value in delivered.headers.items() if name.startswith(family)}
            assert SvixWebhook(secret).verify(delivered.body, headers) == delivered.event
        assert StandardWebhook(secret).verify(delivered.body, headers) == delivered.event
    assert {delivered.event["event_type"] for delivered in received} == {
        "action_attempt.unlock_door.succeeded",
        "lock.unlocked",
    }
    assert len({delivered.id for delivered in received}) == len(received)


def test_the_libraries_refuse_what_was_changed_or_signed_for_another(api: API, make_receiver) -> None:
    receiver = make_receiver()
    secret = subscribe(api, receiver, "lock.unlocked")["secret"]
    stranger = subscribe(api, receiver, "lock.locked")["secret"]
    api.unlock("Back Door")
    delivered = receiver.wait_for(1)[0]
    changed = dataclasses.replace(delivered, body=delivered.body.replace(b"lock.unlocked", b"lock.unlokced"))
    for key, request in [(stranger, delivered), (secret, changed)]:
        with pytest.raises(SvixVerificationError):
            SvixWebhook(key).verify(request.body, request.headers)
        with pytest.raises(StandardVerificationError):
            StandardWebhook(key).verify(request.body, request.headers)


def test_a_webhook_gets_the_types_that_it_names(api: API, make_receiver) -> None:
    (locked, unlocked) = (make_receiver(), make_receiver())
    webhook = subscribe(api, locked, "lock.locked")
    subscribe(api, unlocked, "lock.unlocked")
    api.resolved(api.unlock("Back Door"))
    api.resolved(api.relock("Back Door"))
    assert locked.wait_for(1)[0].event["event_type"] == "lock.locked"
    assert unlocked.wait_for(1)[0].event["event_type"] == "lock.unlocked"
    assert [delivery["event_type"] for delivery in deliveries(api, webhook)] == ["lock.locked"]


# --- Receivers that fail, hang, redirect and lie


def test_a_failure_is_tried_again_after_five_seconds_and_holds_up_its_device_alone(api: API, make_receiver) -> None:
    failed: set[str] = set()

    def reaction(delivered: Delivered) -> Answer:
        is_first = not failed
        failed.add(delivered.id)
        return Answer(500, body=b"no") if is_first else Answer()

    receiver = make_receiver(reaction)
    webhook = subscribe(api, receiver, "lock.unlocked", "lock.locked")
    back_door = api.lock("Back Door")
    api.resolved(api.unlock("Back Door"))
    receiver.wait_for(1)
    api.resolved(api.relock("Back Door"))
    api.resolved(api.unlock("Lobby"))
    first, lobby, again, later = receiver.wait_for(4)
    assert lobby.event["device_id"] != back_door
    assert [first.event["event_type"], again.event["event_type"], later.event["event_type"]] == [
        "lock.unlocked",
        "lock.unlocked",
        "lock.locked",
    ]
    assert (again.id, again.body) == (first.id, first.body)
    # 5 s, a fifth sooner at most; in whole seconds.
    assert again.timestamp - first.timestamp >= 3
    SeamWebhook(webhook["secret"]).verify(again.body.decode(), again.headers)
    delivery = wait_until(
        lambda: next(iter(deliveries(api, webhook, status="succeeded", event_type="lock.unlocked")[1:]), None),
        "the delivery that failed is in the list as succeeded",
    )
    assert [one["response_status"] for one in delivery["tries"]] == [500, 200]
    assert delivery["tries"][0]["response_body"] == "no"
    assert all(one["latency_milliseconds"] >= 0 for one in delivery["tries"])


def test_a_redirect_is_a_failure_and_is_not_followed(api: API, make_receiver) -> None:
    target = make_receiver()
    receiver = make_receiver(lambda _: Answer(302, {"location": target.url}))
    webhook = subscribe(api, receiver, "lock.unlocked")
    api.resolved(api.unlock("Back Door"))
    delivery = tried(api, webhook)
    assert (delivery["status"], delivery["tries"][0]["response_status"]) == ("pending", 302)
    assert target.received == []


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (Answer(hangs=True), None, "timed_out"),
        (Answer(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", hangs=True), None, "timed_out"),
        (Answer(raw=b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), None, "bad_answer"),
        (Answer(raw=b""), None, "bad_answer"),
        (Answer(204), 204, None),
        (Answer(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nshort"), 200, None),
        (Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000), 200, None),
    ],
    ids=["hangs", "hangs-half-way", "no-http", "nothing", "no-content", "lies-of-its-length", "endless"],
)
def test_an_endpoint_that_hangs_or_lies_harms_no_other(
    api: API, make_receiver, answer: Answer, status: int | None, code: str | None
) -> None:
    strange = make_receiver(lambda _: answer)
    good = make_receiver()
    webhook = subscribe(api, strange, "lock.unlocked")
    subscribe(api, good, "lock.unlocked")
    api.resolved(api.unlock("Back Door"))
    assert good.wait_for(1)[0].event["event_type"] == "lock.unlocked"
    delivery = tried(api, webhook)
    latest = delivery["tries"][0]
    assert (latest.get("response_status"), latest.get("error_code")) == (status, code)
    assert delivery["status"] == ("succeeded" if code is None else "pending")
    assert len(latest.get("response_body", "")) <= 1024


def test_an_endpoint_that_drops_packets_does_not_hold_up_the_end(start_server) -> None:
    # A queue that is full: the system answers no further connection, as a firewall does that drops packets.
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    try:
        server = start_server(**LOOPBACK, KEYWAY_WEBHOOK_TIMEOUT_SECONDS=3, KEYWAY_DRAIN_TIMEOUT_SECONDS=1)
        with server.client() as client:
            api = API(client)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            webhook = api.post("/webhooks/create", url=url, event_types=["lock.unlocked"])["webhook"]
            api.resolved(api.unlock("Back Door"))
            assert tried(api, webhook)["tries"][0]["error_code"] == "timed_out"
            # A connection is being made again right at the end.
            api.resolved(api.unlock("Lobby"))
            stopped = time.monotonic()
            server.terminate()
            assert server.wait() == 0
            assert time.monotonic() - stopped < 5
    finally:
        for one in (listener, *waiting):
            one.close()


def test_retry_after_is_honoured(api: API, make_receiver) -> None:
    receiver = make_receiver(lambda _: Answer(503, {"retry-after": "3600"}))
    webhook = subscribe(api, receiver, "lock.unlocked")
    api.resolved(api.unlock("Back Door"))
    delivery = tried(api, webhook)
    wait = instant(delivery["next_try_at"]) - instant(delivery["tries"][0]["started_at"])
    assert wait >= datetime.timedelta(hours=1)


def test_410_disables_the_webhook_and_the_others_are_told(api: API, make_receiver) -> None:
    gone = make_receiver(lambda _: Answer(410))
    other = make_receiver()
    webhook = subscribe(api, gone, "lock.unlocked")
    subscribe(api, other, "webhook.disabled")
    api.resolved(api.unlock("Back Door"))
    event = other.wait_for(1)[0].event
    assert event["event_type"] == "webhook.disabled"
    assert webhook["webhook_id"] in str(event)
    assert [one["event_type"] for one in api.events(event_type="webhook.disabled")] == ["webhook.disabled"]
    api.resolved(api.relock("Back Door"))
    api.resolved(api.unlock("Back Door"))
    assert len(deliveries(api, webhook)) == 1
    gone.reaction = lambda _: Answer()
    api.post("/webhooks/update", webhook_id=webhook["webhook_id"], event_types=["lock.unlocked"])
    api.resolved(api.unlock("Lobby"))
    assert gone.wait_for(2)[1].event["device_id"] == api.lock("Lobby")


def test_many_slow_endpoints_leave_a_quick_one_its_places(start_server, make_receiver) -> None:
    server = start_server(**LOOPBACK)
    slow = make_receiver(lambda _: Answer(delay=3))
    quick = make_receiver()
    with server.client() as client:
        api = API(client)
        for _ in range(79):
            subscribe(api, slow)
        subscribe(api, quick)
        for _ in range(5):
            for name in ("Back Door", "Lobby", "Front Door"):
                api.resolved(api.unlock(name))
                api.resolved(api.relock(name))
        count = len(api.events())
        # At once it takes some 10 s; behind 79 x 60 requests of 3 s each it would take minutes.
        quick.wait_for(count, seconds=20)


# --- Looking back


def test_what_was_sent_can_be_sent_again_one_or_a_span_of_time(api: API, make_receiver) -> None:
    receiver = make_receiver()
    webhook = subscribe(api, receiver, "lock.unlocked", "lock.locked")
    for _ in range(2):
        api.resolved(api.unlock("Back Door"))
        api.resolved(api.relock("Back Door"))
    first = receiver.wait_for(4)
    assert [one.event["event_type"] for one in first] == ["lock.unlocked", "lock.locked"] * 2

    def all_are_taken() -> bool:
        return len(deliveries(api, webhook, status="succeeded")) == 4

    wait_until(all_are_taken, "all are taken")
    done = deliveries(api, webhook)
    one = api.post(
        "/webhooks/deliveries/redeliver",
        webhook_id=webhook["webhook_id"],
        webhook_delivery_id=done[1]["webhook_delivery_id"],
    )
    assert one["redelivered_count"] == 1
    assert receiver.wait_for(5)[4].id == first[2].id
    assert receiver.received[4].body == first[2].body
    # The receiver has it before Keyway knows that; until then it is pending, and only what was done is sent again.
    wait_until(all_are_taken, "the one sent again is taken")
    many = api.post(
        "/webhooks/deliveries/redeliver",
        webhook_id=webhook["webhook_id"],
        created_after="2020-01-01T00:00:00Z",
        created_before=done[0]["created_at"],
    )
    assert many["redelivered_count"] == 3
    again = receiver.wait_for(8)[5:]
    assert [one.id for one in again] == [one.id for one in first[:3]]


# --- Safety


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
    ],
)
def test_by_default_private_addresses_are_refused(start_server, url: str) -> None:
    with start_server().client() as client:
        answer = client.post("/webhooks/create", json={"url": url})
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")
        assert "url" in answer.json()["error"]["validation_errors"]


def test_the_address_is_checked_again_when_an_event_is_sent(server: KeywayServer, make_receiver) -> None:
    receiver = make_receiver()
    with server.client() as client:
        webhook = subscribe(API(client), receiver, "lock.unlocked")
    server.kill()
    del server.settings["KEYWAY_WEBHOOK_ALLOWED_NETWORKS"]
    server.start()
    with server.client() as client:
        api = API(client)
        api.resolved(api.unlock("Back Door"))
        assert tried(api, webhook)["tries"][0]["error_code"] == "address_not_allowed"
    assert receiver.received == []


def files_contain(server: KeywayServer, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in server.data_directory.iterdir() if path.is_file())


def test_with_a_key_the_database_does_not_reveal_secrets(start_server, make_receiver) -> None:
    receiver = make_receiver()
    server = start_server(**LOOPBACK, KEYWAY_SECRET_KEY=KEY)
    with server.client() as client:
        api = API(client)
        webhook = subscribe(api, receiver, "lock.unlocked")
        secret = webhook["secret"]
        assert secret.startswith("whsec_")
        assert not files_contain(server, secret)
        api.resolved(api.unlock("Back Door"))
    assert SeamWebhook(secret).verify(receiver.wait_for(1)[0].body.decode(), receiver.received[0].headers)
    assert secret not in server.log()
    # With another key it does not start, and says why; with the old one as the previous one it does.
    server.kill()
    server.settings["KEYWAY_SECRET_KEY"] = OTHER_KEY
    server.launch()
    assert server.wait() != 0
    assert "secret_key" in server.log() + server.output()
    server.settings["KEYWAY_SECRET_KEY_PREVIOUS"] = KEY
    server.start()
    server.kill()
    del server.settings["KEYWAY_SECRET_KEY_PREVIOUS"]
    server.start()
    with server.client() as client:
        api = API(client)
        assert api.get("/webhooks/get", webhook_id=webhook["webhook_id"])["webhook"]["secret"] == secret
        api.resolved(api.unlock("Lobby"))
    delivered = receiver.wait_for(2)[1]
    assert SeamWebhook(secret).verify(delivered.body.decode(), delivered.headers)


def test_without_a_key_secrets_are_stored_as_they_are_and_a_key_seals_them_later(start_server, make_receiver) -> None:
    server = start_server(**LOOPBACK)
    with server.client() as client:
        secret = subscribe(API(client), make_receiver())["secret"]
    assert files_contain(server, secret)
    server.terminate()
    assert server.wait() == 0
    server.settings["KEYWAY_SECRET_KEY"] = KEY
    server.start()
    assert not files_contain(server, secret), "nor do they while the server runs"
    with server.client() as client:
        webhook = API(client).get("/webhooks/list")["webhooks"][0]
        assert "secret" not in webhook
        assert API(client).get("/webhooks/get", webhook_id=webhook["webhook_id"])["webhook"]["secret"] == secret
    server.terminate()
    assert server.wait() == 0
    assert not files_contain(server, secret)


def test_while_a_secret_is_rotated_both_verify(api: API, make_receiver) -> None:
    receiver = make_receiver()
    webhook = subscribe(api, receiver, "lock.unlocked", "lock.locked")
    identity = {"webhook_id": webhook["webhook_id"]}
    new = api.post("/webhooks/rotate_secret", **identity, overlap_seconds=3600)["webhook"]["secret"]
    assert new != webhook["secret"]
    api.resolved(api.unlock("Back Door"))
    delivered = receiver.wait_for(1)[0]
    for secret in (webhook["secret"], new):
        assert SeamWebhook(secret).verify(delivered.body.decode(), delivered.headers)
        assert StandardWebhook(secret).verify(delivered.body, delivered.headers)
    newest = api.post("/webhooks/rotate_secret", **identity, overlap_seconds=0)["webhook"]["secret"]
    api.resolved(api.relock("Back Door"))
    delivered = receiver.wait_for(2)[1]
    assert SeamWebhook(newest).verify(delivered.body.decode(), delivered.headers)
    with pytest.raises(SvixVerificationError):
        SeamWebhook(new).verify(delivered.body.decode(), delivered.headers)

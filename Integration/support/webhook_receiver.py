"""A receiver of webhooks that does as a test tells it, from answering well to hanging and lying."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .waiting import wait_until


@dataclass(frozen=True)
class Delivered:
    """One request, as it came."""

    body: bytes
    headers: dict[str, str]

    @property
    def event(self) -> dict:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["svix-id"]

    @property
    def timestamp(self) -> int:
        return int(self.headers["svix-timestamp"])


@dataclass(frozen=True)
class Answer:
    """What a receiver answers: a whole response, or raw bytes in its place."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw: bytes | None = None
    hangs: bool = False
    delay: float = 0


class WebhookReceiver:
    """Keeps what arrives in `received`, in its order; answers with what `reaction` says, 200 unless told otherwise."""

    def __init__(self, reaction: Callable[[Delivered], Answer] = lambda _: Answer(), port: int = 0) -> None:
        self.received: list[Delivered] = []
        self.reaction = reaction
        self._is_over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Without it the answer's head and body wait for each other's acknowledgement, 40 ms each time.
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if len(body) < int(self.headers["content-length"]):
                    # The sender was killed in the middle of it.
                    self.close_connection = True
                    return
                delivered = Delivered(body, {name.lower(): value for name, value in self.headers.items()})
                answer = receiver.reaction(delivered)
                receiver.received.append(delivered)
                receiver._is_over.wait(answer.delay)
                if answer.raw is not None:
                    self.wfile.write(answer.raw)
                    self.wfile.flush()
                if answer.hangs:
                    receiver._is_over.wait(60)
                if answer.raw is not None or answer.hangs:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in ({"content-length": str(len(answer.body))} | answer.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                """A sender that was killed, or that gave up, is no news."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def wait_for(self, count: int, seconds: float = 15) -> list[Delivered]:
        """The first requests, once there are so many."""
        wait_until(lambda: len(self.received) >= count, f"{count} webhook requests", seconds)
        return self.received[:count]

    def stop(self) -> None:
        self._is_over.set()
        self._server.shutdown()
        self._server.server_close()

"""A stand-in for Keyway's side of the device-cloud contract: takes callbacks and checks their signatures."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .signatures import signed_headers


class CallbackReceiver:
    """Keeps what arrives in `received`; answers with `status`."""

    def __init__(self, secret: str) -> None:
        self.received: list[dict] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                expected = signed_headers(
                    secret, self.headers["webhook-id"], int(self.headers["webhook-timestamp"]), body
                )
                is_signed = self.headers["webhook-signature"] == expected["webhook-signature"]
                status = receiver.status if is_signed else 401
                receiver.received.append(
                    {"path": self.path, "id": self.headers["webhook-id"], "status": status, "event": json.loads(body)}
                )
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

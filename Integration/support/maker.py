"""A scripted lock maker: a process that serves the device-cloud contract and remembers all that Keyway sent.

    python -m support.maker --locks 4 --token secret

prints its URL. What it serves to Keyway needs the bearer token; what it serves to tests is under `/control/`.
"""

import argparse
import json
import sys
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .maker_locks import Lock, Maker


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, maker: Maker, token: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.maker, self.token = maker, token

    def handle_error(self, request: object, client_address: object) -> None:
        # A Keyway that was killed resets its connections; that is what these tests are about.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        self.route("GET", None)

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        # All of it is here: only now could the maker act, and Keyway cannot take the command back any more.
        self.received = time.time()
        if len(body) < length:
            self.close_connection = True
            return
        try:
            self.route("POST", json.loads(body or b"{}"))
        except (ValueError, KeyError) as error:
            self.reply(400, {"error_code": "BAD_REQUEST", "message": repr(error)})

    def route(self, method: str, body: dict | None) -> None:
        match (method, *self.path.strip("/").split("/")):
            case (_, "control", *rest):
                self.control(method, rest, body)
            case _ if self.headers.get("authorization") != f"Bearer {self.server.token}":
                self.reply(401, {"error_code": "UNAUTHORIZED", "message": "Unknown token."})
            case ("GET", "locks"):
                self.reply(200, {"locks": [lock.summary() for lock in self.maker.locks.values()]})
            case ("GET", "locks", lock_id) if lock := self.lock(lock_id):
                self.reply(200, self.maker.read(lock))
            case ("POST", "locks", lock_id, "actions") if lock := self.lock(lock_id):
                self.take_command(lock, body)
            case _:
                self.reply(404, {"error_code": "NOT_FOUND", "message": self.path})

    def take_command(self, lock: Lock, body: dict) -> None:
        expires_at = body.get("expires_at")
        if body["action"] not in ("lock", "unlock"):
            raise ValueError(body["action"])
        answer = self.maker.command(
            lock, body["action"], body["custom_id"],
            datetime.fromisoformat(expires_at).timestamp() if expires_at else None, self.received,
        )  # fmt: skip
        if answer.body is None:
            self.close_connection = True
        else:
            self.reply(answer.status, answer.body)

    def control(self, method: str, path: list[str], body: dict | None) -> None:
        maker = self.maker
        match (method, *path):
            case ("GET", "record"):
                return self.reply(200, maker.dump())
            case ("GET", "outstanding"):
                return self.reply(200, {"outstanding": maker.outstanding})
            case ("POST", "keyway"):
                maker.callbacks.url, maker.callbacks.secret = body["events_url"], body["secret"]
            case ("POST", "events"):
                maker.callbacks.send(body["event"], webhook_id=body.get("webhook_id"))
            case ("POST", "locks", lock_id, "behavior"):
                maker.set_behavior(maker.locks[lock_id], **body)
            case ("POST", "locks", lock_id, "turn"):
                maker.turn(maker.locks[lock_id], body["action"], body["performed_via"])
            case ("POST", "locks", lock_id, "online"):
                maker.set_online(maker.locks[lock_id], body["online"])
            case _:
                return self.reply(404, {"message": self.path})
        return self.reply(200, {"ok": True})

    def lock(self, lock_id: str) -> Lock | None:
        return self.maker.locks.get(lock_id)

    @property
    def maker(self) -> Maker:
        return self.server.maker

    def reply(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description="A scripted lock maker.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--locks", type=int, default=4)
    parser.add_argument("--token", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # The time at which a command came is evidence, so threads change places often.
    sys.setswitchinterval(0.001)
    server = Server(options.port, Maker(options.locks, options.seed), options.token)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

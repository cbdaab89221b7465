"""A reader of the server's event streams that knows where every byte ends, over plain sockets."""

import contextlib
import json
import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from .server import KeywayServer


@dataclass
class Frame:
    """What stands between two empty lines of a stream."""

    id: int | None = None
    event: str | None = None
    data: str | None = None
    comment: str | None = None

    @property
    def json(self) -> dict:
        return json.loads(self.data)


class StreamReader:
    """Takes bytes as they come, and makes an HTTP answer with chunks and frames of them; knows no socket."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.frames: list[Frame] = []
        # The last position that was seen, as a browser remembers it.
        self.position: int | None = None
        # Whether the answer has come to its end, and whether the connection has.
        self.is_finished = self.is_closed = False
        self.body = b""
        self._raw = b""
        self._text = b""

    @property
    def events(self) -> list[Frame]:
        return [frame for frame in self.frames if frame.data is not None and frame.event != "error"]

    @property
    def errors(self) -> list[dict]:
        return [frame.json for frame in self.frames if frame.event == "error"]

    def feed(self, data: bytes) -> None:
        if not data:
            self.is_closed = True
            return
        self._raw += data
        if self.status is None and not self._take_head():
            return
        if self.headers.get("transfer-encoding") == "chunked":
            self._take_chunks()
        else:
            self.body += self._raw
            self._raw = b""
            self.is_finished = len(self.body) >= int(self.headers.get("content-length", 0))

    def _take_head(self) -> bool:
        head, found, rest = self._raw.partition(b"\r\n\r\n")
        if not found:
            return False
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._raw = rest
        return True

    def _take_chunks(self) -> None:
        while match := re.match(rb"([0-9a-fA-F]+)\r\n", self._raw):
            size, start = int(match[1], 16), match.end()
            if len(self._raw) < start + size + 2:
                return
            self._text += self._raw[start : start + size]
            self._raw = self._raw[start + size + 2 :]
            if size == 0:
                self.is_finished = True
            *blocks, self._text = self._text.split(b"\n\n")
            for block in blocks:
                self._take_frame(block.decode())

    def _take_frame(self, block: str) -> None:
        frame = Frame()
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            match name:
                case "":
                    frame.comment = value
                case "id":
                    frame.id = self.position = int(value)
                case "event":
                    frame.event = value
                case "data":
                    assert frame.data is None, "an event has one line of data"
                    frame.data = value
                case _:
                    raise AssertionError(f"an unknown field: {line}")
        self.frames.append(frame)


class EventStream:
    """One stream over one connection."""

    def __init__(
        self,
        server: KeywayServer,
        key: str | None = None,
        last_event_id: int | str | None = None,
        receive_buffer: int | None = None,
        headers: dict[str, str] | None = None,
        **filters: object,
    ) -> None:
        self.reader = StreamReader()
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(15)
        self.socket.connect(("127.0.0.1", server.port))
        query = urlencode(filters, doseq=True)
        lines = [f"GET /events/stream?{query} HTTP/1.1", "Host: localhost"]
        headers = headers or {"authorization": f"Bearer {key or server.first_key}"}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if last_event_id is not None:
            lines.append(f"Last-Event-ID: {last_event_id}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def wait(self, question: Callable[[StreamReader], object], what: str, seconds: float = 15) -> StreamReader:
        """Reads until the answer is truthy; fails if the stream ends before, or it takes too long."""
        end = time.monotonic() + seconds
        while not question(self.reader):
            assert not self.reader.is_closed, f"the stream has ended before {what}: {self.reader.frames[-3:]}"
            assert self.read(end - time.monotonic()), f"not within {seconds} s: {what}; {self.reader.frames[-3:]}"
        return self.reader

    def read(self, seconds: float) -> bool:
        """Reads what there is, and waits for it; returns whether there was anything, be it the end."""
        readable, _, _ = select.select([self.socket], [], [], max(0, seconds))
        if not readable:
            return False
        try:
            self.reader.feed(self.socket.recv(1 << 16))
        except ConnectionError:
            self.reader.feed(b"")
        return True

    def begin(self) -> "EventStream":
        """Waits for the first position, from which on nothing is missed."""
        self.wait(lambda reader: reader.frames or reader.is_finished, "the stream begins")
        assert self.reader.status == 200, self.reader.body
        return self

    def events(self, count: int) -> list[dict]:
        """The first events, once there are so many."""
        return [frame.json for frame in self.wait(lambda one: len(one.events) >= count, f"{count} events").events]

    def end(self, seconds: float = 15) -> StreamReader:
        """Reads to the end of the connection."""
        return self.wait(lambda reader: reader.is_closed, "the end", seconds)

    def close(self) -> None:
        self.socket.close()


@contextlib.contextmanager
def streaming(server: KeywayServer, **options: object) -> Iterator[EventStream]:
    """A stream that has begun, closed at the end."""
    stream = EventStream(server, **options)
    try:
        yield stream.begin()
    finally:
        stream.close()

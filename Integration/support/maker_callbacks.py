"""The scripted maker's callbacks: signed, and repeated with the same id and body until they are taken."""

import http.client
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .signatures import signed_headers
from .timetable import Timetable

# Real makers wait minutes; a test cannot.
FIRST_PAUSE, LONGEST_PAUSE, GIVE_UP_AFTER = 0.15, 1.0, 60.0


@dataclass
class Callback:
    """A payload under way to Keyway."""

    webhook_id: str
    event: dict
    body: bytes
    begun_at: float
    pause: float = FIRST_PAUSE


class Callbacks:
    """Delivers callbacks; every try is noted as a delivery."""

    def __init__(self, timetable: Timetable, note: Callable[..., None]) -> None:
        self._timetable = timetable
        self._note = note
        self.url = ""
        self.secret = ""

    def send(self, event: dict, after: float = 0, webhook_id: str | None = None) -> str:
        """Sends a callback after so many seconds; returns its webhook id."""
        callback = Callback(webhook_id or f"msg_{uuid.uuid4()}", event, json.dumps(event).encode(), time.monotonic())
        if self.url:
            self._timetable.after(after, lambda: self._deliver(callback))
        return callback.webhook_id

    def _deliver(self, callback: Callback) -> None:
        sent_at = time.time()
        status = self._post(callback)
        event = callback.event
        self._note(
            "deliveries", at=sent_at, answered_at=time.time(), webhook_id=callback.webhook_id, http_status=status,
            event_type=event["event_type"], lock_id=event.get("device_id"), custom_id=event.get("custom_id"),
            action=event.get("action"), status=event.get("status"), error_code=event.get("error_code"),
        )  # fmt: skip
        if status // 100 != 2 and time.monotonic() - callback.begun_at < GIVE_UP_AFTER:
            self._timetable.after(callback.pause, lambda: self._deliver(callback))
            callback.pause = min(callback.pause * 2, LONGEST_PAUSE)

    def _post(self, callback: Callback) -> int:
        """The status of the answer; 0 if there is none."""
        url = urlsplit(self.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
        try:
            headers = signed_headers(self.secret, callback.webhook_id, int(time.time()), callback.body)
            connection.request("POST", url.path, callback.body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

"""Things to do at an instant, done by a pool of threads."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Timetable:
    """Runs functions later; `outstanding` is how many wait or run."""

    def __init__(self, workers: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=workers)
        self._numbers = itertools.count()
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._changed = threading.Condition()
        self._running = 0
        threading.Thread(target=self._run, daemon=True).start()

    def after(self, seconds: float, job: Callable[[], None]) -> None:
        with self._changed:
            heapq.heappush(self._entries, (time.monotonic() + max(0, seconds), next(self._numbers), job))
            self._changed.notify()

    @property
    def outstanding(self) -> int:
        with self._changed:
            return len(self._entries) + self._running

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._entries or self._entries[0][0] > time.monotonic():
                    wait = self._entries[0][0] - time.monotonic() if self._entries else None
                    self._changed.wait(wait if wait is None else max(0, wait))
                job = heapq.heappop(self._entries)[2]
                self._running += 1
            self._pool.submit(self._perform, job)

    def _perform(self, job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            with self._changed:
                self._running -= 1

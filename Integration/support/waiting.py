"""Waiting for something to become true, with a bound; the only place where a test may sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def wait_until(question: Callable[[], Answer], what: str, seconds: float = 10, interval: float = 0.02) -> Answer:
    """Asks until the answer is truthy, and returns it; fails the test if that takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what} (last answer: {answer!r})")
        time.sleep(interval)

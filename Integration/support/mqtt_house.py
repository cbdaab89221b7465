"""A house full of locks behind an MQTT broker: a process that outlives any Keyway and notes all that it was told.

    python -m support.mqtt_house --port 1883 --locks 4

takes orders as lines of JSON on its standard input and answers each with one line; it ends when the input does.

The first lock is behind a Zigbee2MQTT. Locks with even numbers sleep: they announce no availability, and the broker
keeps commands for them while they are away, as for a battery lock behind a bridge. The others have a last will, and the
broker keeps nothing for them.
"""

import argparse
import json
import random
import sys

from .broker import BrokerAddress
from .mqtt_house_behavior import BEHAVIORS
from .mqtt_house_lock import HouseLock, Journal
from .mqtt_house_zigbee import ZigbeeHouseLock
from .timetable import Timetable

SLEEP_SECONDS = 60


class House:
    """All locks, and the orders that the process takes."""

    def __init__(self, port: int, locks: int, seed: int) -> None:
        self._journal = Journal()
        self._timetable = Timetable(workers=8)
        self._locks: dict[str, HouseLock] = {}
        for number in range(1, locks + 1):
            lock = self._make(BrokerAddress(port), f"House {number:02}", number)
            self._locks[lock.id] = lock
            lock.join(self._journal, self._timetable, random.Random(f"{seed}/{number}"))

    @staticmethod
    def _make(broker: BrokerAddress, name: str, number: int) -> HouseLock:
        if number == 1:
            return ZigbeeHouseLock(broker, name)
        if number % 2 == 0:
            return HouseLock(broker, name, options={"availability_topic": None}, session_seconds=SLEEP_SECONDS)
        return HouseLock(broker, name)

    def answer(self, order: dict) -> object:
        """Does what an order says."""
        lock = self._locks.get(order.get("lock_id", ""))
        match order["order"]:
            case "locks":
                return list(self._locks)
            case "record":
                return self._journal.dump()
            case "outstanding":
                return self._timetable.outstanding
            case "behavior":
                lock.behavior = BEHAVIORS[order["name"]]
            case "turn":
                lock.turn()
            case "leave":
                lock.leave(order["seconds"])
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description="A scripted house behind an MQTT broker.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--locks", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # The time at which a command came is evidence, so threads change places often.
    sys.setswitchinterval(0.001)
    house = House(options.port, options.locks, options.seed)
    for line in sys.stdin:
        print(json.dumps(house.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

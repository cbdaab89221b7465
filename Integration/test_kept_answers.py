"""Answers that are kept: a list is as new as the last write, and what others wrote to the file is seen in a second."""

import sqlite3
from contextlib import closing

from support.api import API
from support.waiting import wait_until


def test_a_list_shows_what_was_just_written(server):
    with server.client() as client:
        api = API(client)
        lock = api.lock("Front Door")
        for number in range(20):
            api.post("/devices/update", device_id=lock, name=f"Door {number}")
            assert f"Door {number}" in api.locks()
        api.post("/locks/unlock_door", device_id=lock, sync=True)
        [device] = [one for one in api.get("/devices/list")["devices"] if one["device_id"] == lock]
        assert device["properties"]["locked"] is False


def test_what_another_process_writes_is_shown_within_a_second_or_so(server):
    with server.client() as client:
        api = API(client)
        lock = api.lock("Front Door")
        with closing(sqlite3.connect(server.database.path)) as database, database:
            database.execute("UPDATE devices SET nickname = 'Behind the back' WHERE device_id = ?", [lock])
        wait_until(lambda: "Behind the back" in api.locks(), "the list shows it", seconds=2)


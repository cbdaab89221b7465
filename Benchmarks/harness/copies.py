"""Copies of rows in a server's database, behind its back while it does not run."""

import sqlite3
from collections.abc import Iterable


def columns(database: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table but the numbers that its rows get by themselves."""
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "sequence"]


def changed(names: list[str], row: tuple, **values: object) -> list:
    """A row with other values in some columns."""
    return [values.get(name, value) for name, value in zip(names, row, strict=True)]


def insert(database: sqlite3.Connection, table: str, names: list[str], rows: Iterable[list]) -> None:
    """Inserts rows with these columns."""
    marks = ", ".join("?" * len(names))
    database.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)

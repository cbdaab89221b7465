"""What the tests from outside stand on: a server process, its database file, and bounded waiting."""

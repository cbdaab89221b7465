"""The parts of `make bench`: servers, load, pairs and the table."""

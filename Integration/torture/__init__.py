"""Crash torture from outside: load, SIGKILL at random instants, and a checker that believes nobody."""

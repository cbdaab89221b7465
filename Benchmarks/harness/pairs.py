"""Pairs that are measured in turns, A B A B …, so that both see the same machine."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figures:
    """What one side measured, a figure for each round."""

    values: list[float]

    @property
    def median(self) -> float:
        return median(self.values)


@dataclass(frozen=True)
class Pair:
    """Keyway and what it is measured beside, round by round."""

    keyway: Figures
    beside: Figures

    @property
    def ratios(self) -> Figures:
        """Keyway's figure divided by the other's, of each round: what the machine did in that round cancels out."""
        return Figures([ours / theirs for ours, theirs in zip(self.keyway.values, self.beside.values, strict=True)])


def in_turns(rounds: int, keyway: Callable[[], float], beside: Callable[[], float]) -> Pair:
    """Measures both sides in every round, each first in every other one."""
    ours, theirs = [], []
    for number in range(rounds):
        for side in ("keyway", "beside") if number % 2 == 0 else ("beside", "keyway"):
            if side == "keyway":
                ours.append(keyway())
            else:
                theirs.append(beside())
    return Pair(Figures(ours), Figures(theirs))

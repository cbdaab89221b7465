"""How much is measured, and where."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    directory: Path
    rounds: int
    # How long one figure is measured.
    seconds: float
    # The sizes of the data set that grows.
    small: int
    large: int
    devices: tuple[int, ...]

    def place(self, name: str) -> Path:
        """A new directory."""
        path = self.directory / name
        path.mkdir(parents=True)
        return path


def whole(directory: Path) -> Plan:
    return Plan(directory, rounds=5, seconds=5, small=10_000, large=2_000_000, devices=(1_000, 10_000, 100_000))


def quick(directory: Path) -> Plan:
    return Plan(directory, rounds=2, seconds=2, small=10_000, large=50_000, devices=(1_000, 5_000))

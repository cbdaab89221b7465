"""The rows of the table, and what each has to reach."""

from dataclasses import dataclass, field

from .pairs import Figures, Pair


@dataclass(frozen=True)
class Row:
    """One measure. What `reach` says is compared with `outcome`; a row without it is only stated."""

    measure: str
    beside: str
    keyway: str
    limit: str
    outcome: str = ""
    reach: str = "stated"
    is_reached: bool | None = None

    def cells(self) -> list[str]:
        verdict = {True: "reached", False: "**short**", None: ""}[self.is_reached]
        return [self.measure, self.keyway, self.beside, self.limit, self.outcome, self.reach, verdict]


@dataclass
class Part:
    """A group of rows that are measured together, with the name of its notes."""

    name: str
    rows: list[Row] = field(default_factory=list)


def with_spread(figures: Figures, unit: str = "", digits: int = 0) -> str:
    """The median, and the smallest and largest figure."""
    low, high = min(figures.values), max(figures.values)
    return f"{figures.median:,.{digits}f}{unit} ({low:,.{digits}f}–{high:,.{digits}f})"


def at_least(measure: str, beside: str, pair: Pair, share: float | None, unit: str = " /s") -> Row:
    """A row whose ratio must not be smaller than a share; without one it is only stated."""
    ratios = pair.ratios
    return Row(
        measure, beside, with_spread(pair.keyway, unit), with_spread(pair.beside, unit), with_spread(ratios, digits=2),
        "stated" if share is None else f"≥ {share}", None if share is None else round(ratios.median, 2) >= share,
    )  # fmt: skip


def stated(measure: str, beside: str, pair: Pair, unit: str = " ms", ratio_digits: int = 2) -> Row:
    """A row that nothing has to reach."""
    figures = (with_spread(pair.keyway, unit, 2), with_spread(pair.beside, unit, 2))
    return Row(measure, beside, *figures, with_spread(pair.ratios, " ×", ratio_digits))


def at_most(measure: str, beside: str, pair: Pair, factor: float, unit: str = " ms") -> Row:
    """A row whose ratio must not be larger than a factor."""
    ratios = pair.ratios
    return Row(
        measure, beside, with_spread(pair.keyway, unit, 2), with_spread(pair.beside, unit, 2),
        with_spread(ratios, " ×", 2), f"≤ {factor} ×", round(ratios.median, 2) <= factor,
    )  # fmt: skip

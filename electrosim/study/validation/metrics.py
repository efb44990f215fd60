"""What is compared in a validation case, and the metrics over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base.errors import InputError
from electrosim.study.validation.case import Against, Check

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Row:
    """A computed value beside its reference.

    Parameters
    ----------
    series : str
        Rows of a series belong together: one curve, one study of convergence.
    label : str
        Names the row inside its series.
    value : float
        What electrosim computed.
    reference : float
        What it is compared with.
    against : {"exact", "bound", "published", "recomputed", "code"}
        What sort of reference that is; values must not lie above a bound.
    uncertainty : float
        Of the reference; 0 if it has none.
    resolution : float, optional
        Voxels per length, for convergence.
    """

    series: str
    label: str
    value: float
    reference: float
    against: Against = "exact"
    uncertainty: float = 0.0
    resolution: float | None = None

    @property
    def difference(self) -> float:
        """Value less reference."""
        return self.value - self.reference

    @property
    def relative_difference(self) -> float:
        """Value less reference, over the reference; the plain difference if the reference is zero."""
        return self.difference / (abs(self.reference) or 1.0)

    def describe(self) -> dict[str, Any]:
        """Return the row as plain values."""
        return asdict(self) | {"relative_difference": self.relative_difference}


@dataclass(frozen=True)
class Comparison:
    """What a case.py may return instead of rows alone.

    Parameters
    ----------
    rows : list of Row
        All comparisons.
    figures : mapping of str to matplotlib.figure.Figure
        Pictures of what was computed, by a name made of letters, digits and hyphens.
    """

    rows: list[Row]
    figures: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckResult:
    """A check that was carried out."""

    check: Check
    value: float
    passed: bool

    @property
    def sentence(self) -> str:
        """The check in one line, as it stands on figures."""
        series = "" if self.check.series == "*" else f" of {self.check.series}"
        if self.check.metric == "order":
            limit = f"expected {self.check.expected:.4g} ± {self.check.threshold:.4g}"
        else:
            limit = f"at most {self.check.threshold:.4g}"
        return f"{self.check.metric}{series}: {self.value:.4g}, {limit}: {'passed' if self.passed else 'missed'}"

    def describe(self) -> dict[str, Any]:
        """Return the check as plain values."""
        return self.check.model_dump() | {"value": self.value, "passed": self.passed}


def evaluate(check: Check, rows: Iterable[Row]) -> CheckResult:
    """Carry out a check.

    Raises
    ------
    InputError
        If no row belongs to its series, or rows lack what the metric needs.
    """
    chosen = [row for row in rows if fnmatchcase(row.series, check.series)]
    if not chosen:
        raise InputError(f'the check {check.metric} covers the series "{check.series}", which no row belongs to')
    if check.metric in _OVER_ROWS:
        value = float(np.max([_OVER_ROWS[check.metric](row) for row in chosen]))
        return CheckResult(check, value, bool(value <= check.threshold))
    names = dict.fromkeys(row.series for row in chosen)
    curves = [_curve([row for row in chosen if row.series == name]) for name in names]
    expected = check.expected or 1.0
    if check.metric == "order":
        orders = [observed_order(curve) for curve in curves]
        worst = orders[int(np.argmax(np.abs(np.array(orders) - expected)))]  # one that is NaN is the worst
        return CheckResult(check, worst, bool(abs(worst - expected) <= check.threshold))
    value = float(np.max([abs(extrapolated(curve, expected).relative_difference) for curve in curves]))
    return CheckResult(check, value, bool(value <= check.threshold))


def observed_order(curve: list[Row]) -> float:
    """Return minus the slope of log error over log resolution, by least squares over all rows of one series."""
    errors = [abs(row.difference) for row in curve]
    if min(errors) == 0:
        raise InputError(f'the series "{curve[0].series}" has a row without error, so no order of convergence')
    slope = np.polyfit(np.log([row.resolution for row in curve]), np.log(errors), 1)[0]  # type: ignore[arg-type]
    return -float(slope)


def extrapolated(curve: list[Row], order: float) -> Row:
    """Return Richardson's extrapolation of the two finest rows of one series to infinite resolution."""
    coarse, fine = curve[-2:]
    ratio = (fine.resolution or 1.0) / (coarse.resolution or 1.0)
    value = fine.value + (fine.value - coarse.value) / (ratio**order - 1)
    return Row(fine.series, "extrapolated", value, fine.reference, fine.against, fine.uncertainty)


def _curve(rows: list[Row]) -> list[Row]:
    """Return the rows of one series from coarse to fine."""
    if len(rows) < 2 or any(row.resolution is None for row in rows):
        raise InputError(f'the series "{rows[0].series}" has no two rows with a resolution')
    return sorted(rows, key=lambda row: row.resolution or 0.0)


def _in_uncertainties(row: Row) -> float:
    if row.uncertainty == 0:
        raise InputError(f'the row "{row.label}" of the series "{row.series}" has no uncertainty')
    return abs(row.difference) / row.uncertainty


_OVER_ROWS: dict[str, Callable[[Row], float]] = {
    "relative-difference": lambda row: abs(row.relative_difference),
    "absolute-difference": lambda row: abs(row.difference),
    "difference-in-uncertainties": _in_uncertainties,
    "relative-excess": lambda row: row.relative_difference,
}

"""The figure of a validation case: ours solid or as dots, exact values dashed, other references as open squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from electrosim.base.plot_style import tidy
from electrosim.study.validation.metrics import Row
from electrosim.study.validation.outcome import CaseResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INCH_PER_ROW = 0.2
_OUTSIDE: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.03)}
_NAMES = {
    "exact": "exact",
    "bound": "upper bound",
    "published": "published",
    "recomputed": "recomputed",
    "code": "other code",
}


def draw(result: CaseResult) -> Figure:
    """Draw a case that has rows: values beside references, and the differences; the metrics stand below.

    Parameters
    ----------
    result : CaseResult
        The case.

    Returns
    -------
    matplotlib.figure.Figure
    """
    curves = [row for row in result.rows if row.resolution is not None]
    dots = [row for row in result.rows if row.resolution is None]
    heights = [3.6] * bool(curves) + [1.2 + _INCH_PER_ROW * len(dots)] * bool(dots)
    metrics = "\n".join(check.sentence for check in result.checks)
    foot = 0.35 + 0.17 * (metrics.count("\n") + 1)
    figure = Figure(figsize=(11, sum(heights) + foot), layout="constrained")
    panels = figure.subplots(len(heights), 2, squeeze=False, height_ratios=heights)
    if curves:
        _draw_curves(panels[0, 0], curves)
        _draw_errors(panels[0, 1], curves)
        panels[0, 1].legend(*panels[0, 0].get_legend_handles_labels(), frameon=False, fontsize=6.5, **_OUTSIDE)
    if dots:
        _draw_dots(panels[-1, 0], dots)
        _draw_differences(panels[-1, 1], dots)
    for axes in panels.flat:
        tidy(axes)
    figure.suptitle(f"{result.case.id}: {result.verdict}", fontsize=12)
    figure.supxlabel(metrics, fontsize=8, x=0.01, ha="left")
    return figure


def _series(rows: Sequence[Row]) -> list[tuple[str, list[Row], Any]]:
    names = list(dict.fromkeys(row.series for row in rows))
    colours = colormaps["tab10" if len(names) <= 10 else "tab20"]
    return [(name, [row for row in rows if row.series == name], colours(at % 20)) for at, name in enumerate(names)]


def _resolution(part: Sequence[Row]) -> list[float]:
    return [row.resolution for row in part if row.resolution is not None]


def _draw_curves(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw values over resolution."""
    for name, part, colour in _series(rows):
        axes.plot(_resolution(part), [row.value for row in part], "-o", ms=4, color=colour, label=name)
        _draw_references(axes, part, colour)
    axes.set_xscale("log", base=2)
    axes.set(xlabel="voxels per length", ylabel="value", title="solid: electrosim; dashed: exact; squares: others")


def _draw_references(axes: Axes, part: Sequence[Row], colour: Any) -> None:
    resolution = _resolution(part)
    reference = [row.reference for row in part]
    if part[0].against in ("exact", "bound"):
        axes.plot(resolution, reference, "--", color=colour, lw=1)
        return
    uncertainty = [row.uncertainty for row in part]
    axes.errorbar(resolution, reference, uncertainty, fmt="s", ms=8, mfc="none", color=colour, lw=1, ls="none")


def _draw_errors(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw relative differences over resolution, on logarithmic scales."""
    for _, part, colour in _series(rows):
        error = np.abs([row.relative_difference for row in part])
        axes.plot(_resolution(part), np.where(error > 0, error, np.nan), "-o", ms=4, color=colour)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set(xlabel="voxels per length", ylabel="|relative difference|", title="difference from the reference")


def _draw_dots(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw values beside their references, a line per row."""
    place = np.arange(len(rows))
    for against in dict.fromkeys(row.against for row in rows):
        at = [number for number, row in enumerate(rows) if row.against == against]
        reference = [rows[number].reference for number in at]
        if against in ("exact", "bound"):
            axes.vlines(reference, place[at] - 0.45, place[at] + 0.45, colors="black", linestyles="--", lw=1.2)
            axes.plot([], [], "k--", lw=1.2, label=_NAMES[against])
        else:
            spread = [rows[number].uncertainty for number in at]
            axes.errorbar(
                reference, place[at], xerr=spread, fmt="s", ms=8, mfc="none", color="black", label=_NAMES[against]
            )
    axes.plot([row.value for row in rows], place, "o", ms=4, color="#1b6ca8", label="electrosim")
    axes.set_yticks(place, [f"{row.series}: {row.label}" for row in rows], fontsize=7)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    _spread_out(axes, rows)
    axes.set(xlabel="value")
    axes.legend(frameon=False, fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def _spread_out(axes: Axes, rows: Sequence[Row]) -> None:
    """Choose a scale on which numbers too far apart for a linear one can be told from each other, zero included."""
    numbers = np.abs([(row.value, row.reference) for row in rows])
    given = numbers[np.isfinite(numbers) & (numbers > 0)]
    least = float(given.min(initial=np.inf))
    if given.max(initial=0.0) > 1e3 * least:
        axes.set_xscale("symlog", linthresh=least)


def _draw_differences(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw relative differences on a logarithmic scale, filled above and open below the reference."""
    place = np.arange(len(rows))
    difference = np.array([row.relative_difference for row in rows])
    for at, face, label in ((difference > 0, "#1b6ca8", "above"), (difference < 0, "none", "below")):
        axes.plot(np.abs(difference[at]), place[at], "o", ms=4, color="#1b6ca8", mfc=face, label=label)
    axes.set_yticks(place, [""] * len(rows))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    given = np.abs(difference[np.isfinite(difference) & (difference != 0)])
    decades = np.log10(given) if given.size else np.array([-16.0])
    axes.set_xscale("log")
    axes.set_xlim(10.0 ** np.floor(decades.min() - 0.1), 10.0 ** np.ceil(decades.max() + 0.1))
    axes.set(xlabel="|relative difference|; none if the two are equal")
    axes.legend(frameon=False, fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)

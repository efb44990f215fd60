"""Pictures of a calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from electrosim.base.plot_style import BLUE, GREY, ORANGE, tidy
from electrosim.base.units import scale_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_PER_ROW = 3
_HIGHEST = 4.0  # rise shown
_STRONG = 0.7  # correlation whose colour is dark


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a calibration.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.calibrate.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `data` (measured and model), `residuals`, and if they were followed `profiles`; of several
        parameters `correlation`.
    """
    drawn = {"data": data(dataset), "residuals": residuals(dataset)}
    if "profile_rise" in dataset:
        drawn["profiles"] = profiles(dataset)
    if dataset.sizes["parameter"] > 1:
        drawn["correlation"] = correlation(dataset)
    return drawn


def _quantities(dataset: xr.Dataset) -> list[str]:
    return list(dict.fromkeys(map(str, dataset["quantity"].values)))


def _panels(count: int, height: float) -> tuple[Figure, list[Axes]]:
    columns = min(_PER_ROW, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(4.4 * columns + 0.6, height * rows + 0.4), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in panels[count:]:
        axes.remove()
    for axes in panels[:count]:
        tidy(axes)
    return figure, panels[:count]


def data(dataset: xr.Dataset) -> Figure:
    """Draw measured values and the scenario with the best parameters, a panel per column of the table."""
    names = _quantities(dataset)
    figure, panels = _panels(len(names), 3.6)
    for axes, name in zip(panels, names, strict=True):
        one = dataset.isel(point=np.flatnonzero(dataset["quantity"].values == name))
        unit = str(one["quantity_unit"].values[0])
        scale = scale_of(unit)
        deviation = one["standard_deviation"].values
        bars = None if np.isnan(deviation).all() else deviation / scale
        for number, (curve, places, shown) in enumerate(_curves(one)):
            colour = f"C{number % 10}"
            axes.errorbar(
                places, one["measured"].values[shown] / scale, None if bars is None else bars[shown],
                fmt="o", ms=4, color=colour, capsize=2, label=curve,
            )  # fmt: skip
            order = np.argsort(places)
            line = "x" if _are_points(one) else "-"
            axes.plot(
                places[order], one["model"].values[shown][order] / scale, line, color=colour if line == "-" else "k"
            )
        axes.set(title=name, ylabel=unit if unit != "1" else "", xlabel=_along(one))
        if axes.get_legend_handles_labels()[1] and one["along"].notnull().any():
            axes.legend(frameon=False, fontsize="small")
    figure.suptitle("Measured (dots) and best model")
    return figure


def _curves(one: xr.Dataset) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Return the points of each curve with their places; without curves all points, by what chooses them."""
    curve = one["curve"].values
    if one["along"].notnull().any():
        return [
            (str(name), one["along"].values[curve == name], np.flatnonzero(curve == name)) for name in np.unique(curve)
        ]
    return [("", _places(one), np.arange(curve.size))]


def _places(one: xr.Dataset) -> np.ndarray:
    """Return the number that chooses each point, if there is a single one, or else the points' numbers."""
    words = [str(text).rsplit(" ", 1) for text in one["curve"].values]
    try:
        if all(len(parts) == 2 and "," not in parts[0] for parts in words):
            return np.array([float(parts[1]) for parts in words])
    except ValueError:
        pass
    return np.arange(one.sizes["point"]).astype(float)


def _along(one: xr.Dataset) -> str:
    if one["along"].notnull().any():
        return "along the curve, SI units"
    first = str(one["curve"].values[0]).rsplit(" ", 1)
    return "point" if _are_points(one) else first[0]


def _are_points(one: xr.Dataset) -> bool:
    """Tell whether points lie side by side in their order, for want of a number to draw them over."""
    return not one["along"].notnull().any() and np.array_equal(_places(one), np.arange(one.sizes["point"]))


def residuals(dataset: xr.Dataset) -> Figure:
    """Draw the residuals in standard deviations; a scenario that describes the data leaves no trend."""
    names = _quantities(dataset)
    figure, panels = _panels(len(names), 3.0)
    for axes, name in zip(panels, names, strict=True):
        one = dataset.isel(point=np.flatnonzero(dataset["quantity"].values == name))
        axes.axhspan(-1, 1, color=BLUE, alpha=0.12, linewidth=0)
        axes.axhline(0, color="black", lw=0.8)
        for curve, places, shown in _curves(one):
            axes.plot(places, one["residual"].values[shown], "o", ms=4, label=curve)
        axes.set(title=name, xlabel=_along(one), ylabel="model less measured, standard deviations")
    figure.suptitle("Residuals; shaded: one standard deviation")
    return figure


def profiles(dataset: xr.Dataset) -> Figure:
    """Draw the rise of the sum of squares over each parameter, the others fitted again; 1 ends the interval."""
    names = [str(name) for name in dataset["parameter"].values]
    figure, panels = _panels(len(names), 3.4)
    for axes, name in zip(panels, names, strict=True):
        one = dataset.sel(parameter=name)
        scale = float(one["shown_scale"])
        value, rise = one["profile_value"].values / scale, one["profile_rise"].values
        axes.plot(value, rise, "o-", ms=4, color=BLUE)
        axes.axhline(1, color=ORANGE, ls="--", lw=1)
        axes.plot(float(one["value"]) / scale, 0, "D", color=ORANGE)
        for end in ("lower", "upper"):
            if not bool(one[f"{end}_is_open"]):
                axes.axvline(float(one[end]) / scale, color=GREY, lw=0.8, ls=":")
        near = rise <= _HIGHEST  # a walk may end far outside the interval
        axes.set(title=name, xlabel=str(one["shown_unit"].values), ylim=(-0.1, _HIGHEST), xlim=_around(value[near]))
    panels[0].set_ylabel("rise of the sum of squares")
    figure.suptitle(f"Profiles; below the dashed line is the {float(dataset['confidence']):.0%} interval")
    return figure


def _around(values: np.ndarray) -> tuple[float, float] | None:
    """Return limits of an axis that show values with a margin; None if there are not two."""
    lowest, highest = float(values.min()), float(values.max())
    margin = 0.08 * (highest - lowest)
    return (lowest - margin, highest + margin) if margin > 0 else None


def correlation(dataset: xr.Dataset) -> Figure:
    """Draw the correlation of the parameters' errors."""
    names = [str(name) for name in dataset["parameter"].values]
    figure = Figure(figsize=(1.1 * len(names) + 2.6, 0.9 * len(names) + 1.8), layout="constrained")
    axes = figure.subplots()
    matrix = dataset["correlation_matrix"].values
    shown = axes.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1)
    for row, column in np.ndindex(matrix.shape):
        colour = "white" if abs(matrix[row, column]) > _STRONG else "black"
        axes.text(column, row, f"{matrix[row, column]:.2f}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    figure.colorbar(shown, ax=axes, label="correlation of the errors")
    return figure

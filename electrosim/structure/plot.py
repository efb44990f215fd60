"""Pictures of a structure result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from electrosim.base.palette import DIRECTION
from electrosim.base.plot_style import tidy
from electrosim.structure.plot_cut import cut
from electrosim.structure.plot_sizes import intrusion, network, pore_sizes

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_MOST_PANELS = 6  # phases drawn side by side; more would be stripes


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.structure.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `cut` through the middle and, as far as the result holds them, `chords`, `two_point_correlation`,
        `pore_sizes`, `intrusion` and `network`.
    """
    drawn = {"cut": cut(dataset)}
    if "chord_count" in dataset:
        drawn["chords"] = chords(dataset)
    if "two_point_correlation" in dataset:
        drawn["two_point_correlation"] = two_point_correlation(dataset)
    if "pore_size_cumulative" in dataset:
        drawn["pore_sizes"] = pore_sizes(dataset)
    if "intruded_share" in dataset:
        drawn["intrusion"] = intrusion(dataset)
    if "coordination" in dataset:
        drawn["network"] = network(dataset)
    return drawn


def chords(dataset: xr.Dataset) -> Figure:
    """Draw for each phase which share of its whole chords' length is in chords of each length, along each axis."""
    figure, panels = _panel_per_phase(dataset)
    length = 1e6 * dataset["chord_length"].values
    for phase, axes in panels.items():
        longest = 0.0
        for axis, colour in DIRECTION.items():
            count = dataset["chord_count"].sel(phase=phase, axis=axis).values
            if not count.any():
                continue
            weighted = count * length / (count @ length)
            mean = 1e6 * float(dataset["mean_chord_length"].sel(phase=phase, axis=axis))
            reached = int(np.searchsorted(weighted.cumsum(), 0.995)) + 1
            longest = max(longest, length[min(reached, length.size - 1)])
            axes.plot(length, weighted / length[0], color=colour, label=f"{axis}, mean {mean:.3g} µm")
            axes.axvline(mean, color=colour, linestyle=":", linewidth=1)
        axes.set(title=phase, xlabel="chord length / µm", ylabel="share of length per µm")
        axes.set_xlim(0, longest or None)
        axes.set_ylim(bottom=0)
        if longest:
            axes.legend(frameon=False)
    figure.suptitle("Chord lengths, weighted by length")
    return figure


def two_point_correlation(dataset: xr.Dataset) -> Figure:
    """Draw the two-point correlation of each phase along each axis, from its fraction towards its fraction squared."""
    figure, panels = _panel_per_phase(dataset)
    distance = 1e6 * dataset["distance"].values
    for phase, axes in panels.items():
        fraction = float(dataset["volume_fraction"].sel(phase=phase))
        for axis, colour in DIRECTION.items():
            value = dataset["two_point_correlation"].sel(phase=phase, axis=axis).values
            axes.plot(distance, value, color=colour, label=axis)
        style: dict[str, Any] = {"color": "grey", "linewidth": 1}
        axes.axhline(fraction, linestyle=":", **style)
        axes.axhline(fraction**2, linestyle="--", **style)
        for level, name, shift in ((fraction, "fraction", 3), (fraction**2, "fraction²", -14)):
            axes.annotate(
                name,
                (1, level),
                (-4, shift),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha="right",
                color="grey",
            )
        axes.set(title=phase, xlabel="distance / µm", ylabel="probability that both points lie in the phase")
        axes.set_xlim(0, distance[-1])
    next(iter(panels.values())).legend(frameon=False)
    figure.suptitle("Two-point correlation")
    return figure


def _panel_per_phase(dataset: xr.Dataset) -> tuple[Figure, dict[str, Axes]]:
    """Return a figure with one panel for each of the first phases."""
    phases = [str(phase) for phase in dataset["phase"].values[:_MOST_PANELS]]
    figure = Figure(figsize=(4.3 * len(phases) + 0.4, 4.2), layout="constrained")
    panels = dict(zip(phases, figure.subplots(1, len(phases), squeeze=False)[0], strict=True))
    for axes in panels.values():
        tidy(axes)
    return figure, panels

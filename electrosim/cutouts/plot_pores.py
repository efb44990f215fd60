"""Pictures of pore sizes and mercury intrusion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from electrosim.base.plot_style import tidy

if TYPE_CHECKING:
    import xarray as xr

_COLOURS = ("#1b6ca8", "#d1701c")


def pore_sizes(dataset: xr.Dataset) -> Figure:
    """Draw intrusion and pore sizes of the volume and of the conducting pores of the cutouts kept."""
    figure = Figure(figsize=(12.6, 7.8), layout="constrained")
    (intrusion, size), (filled, wider) = figure.subplots(2, 2, sharex=True)
    diameter = dataset["pore_diameter"].values * 1e9
    for sample, colour in zip(dataset["sample"].values, _COLOURS, strict=True):
        one = dataset.sel(sample=sample)
        if not one["wider_share"].values.any():
            continue
        for axes, name in ((intrusion, "intrusion_per_decade"), (size, "pore_size_per_decade")):
            axes.stairs(one[name].values[:-1], diameter, color=colour, fill=True, alpha=0.25)
            axes.stairs(one[name].values[:-1], diameter, color=colour, linewidth=1.5, label=str(sample))
        filled.plot(diameter, one["intruded_share"], color=colour)
        wider.plot(diameter, one["wider_share"], color=colour)
        for peak in ("fine", "wide"):
            at = float(one[f"intrusion_peak_{peak}"]) * 1e9
            if np.isfinite(at):
                intrusion.axvline(at, color=colour, linestyle=":", linewidth=1)
                intrusion.annotate(f"{at:.0f} nm", (at, 1), (3, -10), xycoords=("data", "axes fraction"),
                                   textcoords="offset points", fontsize=8, color=colour)  # fmt: skip
        low, high = (float(one[f"pore_diameter_{end}"]) * 1e9 for end in ("05", "95"))
        size.plot([], [], color=colour, label=f"5 to 95 % of the volume: {low:.0f} to {high:.0f} nm")
    titles = {
        intrusion: "Mercury intrusion, from all faces",
        size: "Pore sizes: largest ball that covers",
        filled: "filled when pressed in for this diameter",
        wider: "in pores at least this wide",
    }
    for axes, title in titles.items():
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_title(title)
        tidy(axes)
    most = dataset["wider_share"].values.max(axis=0) > 0
    intrusion.set_xlim(diameter[0], 1.6 * diameter[most].max(initial=diameter[1]))
    intrusion.set_ylabel("share of the pore volume per decade")
    for axes in (filled, wider):
        axes.set_xlabel("diameter / nm")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    filled.set_ylabel("share of the pore volume")
    intrusion.legend(frameon=False, fontsize=9)
    size.legend(frameon=False, fontsize=9)
    return figure

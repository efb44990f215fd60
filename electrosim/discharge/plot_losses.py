"""Where the voltage and the energy of a discharge are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from electrosim.base.plot_style import tidy
from electrosim.discharge.plot_style import CONTRIBUTION, capacity_scale

if TYPE_CHECKING:
    import xarray as xr

_MOST_PANELS = 4


def overpotential(dataset: xr.Dataset) -> Figure:
    """Draw what the overpotential consists of over capacity, as stacked areas, for some rates."""
    rates = dataset["rate"].values
    chosen = rates[np.unique(np.linspace(0, rates.size - 1, min(rates.size, _MOST_PANELS)).round().astype(int))]
    figure = Figure(figsize=(3.5 * chosen.size + 2.0, 4.4), layout="constrained")
    panels = figure.subplots(1, chosen.size, squeeze=False)[0]
    scale, label = capacity_scale(dataset)
    for axes, rate in zip(panels, chosen, strict=True):
        run = dataset.sel(rate=rate)
        inside = np.isfinite(run["discharged"].values)
        at = scale * run["discharged"].values[inside]
        parts = 1000 * run["overpotential"].sum("place").values[inside]
        above, below = np.zeros(at.size), np.zeros(at.size)
        for number, (name, colour) in enumerate(CONTRIBUTION.items()):
            gain, loss = np.minimum(parts[:, number], 0), np.maximum(parts[:, number], 0)
            axes.fill_between(at, above, above + loss, color=colour, lw=0, label=name)
            axes.fill_between(at, below + gain, below, color=colour, lw=0)
            above, below = above + loss, below + gain
        axes.plot(at, above + below, color="black", lw=1, label="together")
        axes.set(title=f"{rate:g}C", xlabel=label)
        axes.set_ylim(top=1.15 * np.nanpercentile(above, 98) if at.size else None)
        tidy(axes)
    panels[0].set_ylabel("overpotential / mV")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center", frameon=False)
    return figure


def heat(dataset: xr.Dataset) -> Figure:
    """Draw which share of the energy at rest each discharge loses to what, and where."""
    figure = Figure(figsize=(11.6, 4.4), layout="constrained")
    panels = figure.subplots(1, 2)
    rates = dataset["rate"].values
    whole = dataset["energy"].values + dataset["heat"].sum(["contribution", "place"]).values
    whole = np.where(whole != 0, whole, np.nan)  # a run that ended at once has no bar
    by_contribution = {name: dataset["heat"].sel(contribution=name).sum("place").values for name in CONTRIBUTION}
    dissipated = dataset["heat"].drop_sel(contribution="distribution").sum("contribution")
    by_place = {str(name): dissipated.sel(place=name).values for name in dataset["place"].values}
    colours = ["#5b6470", "#e0a33b", "#dfe9ee", "#7a4f8f", "#4f9d8f", "#b5523b", "#1b6ca8", "#c9b7a0"]
    titles = ("Lost to", "Dissipated in")
    for axes, title, parts in zip(panels, titles, (by_contribution, by_place), strict=True):
        above, below = np.zeros(rates.size), np.zeros(rates.size)
        for number, (name, values) in enumerate(parts.items()):
            share = 100 * values / whole
            base = np.where(share >= 0, above, below)
            colour = CONTRIBUTION.get(name, colours[number % len(colours)])
            axes.bar(np.arange(rates.size), share, 0.62, bottom=base, color=colour, label=name)
            above, below = above + np.maximum(share, 0), below + np.minimum(share, 0)
        axes.axhline(0, color="black", lw=0.8)
        axes.set_xticks(np.arange(rates.size), [f"{rate:g}C" for rate in rates])
        axes.set(title=title, ylabel="% of the energy without losses")
        axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        tidy(axes)
    return figure

"""Pictures of a discharge result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from electrosim.base.plot_style import tidy
from electrosim.discharge.ageing import plot as ageing
from electrosim.discharge.plot_losses import heat, overpotential
from electrosim.discharge.plot_profiles import profiles
from electrosim.discharge.plot_style import capacity_scale, rate_colours, shade

if TYPE_CHECKING:
    import xarray as xr

_FEWEST_RATES = 3  # for Peukert's law


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.discharge.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `voltage` over capacity, `profiles` through the thickness, `overpotential` split, `heat` split, `utilisation` of
        layers, and with three rates or more `energy_over_rate`; of ageing, those of `ageing.plot.figures`.
    """
    if "retention" in dataset:
        return ageing.figures(dataset)
    drawn = {
        "voltage": voltage(dataset),
        "profiles": profiles(dataset),
        "overpotential": overpotential(dataset),
        "heat": heat(dataset),
        "utilisation": utilisation(dataset),
    }
    if dataset.sizes["rate"] >= _FEWEST_RATES:
        drawn["energy_over_rate"] = energy_over_rate(dataset)
    return drawn


def voltage(dataset: xr.Dataset) -> Figure:
    """Draw the voltage of the measured discharge over capacity for all rates, and the voltage at rest."""
    figure = Figure(figsize=(7.2, 4.8), layout="constrained")
    axes = figure.subplots()
    scale, label = capacity_scale(dataset)
    for rate, colour in rate_colours(dataset).items():
        run = dataset.sel(rate=rate)
        axes.plot(scale * run["discharged"], run["voltage"], color=colour, label=f"{rate:g}C")
        if not bool(run["solved"]):
            last = int(np.flatnonzero(np.isfinite(run["voltage"].values))[-1])
            axes.plot(scale * run["discharged"][last], run["voltage"][last], "x", color=colour, markersize=9)
    slowest = dataset.sel(rate=dataset["rate"].min())
    axes.plot(scale * slowest["discharged"], slowest["open_circuit_voltage"], color="grey", ls="--", label="at rest")
    axes.set(xlabel=label, ylabel="voltage / V", title="Discharge")
    axes.set_xlim(left=0)
    axes.legend(frameon=False)
    tidy(axes)
    return figure


def utilisation(dataset: xr.Dataset) -> Figure:
    """Draw how much of its charge each layer gives at each rate, and beside it what single layers say."""
    inferred = "disparity" in dataset
    figure = Figure(figsize=(11.2 if inferred else 6.4, 4.4), layout="constrained")
    panels = figure.subplots(1, 2 if inferred else 1, squeeze=False)[0]
    rates, layers = dataset["rate"].values, [str(name) for name in dataset["layer"].values]
    width = 0.8 / len(layers)
    for number, name in enumerate(layers):
        centres = np.arange(rates.size) + (number - (len(layers) - 1) / 2) * width
        values = dataset["utilisation"].sel(layer=name).values
        bars = panels[0].bar(centres, values, 0.92 * width, color=shade(number, len(layers)), label=name)
        panels[0].bar_label(bars, [f"{value:.0%}" if np.isfinite(value) else "" for value in values], fontsize=8)
    panels[0].set(title="Charge of a layer over that of a discharge without current", ylabel="utilisation")
    panels[0].yaxis.set_major_formatter(PercentFormatter(1.0))
    panels[0].legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=len(layers))
    if inferred:
        at = np.arange(rates.size)
        panels[1].axhline(1, color="grey", lw=0.8)
        panels[1].plot(at, dataset["top_to_bottom"], "o-", color="#1b6ca8", label="true, from the lithium in particles")
        words = "eq. 7 of Yari et al., from single layers with $u_1$ = 1"
        panels[1].plot(at, dataset["inferred_top_to_bottom"], "s--", color="#d1701c", label=words)
        panels[1].set(title="Use of the top over that of the bottom layer", ylabel="top/bottom")
        panels[1].legend(frameon=False)
    for axes in panels:
        axes.set_xticks(np.arange(rates.size), [f"{rate:g}C" for rate in rates])
        tidy(axes)
    return figure


def energy_over_rate(dataset: xr.Dataset) -> Figure:
    """Draw energy, or capacity as fitted, over rate on logarithmic axes with Peukert's law."""
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.subplots()
    rates = dataset["rate"].values
    fitted_capacity = dataset["peukert_factor"].attrs["units"] == "C m-2"
    name, what = ("capacity", "capacity / (mAh/cm²)") if fitted_capacity else ("energy", "energy / (mWh/cm²)")
    per_square_centimetre = 1 / 36000
    given = np.where(dataset[name] > 0, dataset[name], np.nan)  # a run that ended at once has no place here
    axes.plot(rates, per_square_centimetre * given, "o", color="#1b6ca8", label="discharges")
    alpha, beta = float(dataset["peukert_exponent"]), float(dataset["peukert_factor"])
    if np.isfinite(alpha):
        fine = np.geomspace(rates.min(), rates.max(), 60)
        gamma = float(dataset["rate_capability"])
        label = f"α = {alpha:.3f}, γ = {gamma:.3f}"
        axes.plot(fine, per_square_centimetre * beta * fine**-alpha, color="#d1701c", label=f"Peukert: {label}")
    scale = "log" if np.isfinite(given).any() else "linear"
    axes.set(xscale=scale, yscale=scale, xlabel="rate / C", ylabel=what, title="Rate capability")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.legend(frameon=False)
    tidy(axes)
    return figure

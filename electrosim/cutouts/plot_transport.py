"""Pictures of conductivity and tortuosity against porosity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from electrosim.base.plot_style import tidy
from electrosim.correlations import plot

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_OUTSIDE: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "frameon": False, "fontsize": 8}
_DROPPED: dict[str, Any] = {"s": 14, "facecolors": "none", "edgecolors": "#a59f94", "linewidths": 0.9}
_CONDITION = ("#3b3b40", "#d1701c", "#4a8f3c")
_LAWS = (plot.LAW, *plot.OTHERS)


def conductivity(dataset: xr.Dataset) -> Figure:
    """Draw relative conductivity over porosity, on a linear and on a logarithmic scale."""
    figure = Figure(figsize=(13.2, 5.4), layout="constrained")
    linear, logarithmic = figure.subplots(1, 2)
    for axes in (linear, logarithmic):
        _draw(axes, dataset, "relative_conductivity")
    s = dataset["mean_conductivity"].values[:, 0]
    lowest = max(s[s > 0].min(initial=1.0) / 3, 1e-5)
    plot.tidy(linear, "", "relative conductivity", logarithmic=False).set(xlim=(0, 1), ylim=(0, 1))
    plot.tidy(logarithmic, "", "", logarithmic=True).set(xlim=(_lowest(dataset), 1), ylim=(lowest, 1.2))
    _mark_nothing(logarithmic, dataset, lowest)
    logarithmic.legend(**_OUTSIDE)
    figure.suptitle(f"Ionic conductivity of the cutouts, constant current; {_law_words(dataset)}")
    return figure


def tortuosity(dataset: xr.Dataset) -> Figure:
    """Draw tortuosity over porosity, with the three numbers that go by the name of its mean."""
    figure = Figure(figsize=(9.6, 5.4), layout="constrained")
    axes = figure.subplots()
    _draw(axes, dataset, "tortuosity")
    eps, s = dataset["porosity"].values, dataset["mean_conductivity"].values[:, 0]
    one = dataset.sel(selection="kept")
    means = {
        "mean_of_tortuosities": "mean of tau",
        "tortuosity_of_means": "mean eps/mean s",
        "tortuosity_of_law": "law",
    }
    for marker, (name, words) in zip("^sv", means.items(), strict=True):
        axes.plot(one["mean_porosity"], one[name], marker, markersize=9, color="#b23a48", markeredgecolor="white",
                  label=f"kept, {words}: {float(one[name]):.2f}", zorder=5)  # fmt: skip
    plot.tidy(axes, f"Tortuosity of the cutouts, {_law_words(dataset)}", "tortuosity", logarithmic=True)
    axes.set(xlim=(_lowest(dataset), 1), ylim=(0.9, 1.6 * float((eps[s > 0] / s[s > 0]).max(initial=2.0))))
    axes.axhline(1, color="black", linewidth=0.8)
    axes.legend(**_OUTSIDE)
    return figure


def conditions(dataset: xr.Dataset) -> Figure:
    """Draw what the boundary condition makes of a cutout, its anisotropy, and the conductivity of the solid."""
    figure = Figure(figsize=(14.4, 4.8), layout="constrained")
    ratio, anisotropy, electrons = figure.subplots(1, 3)
    eps, mean = dataset["porosity"].values, dataset["mean_conductivity"].values
    conducts = mean[:, 0] > 0
    for place, words in enumerate(dataset["condition"].values[1:], 1):
        value = mean[conducts, place] / mean[conducts, 0]
        ratio.scatter(eps[conducts], value, s=14, color=_CONDITION[place], alpha=0.8, label=f"{words}")
    ratio.axhline(1, color=_CONDITION[0], linewidth=0.9)
    ratio.legend(frameon=False, fontsize=9)
    plot.tidy(ratio, "End effect of the cutout's size", "conductivity / that at constant current", logarithmic=True)
    ratio.yaxis.set_minor_formatter(NullFormatter())
    kept = dataset["kept"].values
    spread = dataset["anisotropy"].values[:, 0]
    anisotropy.scatter(eps[~kept], spread[~kept], **_DROPPED, label="dropped")
    anisotropy.scatter(eps[kept], spread[kept], s=14, color=plot.LAW, label="kept")
    anisotropy.legend(frameon=False, fontsize=9)
    plot.tidy(anisotropy, "Anisotropy", "standard deviation over directions / mean", logarithmic=False).set_ylim(
        bottom=0
    )
    solid = 1 - eps
    electronic = dataset["electronic_conductivity"].mean("direction").values
    electrons.plot([0, 1], [0, 1], color="black", linewidth=0.8, label="straight paths")
    electrons.scatter(solid, electronic, s=14, color=_CONDITION[0])
    electrons.legend(frameon=False, fontsize=9)
    plot.tidy(electrons, "Electrons in the solid", "conductivity / that of the solid", logarithmic=False)
    electrons.set(xlabel="share of the solid", xlim=(0, 1), ylim=(0, 1))
    for axes in (ratio, anisotropy):
        axes.set_xlim(0, 1)
    return figure


def correlations(dataset: xr.Dataset) -> Figure:
    """Draw the other laws, and the power law with other weights, through the cutouts kept."""
    figure = Figure(figsize=(13.2, 5.2), layout="constrained")
    by_law, by_weights = figure.subplots(1, 2, sharey=True)
    kept = dataset.sel(selection="kept")
    eps = dataset["law_porosity"].values
    styles = ("-", "--", "-.", ":", (0, (1, 3)), (0, (6, 2, 1, 2)))
    aic = kept["aic"].values
    chosen = dataset["gamma"].attrs["weights"]
    least = np.nanmin(aic) if np.isfinite(aic).any() else 0.0
    for number, name in enumerate(dataset["correlation"].values):
        if np.isfinite(aic[number]):
            by_law.plot(eps, kept["law"].values[number], color=_LAWS[number], linestyle=styles[number],
                        label=f"{name}, AIC {aic[number] - least:+.1f}")  # fmt: skip
    for number, name in enumerate(dataset["weights"].values):
        gamma, alpha = (float(kept[f"{one}_by_weights"].values[number]) for one in ("gamma", "alpha"))
        if np.isfinite(gamma):
            by_weights.plot(eps, kept["law_by_weights"].values[number], color=_LAWS[number], linestyle=styles[number],
                            label=f"{name}: {gamma:.2f} eps^{alpha:.2f}")  # fmt: skip
    for axes, title in ((by_law, f"Laws, {chosen} weights"), (by_weights, "Power law by weights")):
        _points(axes, dataset, "relative_conductivity", everything=False)
        plot.tidy(axes, title, "relative conductivity", logarithmic=True)
        axes.legend(frameon=False, fontsize=8, loc="lower right")
    s = dataset["mean_conductivity"].values[dataset["kept"].values, 0]
    eps_kept = dataset["porosity"].values[dataset["kept"].values]
    by_law.set_ylim(max(s[s > 0].min(initial=1.0) / 5, 1e-5), 1.2 * s.max(initial=0.01) + 0.1)
    for axes in (by_law, by_weights):
        axes.set_xlim(max(0.0, eps_kept.min(initial=0.3) - 0.05), min(1.0, eps_kept.max(initial=0.5) + 0.08))
    return figure


def sensitivity(dataset: xr.Dataset) -> Figure:
    """Draw the power law with the surface of the pores moved by a voxel each way."""
    figure = Figure(figsize=(13.2, 4.8), layout="constrained")
    curves, gamma, alpha = figure.subplots(1, 3, width_ratios=(2, 1, 1))
    shift = dataset["shift"].values * 1e9
    for place, colour in enumerate(("#d1701c", plot.LAW, "#4a8f3c")):
        eps = dataset["moved_porosity"].values[:, place]
        s = dataset["moved_conductivity"].mean("direction").values[:, place]
        curves.scatter(eps, np.where(s > 0, s, np.nan), s=14, color=colour, alpha=0.7)
        words = f"{shift[place]:+.0f} nm: mean porosity {float(dataset['moved_mean_porosity'][place]):.1%}"
        curves.plot(dataset["law_porosity"], dataset["moved_law"].values[place], color=colour, label=words)
        for axes, name in ((gamma, "gamma"), (alpha, "alpha")):
            value, lower, upper = (float(dataset[f"moved_{name}{end}"][place]) for end in ("", "_lower", "_upper"))
            axes.vlines(shift[place], lower, upper, color=colour, linewidth=2.2)
            axes.plot(shift[place], value, "o", color=colour)
    known = dataset["moved_conductivity"].mean("direction").values
    plot.tidy(curves, "Surface of the pores moved into the solid", "relative conductivity", logarithmic=True)
    curves.set_ylim(max(np.nanmin(np.where(known > 0, known, np.nan)) / 3, 1e-5), 1.2)
    curves.set_xlim(0, 1)
    curves.legend(frameon=False, fontsize=9, loc="lower right")
    for axes, name in ((gamma, "gamma"), (alpha, "alpha")):
        axes.set(title=f"{name} and its interval", xlabel="shift / nm", xticks=shift)
        axes.margins(x=0.2)
        tidy(axes, "y")
    gamma.set_yscale("log")
    gamma.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for formatter in (gamma.yaxis.set_major_formatter, gamma.yaxis.set_minor_formatter):
        formatter(FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "125" else ""))
    return figure


def _draw(axes: Axes, dataset: xr.Dataset, quantity: plot.Quantity) -> None:
    """Draw what is impossible, the literature, the cutouts, and the law with its bands."""
    plot.bound(axes, quantity=quantity, lowest=_lowest(dataset))
    plot.published(axes, quantity=quantity, lowest=_lowest(dataset))
    _points(axes, dataset, quantity, everything=True)
    kept = dataset.sel(selection="kept")
    eps = dataset["law_porosity"].values
    inside = (eps >= float(kept["lowest_porosity"])) & (eps <= float(kept["highest_porosity"]))
    if np.isfinite(kept["gamma"]):
        band = kept["prediction_lower"].values[inside], kept["prediction_upper"].values[inside]
        plot.law(
            axes,
            eps[inside],
            kept["law"].values[0][inside],
            band=band,
            quantity=quantity,
            label="power law",
            linewidth=2,
        )


def _points(axes: Axes, dataset: xr.Dataset, quantity: plot.Quantity, *, everything: bool) -> None:
    """Draw the cutouts kept with their deviation over directions and, if asked, those dropped."""
    kept = dataset["kept"].values
    eps = dataset["porosity"].values
    s, spread = (dataset[name].values[:, 0] for name in ("mean_conductivity", "conductivity_deviation"))
    if everything:
        some = ~kept & (s > 0)
        value = (
            s if quantity == "relative_conductivity" else np.divide(eps, s, out=np.full_like(s, np.nan), where=s > 0)
        )
        axes.scatter(eps[some], value[some], **_DROPPED, label="cutouts dropped")
    some = kept & (s > 0)
    plot.points(axes, eps[some], s[some], spread[some], quantity=quantity, label="cutouts kept")


def _mark_nothing(axes: Axes, dataset: xr.Dataset, lowest: float) -> None:
    """Mark the cutouts kept that do not conduct at the lower edge of a logarithmic scale."""
    nothing = dataset["kept"].values & (dataset["mean_conductivity"].values[:, 0] == 0)
    if nothing.any():
        eps = dataset["porosity"].values[nothing]
        axes.plot(
            eps, np.full(eps.size, 1.25 * lowest), "v", color=plot.POINTS, label=f"{nothing.sum()} kept without a path"
        )


def _lowest(dataset: xr.Dataset) -> float:
    return max(0.02, float(np.floor(20 * dataset["porosity"].min()) / 20 - 0.02))


def _law_words(dataset: xr.Dataset) -> str:
    kept = dataset.sel(selection="kept")
    if not np.isfinite(kept["gamma"]):
        return "no law fitted"
    return f"kept: s = {float(kept['gamma']):.2f} eps^{float(kept['alpha']):.2f}"

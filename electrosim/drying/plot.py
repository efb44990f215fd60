"""Pictures of a drying result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from electrosim.base.palette import PHASES, SOLID
from electrosim.base.plot_style import tidy

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_CURVES = ("#1b6ca8", "#d1701c", "#4a8f3c", "#7a4f8f", "#b5523b")
_PROFILES = 7


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.drying.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `film` (levels, rate, temperature) and, as the result has them, `migration` (profiles of each species),
        `particles` (their layers), `stress` (over time) and `critical_thickness` (by every law, with intervals).
    """
    drawn = {"film": film(dataset)}
    names = [str(name).removesuffix("_profile") for name in dataset if str(name).endswith("_profile")]
    species = [name for name in names if name != "particle"]
    if species:
        drawn["migration"] = migration(dataset, species)
    if "particle_profile" in dataset:
        drawn["particles"] = particles(dataset)
    if "model" in dataset.dims:
        drawn["stress"] = stress(dataset)
        if np.isfinite(dataset["critical_thickness"]).any():
            drawn["critical_thickness"] = critical_thickness(dataset)
    return drawn


def film(dataset: xr.Dataset) -> Figure:
    """Draw liquid and solid over time, the rate of drying and, unless it is given for all time, the temperature."""
    scale, unit = _time(dataset)
    time, warmth = dataset["time"].values / scale, dataset["temperature"].values - 273.15
    curves = [("flux / (g/m²/s)", dataset["flux"].values * 1e3)]
    if np.ptp(warmth) > 0.01:
        curves.append(("film / °C", warmth))
    figure = Figure(figsize=(8.2, 4.6 + 1.8 * len(curves)), layout="constrained")
    levels, *others = figure.subplots(1 + len(curves), 1, sharex=True, height_ratios=(2.2, *(1,) * len(curves)))
    _draw_levels(levels, dataset, time)
    figure.suptitle(dataset.attrs["title"])
    for axes, (words, values), colour in zip(others, curves, _CURVES, strict=False):
        axes.plot(time, values, color=colour)
        axes.set(ylabel=words)
    others[0].set_ylim(bottom=0)
    others[-1].set(xlabel=f"time / {unit}")
    for axes in (levels, *others):
        _mark_stages(axes, dataset, scale)
        tidy(axes)
    for end, names in _stage_names(dataset, scale).items():
        levels.annotate(
            f"end of {', '.join(names)}", (end, 1.0), (2, -3), xycoords=("data", "axes fraction"),
            textcoords="offset points", rotation=90, va="top", fontsize=7, color=SOLID,
            bbox={"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 1},
        )  # fmt: skip
    return figure


def _draw_levels(axes: Axes, dataset: xr.Dataset, time: NDArray[np.float64]) -> None:
    """Fill solid and liquid between their levels."""
    liquid, solid = dataset["solvent_height"].values * 1e6, dataset["solid_height"].values * 1e6
    wet, top = np.minimum(liquid, solid), np.maximum(liquid, solid)
    axes.fill_between(time, 0, wet, color=PHASES[1], alpha=0.55, lw=0, label="solid, wet")
    axes.fill_between(time, wet, solid, color=PHASES[2], alpha=0.45, lw=0, label="solid, dry")
    if (top > solid).any():
        axes.fill_between(time, solid, top, color="#9cc7e4", alpha=0.7, lw=0, label="clear liquid")
    axes.plot(time, solid, color=SOLID, lw=1.4)
    axes.set(ylabel="height / µm")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, fontsize=8)


def _stage_names(dataset: xr.Dataset, scale: float) -> dict[float, list[str]]:
    """Return the names of the stages that end at the same time, to four digits, but for those without length."""
    found: dict[float, list[str]] = {}
    for name, end in zip(dataset["stage"].values, dataset["stage_end_times"].values / scale, strict=True):
        if end > 0:
            found.setdefault(float(f"{end:.3g}"), []).append(str(name))
    return found


def migration(dataset: xr.Dataset, species: list[str]) -> Figure:
    """Draw the profiles of what migrates at several times, and top and bottom over time."""
    scale, unit = _time(dataset)
    figure = Figure(figsize=(9.6, 3.9 * len(species)), layout="constrained")
    for (profiles, faces), name in zip(figure.subplots(len(species), 2, squeeze=False), species, strict=True):
        profile = dataset[f"{name}_profile"]
        moving = np.abs(np.diff(profile.values, axis=0)).max(axis=1) > 0
        last = int(np.flatnonzero(moving)[-1]) + 1 if moving.any() else 1
        for number, at in enumerate(np.linspace(0, last, _PROFILES).round().astype(int)):
            colour = colormaps["viridis"](0.92 * number / (_PROFILES - 1))
            time = float(dataset["time"][at]) / scale
            profiles.plot(profile[at], profile["x"], color=colour, label=f"{time:.3g} {unit}")
        profiles.set(title=f"{name} through the film", xlabel="amount / mean", ylabel="height / film")
        profiles.legend(frameon=False, fontsize=7)
        faces.plot(dataset["time"] / scale, dataset[f"{name}_top_to_mean"], color=_CURVES[1], label="top")
        faces.plot(dataset["time"] / scale, dataset[f"{name}_bottom_to_mean"], color=_CURVES[0], label="bottom")
        faces.set(title=f"{name} at the faces", xlabel=f"time / {unit}", ylabel="amount / mean")
        faces.legend(frameon=False)
        _mark_stages(faces, dataset, scale)
        for axes in (profiles, faces):
            tidy(axes)
    return figure


def particles(dataset: xr.Dataset) -> Figure:
    """Draw the volume fraction of the particles over height and time."""
    scale, unit = _time(dataset)
    figure = Figure(figsize=(7.2, 4.4), layout="constrained")
    axes = figure.subplots()
    top = dataset["solid_height"].values * 1e6
    edges = np.linspace(0, 1, dataset.sizes["height"] + 1)[None, :] * top[:, None]
    time = np.broadcast_to(dataset["time"].values[:, None] / scale, edges.shape)
    drawn = axes.pcolormesh(time, edges, dataset["particle_profile"].values[:-1], cmap="cividis")
    figure.colorbar(drawn, label="volume fraction of the particles")
    axes.set(title="Particles in the solid", xlabel=f"time / {unit}", ylabel="height / µm")
    tidy(axes)
    return figure


def stress(dataset: xr.Dataset) -> Figure:
    """Draw the stress by every model over time, and where each says that the film cracks."""
    scale, unit = _time(dataset)
    figure = Figure(figsize=(7.6, 4.6), layout="constrained")
    axes = figure.subplots()
    widths = np.linspace(3.5, 1.0, dataset.sizes["model"])  # cracks hold several models at one stress
    for name, colour, width in zip(map(str, dataset["model"].values), _CURVES, widths, strict=True):
        one = dataset.sel(model=name)
        if not np.isfinite(one["peak_stress"]):
            continue
        axes.plot(dataset["time"] / scale, one["stress"] / 1e3, color=colour, lw=width, label=name)
        onset = float(one["crack_onset_time"])
        if np.isfinite(onset):
            axes.plot(onset / scale, one["critical_stress"] / 1e3, marker="x", color=colour, ms=8, mew=2)
    axes.set(title="Stress in the film; crosses: it cracks", xlabel=f"time / {unit}", ylabel="stress / kPa")
    axes.set_yscale("symlog", linthresh=_least(dataset["peak_stress"].values) / 1e4)
    axes.set_ylim(bottom=0)
    entry, end = float(dataset["stage_end_times"].sel(stage="shrinkage")), float(dataset["time"][-1])
    if entry < end:
        axes.set_xlim(left=(entry - 0.1 * (end - entry)) / scale)
    axes.legend(frameon=False, fontsize=8)
    _mark_stages(axes, dataset, scale)
    tidy(axes)
    return figure


def critical_thickness(dataset: xr.Dataset) -> Figure:
    """Draw the critical thickness by every model with its interval, beside the film's own."""
    known = dataset.isel(model=np.isfinite(dataset["critical_thickness"].values))
    names = list(map(str, known["model"].values))
    place = np.arange(len(names))
    value, lower, upper = (known[f"critical_thickness{end}"].values * 1e6 for end in ("", "_lower", "_upper"))
    figure = Figure(figsize=(7.6, 1.8 + 0.5 * len(names)), layout="constrained")
    axes = figure.subplots()
    axes.hlines(place, lower, upper, color=_CURVES[0], lw=4, alpha=0.4)
    axes.plot(value, place, "o", color=_CURVES[0])
    thickness = float(dataset["dry_thickness"]) * 1e6
    axes.axvline(thickness, color=SOLID, ls="--", lw=1)
    axes.annotate("this film", (thickness, -0.7), (3, 0), textcoords="offset points", fontsize=8, color=SOLID)
    axes.set_yticks(place, names)
    axes.set_ylim(len(names) - 0.5, -1.0)
    axes.set_xscale("log")
    axes.set(title="Critical thickness: cracks where it is left of the film", xlabel="thickness / µm")
    tidy(axes)
    return figure


def _time(dataset: xr.Dataset) -> tuple[float, str]:
    """Return a unit of time to draw in, and its name."""
    end = float(dataset["time"][-1])
    return (60.0, "min") if end > 300 else (1.0, "s")


def _mark_stages(axes: Axes, dataset: xr.Dataset, scale: float) -> None:
    for end in dataset["stage_end_times"].values / scale:
        if end > 0:
            axes.axvline(end, color="grey", lw=0.7, ls=":")


def _least(values: NDArray[np.float64]) -> float:
    """Return the least of what is a number, 1 if nothing is."""
    known: Any = values[np.isfinite(values)]
    return float(known.min()) if known.size else 1.0

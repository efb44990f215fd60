"""Pictures of a backscatter result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from scipy.constants import electron_volt

from electrosim.backscatter.plot_film import film, inference, plan
from electrosim.backscatter.plot_style import colours, energy_name, panels
from electrosim.backscatter.plot_trajectories import trajectories
from electrosim.base.plot_style import tidy

if TYPE_CHECKING:
    import xarray as xr

_MOST_CURVES = 6  # in one panel


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.backscatter.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `coefficient` over the energy of the beam; `depth`, how deep counted electrons had been; `detector`, with what
        energy and at which angle they leave; with a film `film`; and as far as asked for `inference`, `plan` and
        `trajectories`.
    """
    drawn = {"coefficient": coefficient(dataset), "depth": depth(dataset), "detector": detector(dataset)}
    if "thickness" in dataset.dims:
        drawn["film"] = film(dataset)
    if "inferred_thickness" in dataset:
        drawn["inference"] = inference(dataset)
    if "electrons_to_tell_apart" in dataset:
        drawn["plan"] = plan(dataset)
    if "vertex_z" in dataset:
        drawn["trajectories"] = trajectories(dataset)
    return drawn


def coefficient(dataset: xr.Dataset) -> Figure:
    """Draw the backscatter coefficient over the energy of the beam, with three standard errors."""
    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    axes = figure.subplots()
    energy = dataset["energy"].values / electron_volt / 1e3
    order = np.argsort(energy)
    for (label, part), colour in zip(_curves(dataset), colours(_MOST_CURVES + 2), strict=False):
        axes.errorbar(
            energy[order],
            part["backscatter_coefficient"].values[order],
            3 * part["backscatter_coefficient_standard_error"].values[order],
            fmt="o-",
            markersize=4,
            linewidth=1,
            capsize=2,
            color=colour,
            label=label,
        )
    if energy.max() > 3 * energy.min():
        axes.set_xscale("log")
        ticks = energy[order]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
    axes.set(xlabel="beam energy / keV", ylabel="backscatter coefficient", title="Electrons that come back, ±3 errors")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    tidy(axes)
    return figure


def depth(dataset: xr.Dataset) -> Figure:
    """Draw the distribution of the greatest depth of counted electrons, a panel per energy."""
    figure, each = panels(dataset)
    nm = 1e9 * dataset["depth"].values
    for row, axes in each.items():
        deepest = 0.0
        for (label, part), colour in zip(_curves(dataset), colours(_MOST_CURVES + 1), strict=False):
            cdf = part["max_depth_cdf"].values[row]
            axes.plot(nm, cdf, color=colour, label=label)
            if np.isfinite(cdf).any():
                deepest = max(deepest, nm[min(int(np.argmax(cdf > 0.998)) + 1, nm.size - 1)])
            if "thickness" in dataset.dims and part.sizes.get("thickness", 1) == 1 and "thickness" in part.coords:
                axes.axvline(1e9 * float(part["thickness"]), color=colour, linestyle=":", linewidth=1)
        axes.set(
            title=energy_name(dataset, row), xlabel="greatest depth / nm", xlim=(0, deepest or None), ylim=(0, 1.02)
        )
        axes.legend(frameon=False, fontsize="small", loc="lower right")
        tidy(axes)
    figure.suptitle("How deep counted electrons have been" + (" (dotted: face of the film)" if _film(dataset) else ""))
    return figure


def detector(dataset: xr.Dataset) -> Figure:
    """Draw with which energy and at which angle electrons leave, for one target or the middle thickness."""
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    spectrum, angle = figure.subplots(1, 2)
    one, what = dataset, ""
    if _film(dataset):
        one = dataset.isel(thickness=dataset.sizes["thickness"] // 2)
        what = f"film of {1e9 * float(one['thickness']):g} nm"
    elif "target" in dataset.dims:
        one, what = dataset.isel(target=-1), str(dataset["target"].values[-1])
    rows = range(one.sizes["energy"])
    for row, colour in zip(rows, colours(len(rows) + 1), strict=False):
        label = energy_name(dataset, row)
        style: dict[str, Any] = {"color": colour, "label": label}
        spectrum.step(one["relative_energy"], one["energy_spectrum"].values[row], where="mid", **style)
        angle.plot(np.degrees(one["angle"]), one["exit_angle"].values[row], **style)
    normal = np.linspace(0, 90, 91)
    level = float(one["backscatter_coefficient"].values[-1]) / np.pi
    angle.plot(
        normal, level * np.cos(np.radians(normal)), color="grey", linestyle="--", linewidth=1, label="cosine law"
    )
    spectrum.set(xlabel="energy / beam energy", ylabel="counted electrons per unit of it", title="Energy spectrum")
    angle.set(xlabel="angle to the normal / °", ylabel="counted electrons / sr$^{-1}$", title="Exit angle")
    for axes in (spectrum, angle):
        axes.set_ylim(bottom=0)
        tidy(axes)
    spectrum.set_xlim(0, 1)
    angle.set_xlim(0, 90)
    angle.legend(frameon=False, fontsize="small")
    figure.suptitle(what)
    return figure


def _film(dataset: xr.Dataset) -> bool:
    return "thickness" in dataset.dims


def _curves(dataset: xr.Dataset) -> list[tuple[str, xr.Dataset]]:
    """Return targets, or some of the thicknesses, by the words of a legend."""
    if "target" in dataset.dims:
        return [(str(name), dataset.sel(target=name)) for name in dataset["target"].values]
    if not _film(dataset):
        return [("bulk", dataset)]
    number = dataset.sizes["thickness"]
    rows = np.unique(np.linspace(0, number - 1, min(number, _MOST_CURVES)).round().astype(int))
    return [(f"{1e9 * float(dataset['thickness'][row]):.3g} nm", dataset.isel(thickness=row)) for row in rows]

"""The cut through the middle of a structure result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from electrosim.base.palette import PHASES, SOLID

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_TITLES = {
    "local_thickness_cut": "Pore diameter",
    "intrusion_diameter_cut": "Diameter at intrusion",
    "pore_region_cut": "Pores of the network",
}


def cut(dataset: xr.Dataset) -> Figure:
    """Draw the phases in the plane across z in the middle and, if found, pore sizes, intrusion and pores in it."""
    names = [name for name in _TITLES if name in dataset]
    columns = 1 + len(names) if len(names) < 3 else 2
    rows = -(-(1 + len(names)) // columns)
    nx, ny = (dataset.sizes[axis] for axis in "xy")
    height = min(max(4.6 * ny / nx, 2.5), 8.0)
    figure = Figure(figsize=(5.6 * columns, (height + 0.6) * rows), layout="constrained")
    first, *others = figure.subplots(rows, columns, squeeze=False).ravel()
    _draw_phases(dataset, first)
    top = max((float(dataset[name].max()) for name in names if name != "pore_region_cut"), default=0.0)
    for name, axes in zip(names, others, strict=False):
        _draw_pores(dataset, name, axes, 1e6 * top)
    for axes in others[len(names) :]:
        axes.set_axis_off()
    return figure


def _draw_phases(dataset: xr.Dataset, axes: Axes) -> None:
    names = [str(name) for name in dataset["phase"].values]
    colours = [PHASES[number % len(PHASES)] for number in range(len(names))]
    axes.imshow(
        dataset["phase_cut"].values.T, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(names) - 0.5, **_frame(dataset)
    )
    handles = [
        Patch(facecolor=colour, edgecolor=SOLID, label=name) for name, colour in zip(names, colours, strict=True)
    ]
    axes.legend(handles=handles, loc="upper right", framealpha=0.9, fontsize="small")
    _label(axes, "Phases in the middle")


def _draw_pores(dataset: xr.Dataset, name: str, axes: Axes, top: float) -> None:
    """Draw a map of the pore space; lengths in um, pores in colours that neighbours hardly share."""
    values = dataset[name].values.T.astype(float)
    pore = values > 0
    axes.set_facecolor(SOLID)
    if name == "pore_region_cut":
        colour = np.where(pore, (values * 0.618033988749895) % 1.0, np.nan)
        axes.imshow(colour, cmap="turbo", vmin=0, vmax=1, **_frame(dataset))
    else:
        shown = axes.imshow(np.where(pore, 1e6 * values, np.nan), cmap="viridis", vmin=0, vmax=top, **_frame(dataset))
        axes.figure.colorbar(shown, ax=axes, label="diameter / µm", shrink=0.85)
    _label(axes, _TITLES[name])


def _frame(dataset: xr.Dataset) -> dict[str, Any]:
    """Return what places an image of the cut on its axes, in um."""
    ends = [1e6 * (float(dataset[axis][0]) + float(dataset[axis][-1])) for axis in "xy"]
    return {"origin": "lower", "extent": (0, ends[0], 0, ends[1]), "interpolation": "nearest"}


def _label(axes: Axes, title: str) -> None:
    axes.set(title=title, xlabel="x / µm", ylabel="y / µm")

"""Pictures of a study of cutouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.cutouts import plot_filter, plot_pores, plot_transport

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a study.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.cutouts.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `map` (where the cutouts lie), `porosity` (before and after the filter), `filter` (what decides), `sections`
        (planes through some cutouts), `conductivity` (with the law, its band and the literature), `tortuosity`,
        `conditions` (what drives the current, anisotropy, electrons), `correlations` (other laws and weights) and, as
        far as they were asked for, `sensitivity` and `pore_sizes`.
    """
    drawn = {
        "map": plot_filter.places(dataset),
        "porosity": plot_filter.porosity(dataset),
        "filter": plot_filter.rules(dataset),
        "sections": plot_filter.sections(dataset),
        "conductivity": plot_transport.conductivity(dataset),
        "tortuosity": plot_transport.tortuosity(dataset),
        "conditions": plot_transport.conditions(dataset),
        "correlations": plot_transport.correlations(dataset),
    }
    if "moved_gamma" in dataset and np.isfinite(dataset["moved_gamma"]).any():
        drawn["sensitivity"] = plot_transport.sensitivity(dataset)
    if "pore_diameter" in dataset:
        drawn["pore_sizes"] = plot_pores.pore_sizes(dataset)
    return drawn

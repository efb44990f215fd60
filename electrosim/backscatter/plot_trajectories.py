"""The picture of the paths of electrons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from scipy.constants import electron_volt

from electrosim.backscatter.plot_style import energy_name, panels

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_ABSORBED, _BACK = "#9aa3ad", "plasma"
_MOST_PATHS = 400  # drawn in one panel
_LAYERS = ("#f4ead2", "#e7ebee", "#dfe9ee", "#efe6ee")


def trajectories(dataset: xr.Dataset) -> Figure:
    """Draw paths seen from the side: grey those that stop, coloured by energy those that come back."""
    figure, each = panels(dataset, (6.4, 4.2))
    path = dataset["vertex_trajectory"].values
    first = np.searchsorted(path, np.arange(dataset.sizes["trajectory"] + 1))
    points = 1e9 * np.column_stack([dataset["vertex_x"].values, -dataset["vertex_z"].values])
    energy = dataset["vertex_energy"].values / electron_volt
    targets = dataset["trajectory_target"].values if "trajectory_target" in dataset else None
    for row, axes in each.items():
        beam = float(dataset["energy"].values[row])
        mine = np.isclose(dataset["trajectory_energy"].values, beam, rtol=1e-9, atol=0)
        if targets is not None:
            mine &= targets == targets[0]
        numbers = np.flatnonzero(mine)[:_MOST_PATHS]
        back = dataset["trajectory_backscattered"].values[numbers].astype(bool)
        stopped = [points[first[n] : first[n + 1]] for n in numbers[~back]]
        axes.add_collection(LineCollection(stopped, colors=_ABSORBED, linewidths=0.4, alpha=0.5))
        pieces, colour = [np.empty((0, 2, 2))], [np.empty(0)]
        for n in numbers[back]:
            line = points[first[n] : first[n + 1]]
            pieces.append(np.stack([line[:-1], line[1:]], axis=1))
            colour.append(energy[first[n] : first[n + 1] - 1])
        returned = LineCollection(list(np.concatenate(pieces)), cmap=_BACK, linewidths=0.8)
        returned.set_array(np.concatenate(colour))
        returned.set_clim(float(energy.min()), beam / electron_volt)
        axes.add_collection(returned)
        _frame(dataset, axes, points[np.isin(path, numbers)])
        share = f"{back.sum()} of {numbers.size} come back"
        what = f"{targets[0]}, " if targets is not None else ""
        axes.set(title=f"{what}{energy_name(dataset, row)}: {share}", xlabel="x / nm", ylabel="depth / nm")
        figure.colorbar(returned, ax=axes, label="energy / eV", location="bottom", shrink=0.6)
    return figure


def _frame(dataset: xr.Dataset, axes: Axes, points: np.ndarray) -> None:
    """Show all paths at equal scales, with the layers behind them."""
    reach = max(np.quantile(np.abs(points[:, 0]), 0.995), 1e-3) * 1.15
    bottom = points[:, 1].min() * 1.05
    axes.set(xlim=(-reach, reach), ylim=(bottom, -0.06 * bottom), aspect="equal")
    axes.axhline(0, color="#3b3b40", linewidth=0.8)
    top = 0.0
    for number, face in enumerate([*_faces(dataset), np.inf]):
        axes.axhspan(
            max(-1e9 * face, 2 * bottom), -1e9 * top, color=_LAYERS[number % len(_LAYERS)], zorder=-2, linewidth=0
        )
        top = face
    ticks = axes.get_yticks()
    ticks = ticks[(ticks <= 0) & (ticks >= bottom)]
    axes.set_yticks(ticks, [f"{abs(tick):g}" for tick in ticks])


def _faces(dataset: xr.Dataset) -> list[float]:
    """Return the depths at which paths cross from one layer to the next [m]."""
    layer, depth = dataset["vertex_layer"].values, dataset["vertex_z"].values
    path = dataset["vertex_trajectory"].values
    down = np.flatnonzero((np.diff(layer) > 0) & (np.diff(path) == 0))
    return [float(depth[down[layer[down] == number]].min()) for number in np.unique(layer[down])]

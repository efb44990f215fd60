"""Pictures of a crack pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_CRACK = "#1d1d22"
_ISLANDS = ("#e8e2d4", "#d9d0bd", "#c9c0ad", "#dcd9cf", "#cfc4b4", "#e3dac8", "#bfb6a4")
_DUST, _PARTED = "#9b8f7c", "#7aa6c2"


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.crack_pattern.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `map` of islands and cracks at the end, `growth` of them at four strains, `course` of crack intensity, islands
        and spacing, `depth` of the crack intensity, and `widths`; with a history `over-time`, the crack intensity.
    """
    drawn = {
        "map": crack_map(dataset),
        "growth": growth(dataset),
        "course": course(dataset),
        "depth": depth(dataset),
        "widths": widths(dataset),
    }
    return drawn | ({"over-time": over_time(dataset)} if "time" in dataset else {})


def crack_map(dataset: xr.Dataset) -> Figure:
    """Draw the islands and the cracks between them as wide as they are."""
    figure = Figure(figsize=(7, 7), layout="constrained")
    axes = figure.subplots()
    _islands(axes, dataset)
    draw_cracks(axes, dataset, float(dataset["strain"][-1]))
    axes.set_title(
        f"{int(dataset['islands'][-1])} islands, {100 * float(dataset['crack_intensity'][-1]):.3g} % cracks "
        f"at a free strain of {100 * float(dataset['strain'][-1]):.3g} %"
    )
    return figure


def growth(dataset: xr.Dataset) -> Figure:
    """Draw the cracks that are there at four strains from the first break to the end."""
    figure = Figure(figsize=(10, 10.4), layout="constrained")
    strain = dataset["strain"].values
    onset = float(dataset["onset_strain"])
    first = int(np.searchsorted(strain, onset)) if np.isfinite(onset) else 0
    chosen = np.unique(np.linspace(min(first, strain.size - 1), strain.size - 1, 4).round().astype(int))
    for axes, number in zip(figure.subplots(2, 2).flat, chosen, strict=False):
        draw_cracks(axes, dataset, float(strain[number]))
        axes.set_title(
            f"strain {100 * strain[number]:.3g} %, cracks {100 * float(dataset['crack_intensity'][number]):.2g} %"
        )
    for axes in figure.axes[chosen.size :]:
        axes.remove()
    return figure


def course(dataset: xr.Dataset) -> Figure:
    """Draw crack intensity, islands and spacing over the free strain."""
    figure = Figure(figsize=(7, 7.5), layout="constrained")
    panels = figure.subplots(3, 1, sharex=True)
    strain = 100 * dataset["strain"].values
    spacing = 1e6 * dataset["crack_spacing"].where(np.isfinite(dataset["crack_spacing"])).values
    for axes, values, label in zip(
        panels,
        (100 * dataset["crack_intensity"].values, dataset["islands"].values, spacing),
        ("crack intensity / %", "islands", "crack spacing / µm"),
        strict=True,
    ):
        axes.plot(strain, values, marker=".", color="#1b6ca8")
        axes.set_ylabel(label)
        for name, style in (("onset_strain", ":"), ("network_strain", "--")):
            axes.axvline(100 * float(dataset[name]), color="#5b6470", linestyle=style, linewidth=1)
    panels[0].set_title("dotted: first break; dashed: a crack spans the sample")
    panels[-1].set_xlabel("free strain / %")
    if np.isfinite(spacing).any():
        panels[-1].set_yscale("log")
    return figure


def over_time(dataset: xr.Dataset) -> Figure:
    """Draw the crack intensity and the film that has parted over the time of a history."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    minutes = dataset["time"] / 60
    axes.plot(minutes, 100 * dataset["crack_intensity"], marker=".", color="#1b6ca8", label="cracks")
    if dataset["delaminated_fraction"].values.any():
        axes.plot(minutes, 100 * dataset["delaminated_fraction"], marker=".", color="#d1701c", label="parted film")
        axes.legend(frameon=False)
    axes.set(xlabel="time / min", ylabel="share of the sample / %")
    return figure


def depth(dataset: xr.Dataset) -> Figure:
    """Draw the crack intensity over the height at some strains."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    broken = np.flatnonzero(dataset["crack_intensity"].values > 0)
    for number in broken[np.unique(np.linspace(0, broken.size - 1, 5).astype(int))] if broken.size else ():
        axes.plot(
            100 * dataset["crack_intensity_at_height"][number],
            dataset["height"],
            color=str(0.75 - 0.75 * number / len(dataset["strain"])),
            label=f"strain {100 * float(dataset['strain'][number]):.3g} %",
        )
    axes.set(xlabel="crack intensity of the slice / %", ylabel="height / thickness", ylim=(0, 1))
    axes.set_xlim(left=0)
    axes.set_title("Cracks are widest at the free surface")
    if broken.size:
        axes.legend(frameon=False)
    return figure


def widths(dataset: xr.Dataset) -> Figure:
    """Draw which share of the crack length is how wide."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    width = 1e6 * dataset["crack_width"].values
    length = np.hypot(np.ptp(dataset["crack_x"].values, axis=1), np.ptp(dataset["crack_y"].values, axis=1))
    if width.size:
        axes.hist(width, bins=40, weights=length / length.sum(), color="#d1701c")
    axes.set(xlabel="crack width / µm", ylabel="share of crack length")
    return figure


def _islands(axes: Axes, dataset: xr.Dataset) -> None:
    """Fill the cells of the nodes, grown a little into one another, in the colours of their islands."""
    x, y = 1e3 * dataset["node_x"].values, 1e3 * dataset["node_y"].values
    island = dataset["node_island"].values
    colour = np.array(_ISLANDS)[island % len(_ISLANDS)]
    colour[island < 0] = _DUST
    colour[dataset["node_parted"].values] = _PARTED
    pitch = np.sqrt(np.ptp(x) * np.ptp(y) / x.size)
    inches = 6.3 / max(np.ptp(x), np.ptp(y))
    axes.scatter(x, y, c=colour, s=(1.5 * 72 * pitch * inches) ** 2, linewidths=0, marker="h")
    if dataset["node_parted"].values.any():
        axes.scatter([], [], c=_PARTED, label="parted from the substrate")
        axes.legend(loc="upper right")


def draw_cracks(axes: Axes, dataset: xr.Dataset, strain: float) -> None:
    """Draw the faces broken up to a strain into axes over the whole sample; line widths follow the final widths."""
    from matplotlib.collections import LineCollection

    there = dataset["crack_strain"].values <= strain
    lines = 1e3 * np.stack([dataset["crack_x"].values[there], dataset["crack_y"].values[there]], axis=-1)
    width = dataset["crack_width"].values[there]
    widest = max(float(dataset["crack_width"].max()), 1e-30) if there.any() else 1.0
    axes.add_collection(LineCollection(list(lines), colors=_CRACK, linewidths=0.3 + 3 * width / widest))
    x, y = 1e3 * dataset["node_x"].values, 1e3 * dataset["node_y"].values
    axes.set(xlabel="x / mm", ylabel="y / mm", aspect="equal")
    axes.set_xlim(x.min(), x.max())
    axes.set_ylim(y.min(), y.max())
